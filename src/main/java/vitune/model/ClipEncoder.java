package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import java.util.ArrayList;
import java.util.List;
import vitune.tensor.Gradients;
import vitune.tensor.Kernels;
import vitune.tensor.Precision;

/**
 * CLIP's vision transformer up to the block whose states are the features: a norm before the first block, patches cut
 * without a bias, none after the last.
 *
 * <p>Source: {@code CLIPVisionModel} of transformers, {@code hidden_states[vision_feature_layer]}.
 */
record ClipEncoder(ClipConfig config, Weights weights) implements VisionEncoder {
    static final String PREFIX = "vision_tower.";
    static final String LAYERS = PREFIX + "encoder.layers.";

    @Override
    public NDArray forward(NDArray pixels) {
        List<NDArray> states = states(pixels, config.runs(), false);
        NDArray features = states.get(states.size() - 1); // [B, P+1, Dv]
        return config.whole() ? features : features.get(new NDIndex(":, 1:")); // [B, P, Dv]
    }

    @Override
    public List<NDArray> states(NDArray pixels) {
        return states(pixels, config.layers(), true);
    }

    /** @param all false to free each state that neither the next block nor a gradient needs any more */
    private List<NDArray> states(NDArray pixels, int blocks, boolean all) {
        VisionEncoder.requirePixels(pixels, config.imageSize());
        Weights w = weights.at("embeddings");
        NDArray x = Kernels.patches(pixels, w.get("patch_embedding.weight"), null); // [B, P, Dv]
        Precision precision = Precision.of(x);
        NDArray whole = w.get("class_embedding", precision)
                .broadcast(pixels.getShape().get(0), 1, config.width()); // [B, 1, Dv]
        x = whole.concat(x, 1).add(w.get("position_embedding.weight", precision)); // [B, P+1, Dv]
        List<NDArray> states = new ArrayList<>();
        states.add(weights.layerNorm(x, "pre_layrnorm", config.eps()));
        for (int i = 0; i < blocks; i++) {
            Weights layer = weights.at("encoder.layers." + i);
            states.add(Gradients.segment(states.get(i), in -> block(in, layer)));
            if (!all && !Gradients.recording()) states.get(i).close();
        }
        return states;
    }

    private NDArray block(NDArray x, Weights w) {
        NDArray h = w.layerNorm(x, "layer_norm1", config.eps());
        NDArray seen = Kernels.attention(
                Weights.splitHeads(w.linear(h, "self_attn.q_proj"), config.heads()), // [B, H, P+1, d]
                Weights.splitHeads(w.linear(h, "self_attn.k_proj"), config.heads()),
                Weights.splitHeads(w.linear(h, "self_attn.v_proj"), config.heads()),
                null,
                false);
        x = w.linearOnto(x, Weights.joinHeads(seen), "self_attn.out_proj"); // [B, P+1, Dv]
        NDArray inner = w.linear(w.layerNorm(x, "layer_norm2", config.eps()), "mlp.fc1");
        inner = config.quick() ? Kernels.quickGelu(inner) : Kernels.gelu(inner);
        return w.linearOnto(x, inner, "mlp.fc2");
    }

    static void describe(ClipConfig c, Blueprint blueprint) {
        double std = c.initStd();
        long width = c.width();
        blueprint
                .normal(PREFIX + "embeddings.class_embedding", std, width)
                .normal(PREFIX + "embeddings.patch_embedding.weight", std, width, 3, c.patch(), c.patch())
                .normal(PREFIX + "embeddings.position_embedding.weight", std, c.patches() + 1, width)
                .norm(PREFIX + "pre_layrnorm", width);
        for (int i = 0; i < c.layers(); i++) {
            String layer = LAYERS + i;
            blueprint
                    .linear(layer + ".self_attn.k_proj", width, width, std)
                    .linear(layer + ".self_attn.v_proj", width, width, std)
                    .linear(layer + ".self_attn.q_proj", width, width, std)
                    .linear(layer + ".self_attn.out_proj", width, width, std)
                    .norm(layer + ".layer_norm1", width)
                    .linear(layer + ".mlp.fc1", width, c.hidden(), std)
                    .linear(layer + ".mlp.fc2", c.hidden(), width, std)
                    .norm(layer + ".layer_norm2", width);
        }
        blueprint.norm(PREFIX + "post_layernorm", width); // stored, never used for features
    }
}
