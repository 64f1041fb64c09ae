package vitune.model;

import com.google.gson.JsonObject;

/**
 * The LLaMA decoder (Vicuna too): {@code model_type} {@code llama}, RMS norms, rotary positions, gated feed-forward layer.
 *
 * @param vocabulary rows of the embedding table, default 32000
 * @param width of the hidden states, default 4096
 * @param layers blocks, default 32
 * @param heads attention heads, default 32
 * @param keyHeads heads of keys and values, each shared by {@code heads / keyHeads} queries, default {@code heads}
 * @param headWidth numbers a head, default {@code width / heads}
 * @param hidden width inside the feed-forward layer, default 11008
 * @param maxTokens longest sequence, default 2048
 * @param eps of the norms, default 1e-6
 * @param theta base of the rotary wave lengths, default 10000
 * @param tied whether the head is the embedding table, default false
 * @param initStd standard deviation of fresh weights, default 0.02
 */
public record LlamaConfig(
        int vocabulary,
        int width,
        int layers,
        int heads,
        int keyHeads,
        int headWidth,
        int hidden,
        int maxTokens,
        double eps,
        double theta,
        boolean tied,
        double initStd)
        implements LanguageConfig {

    /** @throws IllegalArgumentException if a size is below 1, or one does not divide the other */
    public LlamaConfig {
        Json.atLeast(1, "text vocab_size", vocabulary);
        Json.atLeast(1, "text hidden_size", width);
        Json.within(1, 1000, "text num_hidden_layers", layers);
        Json.atLeast(1, "text num_attention_heads", heads);
        Json.atLeast(1, "text intermediate_size", hidden);
        Json.atLeast(1, "text max_position_embeddings", maxTokens);
        if (keyHeads < 1 || heads % keyHeads != 0) {
            throw Json.wrong("text num_key_value_heads", "divide num_attention_heads " + heads, keyHeads);
        }
        if (headWidth < 2 || headWidth % 2 != 0) throw Json.wrong("text head_dim", "be even and >= 2", headWidth);
        if (!(theta > 0)) throw Json.wrong("text rope_theta", "be > 0", theta);
    }

    static LlamaConfig read(JsonObject json) {
        Json.expect(json, "hidden_act", "silu");
        Json.expect(json, "attention_bias", false);
        Json.expect(json, "mlp_bias", false);
        int width = Json.integer(json, "hidden_size", 4096);
        int heads = Json.atLeast(1, "text num_attention_heads", Json.integer(json, "num_attention_heads", 32));
        JsonObject rope = Json.object(json, "rope_parameters"); // wording of transformers 5
        Json.expect(rope, "rope_type", "default");
        JsonObject scaling = Json.object(json, "rope_scaling"); // wording of 4
        Json.expect(scaling, "rope_type", "default");
        Json.expect(scaling, "type", "default");
        return new LlamaConfig(
                Json.integer(json, "vocab_size", 32000),
                width,
                Json.integer(json, "num_hidden_layers", 32),
                heads,
                Json.integer(json, "num_key_value_heads", heads),
                Json.integer(json, "head_dim", width / heads),
                Json.integer(json, "intermediate_size", 11008),
                Json.integer(json, "max_position_embeddings", 2048),
                Json.number(json, "rms_norm_eps", 1e-6),
                Json.number(rope, "rope_theta", Json.number(json, "rope_theta", 10000)),
                Json.flag(json, "tie_word_embeddings", false),
                Json.number(json, "initializer_range", 0.02));
    }

    @Override
    public void writeTo(JsonObject json) {
        json.addProperty("model_type", "llama");
        json.addProperty("vocab_size", vocabulary);
        json.addProperty("hidden_size", width);
        json.addProperty("num_hidden_layers", layers);
        json.addProperty("num_attention_heads", heads);
        json.addProperty("num_key_value_heads", keyHeads);
        json.addProperty("head_dim", headWidth);
        json.addProperty("intermediate_size", hidden);
        json.addProperty("max_position_embeddings", maxTokens);
        json.addProperty("rms_norm_eps", eps);
        json.addProperty("rope_theta", theta);
        JsonObject rope = new JsonObject();
        rope.addProperty("rope_theta", theta);
        rope.addProperty("rope_type", "default");
        json.add("rope_parameters", rope);
        json.addProperty("tie_word_embeddings", tied);
        json.addProperty("initializer_range", initStd);
        json.addProperty("hidden_act", "silu");
    }
}
