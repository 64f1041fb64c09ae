package vitune.model;

import com.google.gson.JsonObject;

/**
 * Which connector a model has, and its sizes. {@code config.json} of a BLIP-2 states the Q-Former in
 * {@code qformer_config}, a LLaVA has an MLP; for any other connector we write a field of our own,
 * {@code "connector": {"kind": "linear"}} (or {@code mlp}, {@code q-former}), that transformers ignores.
 */
public sealed interface ConnectorConfig permits QFormerConfig, LinearConfig, MlpConfig {
    /** Name of the kind: {@code q-former}, {@code linear} or {@code mlp}. */
    String kind();

    /** Tokens the connector makes of one picture, Q. */
    int queries(VisionConfig vision);

    /** Writes the sizes into {@code config.json} of a model; where there are none, those of a Q-Former go. */
    default void writeTo(JsonObject json, VisionConfig vision) {
        json.remove("qformer_config");
        json.remove("num_query_tokens");
    }

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
        String usual = Family.of(Json.text(json, "model_type", "?")).connector();
        String kind = Json.text(Json.object(json, "connector"), "kind", usual);
        return switch (kind) {
            case "q-former" -> QFormerConfig.read(json);
            case "linear" -> linear();
            case "mlp" -> {
                Json.expect(json, "projector_hidden_act", "gelu");
                Json.expect(json, "multimodal_projector_bias", true);
                yield mlp();
            }
            default -> throw Json.wrong("connector.kind", "be one of q-former, linear, mlp", kind);
        };
    }
}
