package vitune.model;

import com.google.gson.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * The Q-Former of BLIP-2 and InstructBLIP: {@code qformer_config} and {@code num_query_tokens}.
 *
 * @param queries learned vectors, one a token for the language model, default 32
 * @param width of the queries, default 768
 * @param layers default 12
 * @param heads attention heads, default 12
 * @param hidden width inside the feed-forward layer, default 3072
 * @param crossAttentionFrequency n: queries look at the picture in every n-th layer, the first included, default 2
 * @param eps of the layer norms, default 1e-12
 * @param text what it needs to read the instruction too, as InstructBLIP's does; null if it sees the picture alone
 * @param initStd standard deviation of fresh weights, default 0.02
 */
public record QFormerConfig(
        int queries,
        int width,
        int layers,
        int heads,
        int hidden,
        int crossAttentionFrequency,
        double eps,
        @Nullable Text text,
        double initStd)
        implements ConnectorConfig {

    /**
     * Sizes of the tables for words.
     *
     * @param vocabulary rows of the table of words, default 30522
     * @param positions rows of the table of positions, default 512
     */
    public record Text(int vocabulary, int positions) {
        /** @throws IllegalArgumentException if a size is below 1 */
        public Text {
            Json.atLeast(1, "qformer vocab_size", vocabulary);
            Json.atLeast(1, "qformer max_position_embeddings", positions);
        }
    }

    /** @throws IllegalArgumentException if a size is below 1, or the heads do not divide the width */
    public QFormerConfig {
        Json.atLeast(1, "queries", queries);
        Json.within(1, 1000, "qformer num_hidden_layers", layers);
        Json.atLeast(1, "qformer num_attention_heads", heads);
        Json.atLeast(1, "qformer intermediate_size", hidden);
        Json.atLeast(1, "qformer cross_attention_frequency", crossAttentionFrequency);
        if (width < heads || width % heads != 0) {
            throw Json.wrong("qformer hidden_size", "be a multiple of num_attention_heads " + heads, width);
        }
    }

    /** A Q-Former with BLIP-2's constants, and a feed-forward layer four times as wide as the queries. */
    public QFormerConfig(int queries, int width, int layers, int heads) {
        this(queries, width, layers, heads, 4 * width, 2, 1e-12, null, 0.02);
    }

    static QFormerConfig read(JsonObject model) {
        JsonObject json = Json.object(model, "qformer_config");
        Json.expect(json, "hidden_act", "gelu");
        boolean reads = Family.of(Json.text(model, "model_type", "?")) == Family.INSTRUCTBLIP;
        if (!reads) Json.expect(json, "use_qformer_text_input", false);
        return new QFormerConfig(
                Json.integer(model, "num_query_tokens", 32),
                Json.integer(json, "hidden_size", 768),
                Json.integer(json, "num_hidden_layers", 12),
                Json.integer(json, "num_attention_heads", 12),
                Json.integer(json, "intermediate_size", 3072),
                Json.integer(json, "cross_attention_frequency", 2),
                Json.number(json, "layer_norm_eps", 1e-12),
                reads
                        ? new Text(
                                Json.integer(json, "vocab_size", 30522),
                                Json.integer(json, "max_position_embeddings", 512))
                        : null,
                Json.number(json, "initializer_range", 0.02));
    }

    @Override
    public void writeTo(JsonObject model, VisionConfig vision) {
        model.addProperty("num_query_tokens", queries);
        JsonObject json = Json.object(model, "qformer_config");
        json.addProperty("model_type", text == null ? "blip_2_qformer" : "instructblip_qformer");
        if (text != null) {
            json.addProperty("vocab_size", text.vocabulary());
            json.addProperty("max_position_embeddings", text.positions());
        }
        json.addProperty("encoder_hidden_size", vision.width());
        json.addProperty("hidden_size", width);
        json.addProperty("num_hidden_layers", layers);
        json.addProperty("num_attention_heads", heads);
        json.addProperty("intermediate_size", hidden);
        json.addProperty("cross_attention_frequency", crossAttentionFrequency);
        json.addProperty("layer_norm_eps", eps);
        json.addProperty("initializer_range", initStd);
        json.addProperty("hidden_act", "gelu");
        model.add("qformer_config", json);
    }

    @Override
    public String kind() {
        return "q-former";
    }

    @Override
    public int queries(VisionConfig vision) {
        return queries;
    }

    /** Whether it reads the instruction too, as InstructBLIP's does. */
    public boolean reads() {
        return text != null;
    }

    /** Whether queries look at the picture in {@code layer}, counted from 0. */
    public boolean looks(int layer) {
        return layer % crossAttentionFrequency == 0;
    }
}
