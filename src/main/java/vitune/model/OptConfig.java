package vitune.model;

import com.google.gson.JsonObject;

/**
 * The OPT decoder: {@code model_type} {@code opt}, pre-norm, relu, learned positions, tied head.
 *
 * @param vocabulary rows of the embedding table, default 50272
 * @param width of the hidden states, default 768
 * @param layers blocks, default 12
 * @param heads attention heads, default 12
 * @param hidden width inside the feed-forward layer, default 3072
 * @param maxTokens longest sequence, default 2048
 * @param initStd standard deviation of fresh weights, default 0.02
 */
public record OptConfig(int vocabulary, int width, int layers, int heads, int hidden, int maxTokens, double initStd)
        implements LanguageConfig {

    /** @throws IllegalArgumentException if a size is below 1, or the heads do not divide the width */
    public OptConfig {
        Json.atLeast(1, "text vocab_size", vocabulary);
        Json.within(1, 1000, "text num_hidden_layers", layers);
        Json.atLeast(1, "text num_attention_heads", heads);
        Json.atLeast(1, "text ffn_dim", hidden);
        Json.atLeast(1, "text max_position_embeddings", maxTokens);
        if (width < heads || width % heads != 0) {
            throw Json.wrong("text hidden_size", "be a multiple of num_attention_heads " + heads, width);
        }
    }

    /** An OPT with a feed-forward layer four times as wide as its hidden states. */
    public OptConfig(int vocabulary, int width, int layers, int heads, int maxTokens) {
        this(vocabulary, width, layers, heads, 4 * width, maxTokens, 0.02);
    }

    static OptConfig read(JsonObject json) {
        Json.expect(json, "activation_function", "relu");
        Json.expect(json, "do_layer_norm_before", true);
        Json.expect(json, "_remove_final_layer_norm", false);
        Json.expect(json, "enable_bias", true);
        Json.expect(json, "layer_norm_elementwise_affine", true);
        Json.expect(json, "tie_word_embeddings", true);
        int width = Json.integer(json, "hidden_size", 768);
        Json.expect(json, "word_embed_proj_dim", width);
        return new OptConfig(
                Json.integer(json, "vocab_size", 50272),
                width,
                Json.integer(json, "num_hidden_layers", 12),
                Json.integer(json, "num_attention_heads", 12),
                Json.integer(json, "ffn_dim", 3072),
                Json.integer(json, "max_position_embeddings", 2048),
                Json.number(json, "init_std", 0.02));
    }

    @Override
    public void writeTo(JsonObject json) {
        json.addProperty("model_type", "opt");
        json.addProperty("vocab_size", vocabulary);
        json.addProperty("hidden_size", width);
        json.addProperty("word_embed_proj_dim", width);
        json.addProperty("num_hidden_layers", layers);
        json.addProperty("num_attention_heads", heads);
        json.addProperty("ffn_dim", hidden);
        json.addProperty("max_position_embeddings", maxTokens);
        json.addProperty("init_std", initStd);
        json.addProperty("activation_function", "relu");
        json.addProperty("do_layer_norm_before", true);
    }
}
