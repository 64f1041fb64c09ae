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
        return vision.patches();
    }

    @Override
    public void writeTo(JsonObject json, VisionConfig vision) {
        ConnectorConfig.writeKind(this, json, vision);
    }
}
