package vitune.model;

import com.google.gson.JsonObject;

/** LLaVA's connector: every patch through one linear layer. */
public record LinearConfig() implements ConnectorConfig {
    @Override
    public String kind() {
        return "linear";
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
