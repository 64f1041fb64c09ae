package vitune.model;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import vitune.tensor.Gradients;
import vitune.tensor.Kernels;
import vitune.tensor.NextWord;
import vitune.tensor.Precision;
import vitune.tensor.Sublayers;
import vitune.tensor.Sublayers.Norm;

/**
 * The OPT decoder: pre-norm blocks, relu, learned positions, the head tied to the embedding table.
 *
 * <p>Source: {@code OPTForCausalLM} of transformers. Positions count the tokens of the mask, so padding on either side
 * changes nothing; the table of positions has two rows before the first.
 */
record OptDecoder(OptConfig config, Weights weights) implements Decoder {
    static final String PREFIX = "language_model.model.decoder.";
    private static final double EPS = 1e-5;
    private static final Norm NORM = Norm.before(EPS);
    private static final List<String> ATTENTION = List.of(
            "self_attn_layer_norm", "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.out_proj");
    private static final List<String> MLP = List.of("final_layer_norm", "fc1", "fc2");
    private static final List<String> LAYER = Stream.of(ATTENTION, MLP)
            .flatMap(List::stream)
            .flatMap(name -> Stream.of(name + ".weight", name + ".bias"))
            .toList();

    @Override
    public int layers() {
        return config.layers();
    }

    @Override
    public NDArray embed(NDArray ids) {
        return Kernels.embedding(ids, weights.get("embed_tokens.weight"));
    }

    @Override
    public NDArray forward(NDArray embeddings, NDArray mask, @Nullable KvCache cache, @Nullable NDArray places) {
        Padding padding = Padding.of(mask, embeddings.getShape().get(1), config.maxTokens());
        NDArray x = placed(embeddings, padding); // [B, T, D]
        NDArray hide = padding.hide(mask); // [B, 1, 1, S] or [B, 1, T, T]
        for (int i = 0; i < config.layers(); i++) {
            int layer = i;
            x = Gradients.segment(
                    x,
                    in -> block(
                            in,
                            hide,
                            weights.at("layers." + layer),
                            layer,
                            cache,
                            layer == config.layers() - 1 ? places : null));
        }
        return weights.layerNorm(x, "final_layer_norm", EPS);
    }

    private NDArray placed(NDArray embeddings, Padding padding) {
        NDArray positions = Kernels.embedding(
                padding.positions(2, embeddings.getManager()), weights.get("embed_positions.weight")); // [B, T, D]
        return embeddings.add(Kernels.cast(positions, Precision.of(embeddings)));
    }

    @Override
    public @Nullable NDArray next(NDArray embeddings, NDArray mask, KvCache cache) {
        if (weights.adapted()) return null;
        Padding padding = Padding.of(mask, embeddings.getShape().get(1), config.maxTokens());
        List<NDArray> all = weights.stack(
                "layers",
                config.layers(),
                LAYER,
                "final_layer_norm.weight",
                "final_layer_norm.bias",
                "embed_tokens.weight");
        return NextWord.opt(placed(embeddings, padding), all, cache.past(), padding.hide(mask), config.heads(), EPS);
    }

    private NDArray block(
            NDArray x,
            @Nullable NDArray mask,
            Weights w,
            int layer,
            @Nullable KvCache cache,
            @Nullable NDArray places) {
        x = attend(x, mask, w, layer, cache);
        if (places != null) x = Kernels.rows(x.reshape(-1, config.width()), places); // [n, D]
        NDArray whole = Sublayers.mlp(x, w.plain(MLP), "relu", NORM);
        if (whole != null) return whole;
        NDArray h = Kernels.relu(w.linear(w.layerNorm(x, "final_layer_norm", EPS), "fc1"));
        return w.linearOnto(x, h, "fc2");
    }

    private NDArray attend(NDArray x, @Nullable NDArray mask, Weights w, int layer, @Nullable KvCache cache) {
        List<NDArray> plain = cache == null ? w.plain(ATTENTION) : null;
        NDArray whole = Sublayers.attention(x, null, plain, mask, config.heads(), true, NORM);
        if (whole != null) return whole;
        NDArray h = w.layerNorm(x, "self_attn_layer_norm", EPS);
        NDArray q = Weights.splitHeads(w.linear(h, "self_attn.q_proj"), config.heads()); // [B, H, T, d]
        NDArray k = Weights.splitHeads(w.linear(h, "self_attn.k_proj"), config.heads());
        NDArray v = Weights.splitHeads(w.linear(h, "self_attn.v_proj"), config.heads());
        if (cache != null) {
            k = cache.addKeys(layer, k); // [B, H, S, d]
            v = cache.addValues(layer, v);
        }
        NDArray seen = Weights.joinHeads(Kernels.attention(q, k, v, mask, true)); // [B, T, D]
        return w.linearOnto(x, seen, "self_attn.out_proj");
    }

    @Override
    public NDArray head() {
        return weights.get("embed_tokens.weight");
    }

    static void describe(OptConfig c, Blueprint blueprint) {
        double std = c.initStd();
        long width = c.width();
        blueprint
                .normal(PREFIX + "embed_tokens.weight", std, c.vocabulary(), width)
                .normal(PREFIX + "embed_positions.weight", std, c.maxTokens() + 2, width);
        for (int i = 0; i < c.layers(); i++) {
            String layer = PREFIX + "layers." + i;
            blueprint
                    .linear(layer + ".self_attn.k_proj", width, width, std)
                    .linear(layer + ".self_attn.v_proj", width, width, std)
                    .linear(layer + ".self_attn.q_proj", width, width, std)
                    .linear(layer + ".self_attn.out_proj", width, width, std)
                    .norm(layer + ".self_attn_layer_norm", width)
                    .linear(layer + ".fc1", width, c.hidden(), std)
                    .linear(layer + ".fc2", c.hidden(), width, std)
                    .norm(layer + ".final_layer_norm", width);
        }
        blueprint.norm(PREFIX + "final_layer_norm", width);
    }
}
