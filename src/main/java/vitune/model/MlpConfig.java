package vitune.model;

import com.google.gson.JsonObject;

/** LLaVA-1.5's connector: every patch through two linear layers, as wide inside as the language model. */
public record MlpConfig() implements ConnectorConfig {
    @Override
    public String kind() {
        return "mlp";
    }

    @Override
    public int queries(VisionConfig vision) {
        return vision.pictureTokens();
    }

    @Override
    public void writeTo(JsonObject json, VisionConfig vision) {
        json.remove("qformer_config");
        json.remove("num_query_tokens");
    }
}
