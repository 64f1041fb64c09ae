package vitune.model;

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
}
