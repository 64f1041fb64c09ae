package vitune.model;

import com.google.gson.JsonObject;

/**
 * Which connector a model has, and its sizes. {@code config.json} of a BLIP-2 states the Q-Former in
 * {@code qformer_config}; for the two connectors BLIP-2 does not know we write a field of our own,
 * {@code "connector": {"kind": "linear"}} or {@code {"kind": "mlp"}}, that transformers ignores.
 */
public sealed interface ConnectorConfig permits QFormerConfig, LinearConfig, MlpConfig {
    /** Name of the kind: {@code q-former}, {@code linear} or {@code mlp}. */
    String kind();

    /** Tokens the connector makes of one picture, Q. */
    int queries(VisionConfig vision);

    /** Writes the fields into {@code config.json} of a model. */
    void writeTo(JsonObject json, VisionConfig vision);

    /** LLaVA's connector: one linear layer on every patch. */
    static ConnectorConfig linear() {
        return new LinearConfig();
    }

    /** LLaVA-1.5's connector: two linear layers with a gelu between them, on every patch. */
    static ConnectorConfig mlp() {
        return new MlpConfig();
    }

    /** BLIP-2's connector: {@code queries} learned vectors that look at the patches by cross-attention. */
    static ConnectorConfig qFormer(int queries, int width, int layers, int heads) {
        return new QFormerConfig(queries, width, layers, heads);
    }

    /** @throws IllegalArgumentException if the kind is unknown */
    static ConnectorConfig read(JsonObject json) {
        String kind = Json.text(Json.object(json, "connector"), "kind", "q-former");
        return switch (kind) {
            case "q-former" -> QFormerConfig.read(json);
            case "linear" -> linear();
            case "mlp" -> mlp();
            default -> throw Json.wrong("connector.kind", "be one of q-former, linear, mlp", kind);
        };
    }

    /** Writes the field of our own, for a connector that BLIP-2 does not know. */
    static void writeKind(ConnectorConfig connector, JsonObject json, VisionConfig vision) {
        JsonObject own = new JsonObject();
        own.addProperty("kind", connector.kind());
        json.add("connector", own);
        json.remove("qformer_config");
        json.addProperty("num_query_tokens", connector.queries(vision));
    }
}
