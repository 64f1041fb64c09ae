package vitune.model;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vitune.tensor.Gradients;
import vitune.tensor.Kernels;
import vitune.tensor.Precision;

/**
 * BLIP-2's connector: learned queries that attend to each other and, in every so manieth layer, to the whole picture;
 * then one linear layer to the width of the language model.
 *
 * <p>Source: BLIP-2, arXiv:2301.12597, section 3.1; {@code Blip2QFormerModel} of transformers: post-norm, exact gelu.
 */
public final class QFormer implements Connector {
    private final QFormerConfig config;
    private final Weights weights;

    QFormer(QFormerConfig config, Weights weights) {
        this.config = config;
        this.weights = weights;
    }

    @Override
    public NDArray forward(NDArray vision) {
        return weights.linear(queries(vision, null), "language_projection"); // [B, Q, D]
    }

    /**
     * Where the queries look, for a picture of it.
     *
     * @param vision [B, P+1, Dv]
     * @return one array [B, H, Q, P+1] for each layer that looks at the picture; rows sum to 1, CLS is column 0
     */
    public List<NDArray> attention(NDArray vision) {
        List<NDArray> maps = new ArrayList<>();
        Gradients.off(() -> queries(vision, maps));
        return maps;
    }

    /** The queries after the last layer, before the projection: features [B, P+1, Dv] to [B, Q, Dq]. */
    public NDArray queries(NDArray vision) {
        return queries(vision, null);
    }

    private NDArray queries(NDArray vision, @Nullable List<NDArray> maps) {
        NDArray x = weights.get("query_tokens", Precision.of(vision)); // [1, Q, Dq]: the same for all until they look
        x = weights.layerNorm(x, "qformer.layernorm", config.eps());
        for (int i = 0; i < config.layers(); i++) {
            Weights w = weights.at("qformer.encoder.layer." + i);
            x = attend(x, x, w.at("attention"), null); // [1 or B, Q, Dq]
            if (config.looks(i)) x = attend(x, vision, w.at("crossattention"), maps); // [B, Q, Dq]
            NDArray inner = Kernels.gelu(w.linear(x, "intermediate_query.dense"));
            x = addNorm(x, inner, w.at("output_query"));
        }
        return x;
    }

    /** Attention of {@code x} to {@code source}, added to x and normalised. */
    private NDArray attend(NDArray x, NDArray source, Weights w, @Nullable List<NDArray> maps) {
        NDArray q = Weights.splitHeads(w.linear(x, "attention.query"), config.heads()); // [1 or B, H, Q, d]
        NDArray k = Weights.splitHeads(w.linear(source, "attention.key"), config.heads()); // [B, H, Q or P+1, d]
        NDArray v = Weights.splitHeads(w.linear(source, "attention.value"), config.heads());
        long batch = source.getShape().get(0);
        if (q.getShape().get(0) != batch) {
            q = q.broadcast(
                    batch,
                    q.getShape().get(1),
                    q.getShape().get(2),
                    q.getShape().get(3)); // [B, H, Q, d]
        }
        if (maps != null) maps.add(Kernels.attentionWeights(q, k, null, false));
        NDArray seen = Weights.joinHeads(Kernels.attention(q, k, v, null, false)); // [B, Q, Dq]
        return addNorm(x, seen, w.at("output"));
    }

    private NDArray addNorm(NDArray x, NDArray change, Weights w) {
        return w.layerNorm(w.linear(change, "dense").add(x), "LayerNorm", config.eps());
    }

    static void describe(QFormerConfig c, long visionWidth, long languageWidth, Blueprint blueprint) {
        double std = c.initStd();
        long width = c.width();
        // Differs: transformers starts query_tokens at zero, where all queries would stay equal; BLIP-2 draws them
        blueprint.normal("query_tokens", std, 1, c.queries(), width).norm("qformer.layernorm", width);
        for (int i = 0; i < c.layers(); i++) {
            String layer = "qformer.encoder.layer." + i;
            attention(layer + ".attention", width, width, std, blueprint);
            if (c.looks(i)) attention(layer + ".crossattention", width, visionWidth, std, blueprint);
            blueprint
                    .linear(layer + ".intermediate_query.dense", width, c.hidden(), std)
                    .linear(layer + ".output_query.dense", c.hidden(), width, std)
                    .norm(layer + ".output_query.LayerNorm", width);
        }
        blueprint.linear("language_projection", width, languageWidth, std);
    }

    private static void attention(String name, long width, long sourceWidth, double std, Blueprint blueprint) {
        blueprint
                .linear(name + ".attention.query", width, width, std)
                .linear(name + ".attention.key", sourceWidth, width, std)
                .linear(name + ".attention.value", sourceWidth, width, std)
                .linear(name + ".output.dense", width, width, std)
                .norm(name + ".output.LayerNorm", width);
    }
}
