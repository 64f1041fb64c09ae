package vitune.model;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import vitune.tensor.Gradients;
import vitune.tensor.Kernels;
import vitune.tensor.NextWord;

/**
 * The LLaMA decoder: pre-norm blocks, rotary positions, keys and values shared by groups of queries, a gated feed-forward
 * layer.
 *
 * <p>Source: {@code LlamaForCausalLM} of transformers. Positions count the tokens of the mask, so padding on either side
 * changes nothing.
 */
record LlamaDecoder(LlamaConfig config, Weights weights) implements Decoder {
    static final String PREFIX = "language_model.";
    private static final List<String> LAYER = Stream.of(
                    "input_layernorm",
                    "self_attn.q_proj",
                    "self_attn.k_proj",
                    "self_attn.v_proj",
                    "self_attn.o_proj",
                    "post_attention_layernorm",
                    "mlp.gate_proj",
                    "mlp.up_proj",
                    "mlp.down_proj")
            .map(name -> name + ".weight")
            .toList();

    @Override
    public int layers() {
        return config.layers();
    }

    @Override
    public NDArray embed(NDArray ids) {
        return Kernels.embedding(ids, weights.get("model.embed_tokens.weight"));
    }

    @Override
    public NDArray forward(NDArray embeddings, NDArray mask, @Nullable KvCache cache, @Nullable NDArray places) {
        Padding padding = Padding.of(mask, embeddings.getShape().get(1), config.maxTokens());
        NDArray positions = padding.positions(0, embeddings.getManager()); // [B, T]
        NDArray hide = padding.hide(mask); // [B, 1, 1, S] or [B, 1, T, T]
        NDArray x = embeddings;
        for (int i = 0; i < config.layers(); i++) {
            int layer = i;
            x = Gradients.segment(
                    x,
                    in -> block(
                            in,
                            positions,
                            hide,
                            weights.at("model.layers." + layer),
                            layer,
                            cache,
                            layer == config.layers() - 1 ? places : null));
        }
        return weights.rmsNorm(x, "model.norm", config.eps());
    }

    @Override
    public @Nullable NDArray next(NDArray embeddings, NDArray mask, KvCache cache) {
        if (weights.adapted()) return null;
        Padding padding = Padding.of(mask, embeddings.getShape().get(1), config.maxTokens());
        NDArray positions = padding.positions(0, embeddings.getManager()); // [B, 1]
        return NextWord.llama(
                embeddings,
                weights.stack("model.layers", config.layers(), LAYER, "model.norm.weight", headName()),
                cache.past(),
                padding.hide(mask),
                positions,
                config.heads(),
                config.theta(),
                config.eps());
    }

    private NDArray block(
            NDArray x,
            NDArray positions,
            @Nullable NDArray mask,
            Weights w,
            int layer,
            @Nullable KvCache cache,
            @Nullable NDArray places) {
        NDArray h = w.rmsNorm(x, "input_layernorm", config.eps());
        NDArray q = Weights.splitHeads(w.linear(h, "self_attn.q_proj"), config.heads()); // [B, H, T, d]
        NDArray k = Weights.splitHeads(w.linear(h, "self_attn.k_proj"), config.keyHeads()); // [B, Hk, T, d]
        NDArray v = Weights.splitHeads(w.linear(h, "self_attn.v_proj"), config.keyHeads());
        q = Kernels.rotate(q, positions, config.theta());
        k = Kernels.rotate(k, positions, config.theta());
        if (cache != null) {
            k = cache.addKeys(layer, k); // [B, Hk, S, d]
            v = cache.addValues(layer, v);
        }
        int group = config.heads() / config.keyHeads();
        NDArray seen = Kernels.attention(q, Kernels.repeatHeads(k, group), Kernels.repeatHeads(v, group), mask, true);
        x = w.linearOnto(x, Weights.joinHeads(seen), "self_attn.o_proj"); // [B, T, D]
        if (places != null) x = Kernels.rows(x.reshape(-1, config.width()), places); // [n, D]
        h = w.rmsNorm(x, "post_attention_layernorm", config.eps());
        NDArray gate = Kernels.silu(w.linear(h, "mlp.gate_proj"));
        return w.linearOnto(x, gate.mul(w.linear(h, "mlp.up_proj")), "mlp.down_proj");
    }

    @Override
    public NDArray head() {
        return weights.get(headName());
    }

    private String headName() {
        String own = "lm_head.weight";
        return config.tied() && !weights.has(own) ? "model.embed_tokens.weight" : own;
    }

    static void describe(LlamaConfig c, Blueprint blueprint) {
        double std = c.initStd();
        long width = c.width();
        long queries = (long) c.heads() * c.headWidth();
        long keys = (long) c.keyHeads() * c.headWidth();
        blueprint.normal(PREFIX + "model.embed_tokens.weight", std, c.vocabulary(), width);
        for (int i = 0; i < c.layers(); i++) {
            String layer = PREFIX + "model.layers." + i;
            blueprint
                    .normal(layer + ".self_attn.q_proj.weight", std, queries, width)
                    .normal(layer + ".self_attn.k_proj.weight", std, keys, width)
                    .normal(layer + ".self_attn.v_proj.weight", std, keys, width)
                    .normal(layer + ".self_attn.o_proj.weight", std, width, queries)
                    .normal(layer + ".mlp.gate_proj.weight", std, c.hidden(), width)
                    .normal(layer + ".mlp.up_proj.weight", std, c.hidden(), width)
                    .normal(layer + ".mlp.down_proj.weight", std, width, c.hidden())
                    .scale(layer + ".input_layernorm", width)
                    .scale(layer + ".post_attention_layernorm", width);
        }
        blueprint.scale(PREFIX + "model.norm", width);
        if (c.tied()) {
            blueprint.optional(PREFIX + "lm_head.weight", c.vocabulary(), width);
        } else {
            blueprint.normal(PREFIX + "lm_head.weight", std, c.vocabulary(), width);
        }
    }
}
