package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.util.ArrayList;
import java.util.List;
import vitune.tensor.Gradients;
import vitune.tensor.Kernels;
import vitune.tensor.Precision;
import vitune.tensor.Sublayers;
import vitune.tensor.Sublayers.Norm;

/**
 * The vision transformer of BLIP-2: pre-norm, one fused projection for queries, keys and values, learned positions.
 *
 * <p>Source: {@code Blip2VisionModel} of transformers; its {@code last_hidden_state}, after the last norm, is what
 * {@link #forward} returns.
 */
record EvaEncoder(EvaConfig config, Weights weights) implements VisionEncoder {
    static final String PREFIX = "vision_model.";
    private static final List<String> ATTENTION = List.of("layer_norm1", "self_attn.qkv", "self_attn.projection");
    private static final List<String> MLP = List.of("layer_norm2", "mlp.fc1", "mlp.fc2");

    @Override
    public NDArray forward(NDArray pixels) {
        List<NDArray> states = states(pixels, false);
        return weights.layerNorm(states.get(states.size() - 1), "post_layernorm", config.eps());
    }

    @Override
    public List<NDArray> states(NDArray pixels) {
        return states(pixels, true);
    }

    /** @param all false to free each state that neither the next block nor a gradient needs any more */
    private List<NDArray> states(NDArray pixels, boolean all) {
        VisionEncoder.requirePixels(pixels, config.imageSize());
        Weights w = weights.at("embeddings");
        NDArray x =
                Kernels.patches(pixels, w.get("patch_embedding.weight"), w.get("patch_embedding.bias")); // [B, P, Dv]
        Precision precision = Precision.of(x);
        NDArray whole = w.get("class_embedding", precision)
                .broadcast(pixels.getShape().get(0), 1, config.width()); // [B, 1, Dv]
        List<NDArray> states = new ArrayList<>();
        states.add(whole.concat(x, 1).add(w.get("position_embedding", precision))); // [B, P+1, Dv]
        for (int i = 0; i < config.layers(); i++) {
            Weights layer = weights.at("encoder.layers." + i);
            states.add(Gradients.segment(states.get(i), in -> block(in, layer)));
            if (!all && !Gradients.recording()) states.get(i).close();
        }
        return states;
    }

    private NDArray block(NDArray x, Weights w) {
        x = attend(x, w); // [B, P+1, Dv]
        NDArray whole = Sublayers.mlp(x, w.plain(MLP), "gelu", norm());
        if (whole != null) return whole;
        NDArray inner = Kernels.gelu(w.linear(w.layerNorm(x, "layer_norm2", config.eps()), "mlp.fc1"));
        return w.linearOnto(x, inner, "mlp.fc2");
    }

    private NDArray attend(NDArray x, Weights w) {
        NDArray whole = Sublayers.attention(x, null, w.plain(ATTENTION), null, config.heads(), false, norm());
        if (whole != null) return whole;
        NDArray qkv = w.linear(w.layerNorm(x, "layer_norm1", config.eps()), "self_attn.qkv"); // [B, P+1, 3 Dv]
        NDList parts = qkv.split(3, 2);
        NDArray seen = Kernels.attention(
                Weights.splitHeads(parts.get(0), config.heads()), // [B, H, P+1, d]
                Weights.splitHeads(parts.get(1), config.heads()),
                Weights.splitHeads(parts.get(2), config.heads()),
                null,
                false);
        return w.linearOnto(x, Weights.joinHeads(seen), "self_attn.projection");
    }

    private Norm norm() {
        return Norm.before(config.eps());
    }

    static void describe(EvaConfig c, Blueprint blueprint) {
        double std = c.initStd();
        long width = c.width();
        blueprint
                .normal(PREFIX + "embeddings.class_embedding", std, 1, 1, width)
                .normal(PREFIX + "embeddings.position_embedding", std, 1, c.patches() + 1, width)
                .normal(PREFIX + "embeddings.patch_embedding.weight", std, width, 3, c.patch(), c.patch())
                .normal(PREFIX + "embeddings.patch_embedding.bias", 0, width);
        for (int i = 0; i < c.layers(); i++) {
            String layer = PREFIX + "encoder.layers." + i;
            blueprint
                    .norm(layer + ".layer_norm1", width)
                    .linear(layer + ".self_attn.qkv", width, 3 * width, std)
                    .linear(layer + ".self_attn.projection", width, width, std)
                    .norm(layer + ".layer_norm2", width)
                    .linear(layer + ".mlp.fc1", width, c.hidden(), std)
                    .linear(layer + ".mlp.fc2", c.hidden(), width, std);
        }
        blueprint.norm(PREFIX + "post_layernorm", width);
    }
}
