package vitune.model;

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
}
