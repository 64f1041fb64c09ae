package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import vitune.tensor.Gradients;
import vitune.tensor.Kernels;
import vitune.tensor.NextWord;
import vitune.tensor.Precision;

/**
 * T5 version 1.1 (Flan-T5): an encoder reads the prompt, pictures included; a decoder, which looks at what the encoder
 * made of it, writes the answer. Distances between tokens are learned biases of attention, which is not scaled.
 *
 * <p>Source: {@code T5ForConditionalGeneration} of transformers.
 */
record T5(T5Config config, Weights weights) implements LanguageModel {
    static final String PREFIX = "language_model.";
    private static final List<String> LAYER = Stream.of(
                    "0.layer_norm",
                    "0.SelfAttention.q",
                    "0.SelfAttention.k",
                    "0.SelfAttention.v",
                    "0.SelfAttention.o",
                    "1.layer_norm",
                    "1.EncDecAttention.q",
                    "1.EncDecAttention.o",
                    "2.layer_norm",
                    "2.DenseReluDense.wi_0",
                    "2.DenseReluDense.wi_1",
                    "2.DenseReluDense.wo")
            .map(name -> "layer." + name + ".weight")
            .toList();

    @Override
    public NDArray embed(NDArray ids) {
        return Kernels.embedding(ids, weights.get("shared.weight"));
    }

    @Override
    public int lag() {
        return 0;
    }

    @Override
    public NDArray states(NDArray embeddings, NDArray mask, NDArray labels, @Nullable NDArray places) {
        if (Padding.of(mask, mask.getShape().get(1)).packed()) {
            throw new IllegalArgumentException("T5 reads one sample a row, got a mask of packed samples");
        }
        NDManager near = labels.getManager();
        Shape shape = labels.getShape();
        NDArray started = Kernels.longs(near, shiftRight(labels.toLongArray(), (int) shape.get(1)), shape); // [B, L]
        NDArray hide = Kernels.attentionMask(mask); // [B, 1, 1, T]
        NDArray memory = encode(embeddings, hide); // [B, T, D]
        NDArray states = decode(Kernels.cast(embed(started), Precision.of(embeddings)), memory, hide, null);
        return places == null ? states : Kernels.rows(states.reshape(-1, config.width()), places);
    }

    /** What stands before each label: the start token, then the labels before it; ignored ones count as padding, 0. */
    private long[] shiftRight(long[] labels, int width) {
        long[] ids = new long[labels.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = i % width == 0 ? config.start() : labels[i - 1] == -100 ? 0 : labels[i - 1];
        }
        return ids;
    }

    /** The prompt as the decoder sees it: [B, T, D] to [B, T, D]; {@code hide} is the mask as scores [B, 1, 1, T]. */
    NDArray encode(NDArray embeddings, NDArray hide) {
        Weights encoder = weights.at("encoder");
        NDArray x = embeddings;
        long length = x.getShape().get(1);
        Precision precision = Precision.of(x);
        NDArray bias = Gradients.segment( // [B, H, T, T]
                List.of(),
                in -> bias(encoder, length, length, true, hide, precision).add(Kernels.cast(hide, precision)));
        for (int i = 0; i < config.layers(); i++) {
            Weights block = encoder.at("block." + i);
            x = Gradients.segment(List.of(x, bias), in -> encoderBlock(in.get(0), in.get(1), block));
        }
        return Gradients.segment(x, in -> encoder.rmsNorm(in, "final_layer_norm", config.eps()));
    }

    private NDArray encoderBlock(NDArray x, NDArray bias, Weights block) {
        x = x.add(attend(norm(x, block.at("layer.0")), block.at("layer.0.SelfAttention"), bias));
        return feedForward(x, block.at("layer.1"));
    }

    /**
     * Hidden states of the answer, after the last norm: embeddings [B, L, D] to [B, L, D].
     *
     * @param past keys and values of the words before these, and of the prompt; null for none
     */
    NDArray decode(NDArray embeddings, NDArray memory, NDArray hide, @Nullable T5Continuation past) {
        Weights decoder = weights.at("decoder");
        NDArray x = embeddings;
        long length = x.getShape().get(1);
        long total = length + (past == null ? 0 : past.length());
        Precision precision = Precision.of(x);
        NDArray bias = Gradients.segment( // [1, H, L, S]
                List.of(), in -> bias(decoder, length, total, false, hide, precision));
        for (int i = 0; i < config.decoderLayers(); i++) {
            int layer = i;
            x = Gradients.segment(
                    List.of(x, bias, memory), in -> decoderBlock(in.get(0), in.get(1), in.get(2), hide, layer, past));
        }
        return decoder.rmsNorm(x, "final_layer_norm", config.eps());
    }

    /**
     * Scores of the next word behind one word more in each row, in one call, with keys and values of the prompt known.
     *
     * @param embeddings [B, 1, D]
     * @return [B, V]; null where this way is not open, see {@link Decoder#next}
     */
    @Nullable
    NDArray next(NDArray embeddings, NDArray hide, T5Continuation past) {
        if (weights.adapted()) return null;
        Weights decoder = weights.at("decoder");
        List<NDArray> all =
                new ArrayList<>(decoder.stack("block", config.decoderLayers(), LAYER, "final_layer_norm.weight"));
        all.add(weights.get(head()));
        return NextWord.t5(
                embeddings,
                all,
                past.words().past(),
                bias(decoder, 1, past.length() + 1, false, hide, Precision.of(embeddings)),
                past.prompt().whole(),
                hide,
                config.exact(),
                config.eps(),
                beforeHead());
    }

    private NDArray decoderBlock(
            NDArray x, NDArray bias, NDArray memory, NDArray hide, int i, @Nullable T5Continuation past) {
        Weights block = weights.at("decoder.block." + i);
        Weights self = block.at("layer.0.SelfAttention");
        NDArray h = norm(x, block.at("layer.0"));
        NDArray k = heads(h, self, "k"); // [B, H, L, d]
        NDArray v = heads(h, self, "v");
        if (past != null) {
            k = past.words().addKeys(i, k); // [B, H, S, d]
            v = past.words().addValues(i, v);
        }
        x = x.add(join(Kernels.attention(heads(h, self, "q"), k, v, bias), self));
        Weights cross = block.at("layer.1.EncDecAttention");
        NDArray q = heads(norm(x, block.at("layer.1")), cross, "q");
        NDArray keys = past == null ? heads(memory, cross, "k") : past.promptKeys(i, () -> heads(memory, cross, "k"));
        NDArray values =
                past == null ? heads(memory, cross, "v") : past.promptValues(i, () -> heads(memory, cross, "v"));
        x = x.add(join(Kernels.attention(q, keys, values, hide), cross));
        return feedForward(x, block.at("layer.2"));
    }

    private NDArray norm(NDArray x, Weights layer) {
        return layer.rmsNorm(x, "layer_norm", config.eps());
    }

    private NDArray attend(NDArray x, Weights w, NDArray bias) {
        return join(Kernels.attention(heads(x, w, "q"), heads(x, w, "k"), heads(x, w, "v"), bias), w);
    }

    /** [B, T, D] to [B, H, T, d]. */
    private NDArray heads(NDArray x, Weights w, String name) {
        return Weights.splitHeads(w.linear(x, name), config.heads());
    }

    private static NDArray join(NDArray seen, Weights w) {
        return w.linear(Weights.joinHeads(seen), "o");
    }

    private NDArray feedForward(NDArray x, Weights layer) {
        Weights w = layer.at("DenseReluDense");
        NDArray h = norm(x, layer);
        NDArray gate = w.linear(h, "wi_0");
        NDArray open = config.exact() ? Kernels.gelu(gate) : Kernels.geluTanh(gate);
        return w.linearOnto(x, open.mul(w.linear(h, "wi_1")), "wo");
    }

    /** Scores for distances, [1, H, length, total]. */
    private NDArray bias(Weights stack, long length, long total, boolean bothWays, NDArray like, Precision precision) {
        NDArray table = stack.get("block.0.layer.0.SelfAttention.relative_attention_bias.weight"); // [buckets, H]
        return new T5Distances(config.buckets(), config.maxDistance(), bothWays)
                .scores(table, length, total, like.getManager(), precision);
    }

    @Override
    public NDArray logits(NDArray hidden) {
        NDArray x = config.scaled() ? Kernels.scale(hidden, beforeHead()) : hidden;
        return Kernels.linear(x, weights.get(head()));
    }

    private double beforeHead() {
        return config.scaled() ? 1 / Math.sqrt(config.width()) : 1;
    }

    private String head() {
        String own = "lm_head.weight";
        return weights.has(own) ? own : "shared.weight";
    }

    @Override
    public Continuation read(NDArray embeddings, NDArray mask, NDManager manager) {
        return new T5Continuation(this, embeddings, mask, manager);
    }

    static void describe(T5Config c, Blueprint blueprint) {
        blueprint.normal(PREFIX + "shared.weight", 1, c.vocabulary(), c.width());
        for (boolean decoder : new boolean[] {false, true}) {
            String stack = PREFIX + (decoder ? "decoder" : "encoder");
            int layers = decoder ? c.decoderLayers() : c.layers();
            for (int i = 0; i < layers; i++) block(c, stack + ".block." + i + ".layer.", i == 0, decoder, blueprint);
            blueprint.scale(stack + ".final_layer_norm", c.width());
        }
        if (c.tied()) {
            blueprint.optional(PREFIX + "lm_head.weight", c.vocabulary(), c.width());
        } else {
            blueprint.normal(PREFIX + "lm_head.weight", 1, c.vocabulary(), c.width());
        }
    }

    /** A block; the first of a stack has the distances that all share. */
    private static void block(T5Config c, String block, boolean first, boolean decoder, Blueprint blueprint) {
        double in = 1 / Math.sqrt(c.width());
        attention(c, block + "0.SelfAttention", blueprint);
        if (first) {
            String distances = block + "0.SelfAttention.relative_attention_bias.weight";
            blueprint.normal(distances, in, c.buckets(), c.heads());
        }
        blueprint.scale(block + "0.layer_norm", c.width());
        if (decoder) {
            attention(c, block + "1.EncDecAttention", blueprint);
            blueprint.scale(block + "1.layer_norm", c.width());
        }
        String last = block + (decoder ? 2 : 1);
        blueprint
                .normal(last + ".DenseReluDense.wi_0.weight", in, c.hidden(), c.width())
                .normal(last + ".DenseReluDense.wi_1.weight", in, c.hidden(), c.width())
                .normal(last + ".DenseReluDense.wo.weight", 1 / Math.sqrt(c.hidden()), c.width(), c.hidden())
                .scale(last + ".layer_norm", c.width());
    }

    private static void attention(T5Config c, String name, Blueprint blueprint) {
        long inner = (long) c.heads() * c.headWidth();
        blueprint
                .normal(name + ".q.weight", 1 / Math.sqrt(c.width() * (double) c.headWidth()), inner, c.width())
                .normal(name + ".k.weight", 1 / Math.sqrt(c.width()), inner, c.width())
                .normal(name + ".v.weight", 1 / Math.sqrt(c.width()), inner, c.width())
                .normal(name + ".o.weight", 1 / Math.sqrt(inner), c.width(), inner);
    }
}
