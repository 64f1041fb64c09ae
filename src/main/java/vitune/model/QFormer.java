package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vitune.tensor.Gradients;
import vitune.tensor.Kernels;
import vitune.tensor.Precision;
import vitune.tensor.Sublayers;
import vitune.tensor.Sublayers.Norm;

/**
 * BLIP-2's connector: learned queries that attend to each other and, in every n-th layer, to the whole picture;
 * then one linear layer to the width of the language model. InstructBLIP's queries attend to the words of the instruction
 * too.
 *
 * <p>Source: BLIP-2, arXiv:2301.12597, section 3.1; {@code Blip2QFormerModel} of transformers: post-norm, exact gelu.
 */
public final class QFormer implements Connector {
    private static final List<String> ATTENTION =
            List.of("output.LayerNorm", "attention.query", "attention.key", "attention.value", "output.dense");

    private final QFormerConfig config;
    private final Weights weights;

    QFormer(QFormerConfig config, Weights weights) {
        this.config = config;
        this.weights = weights;
    }

    @Override
    public NDArray forward(NDArray vision, @Nullable Instruction instruction) {
        return weights.linear(queries(vision, instruction), "language_projection"); // [N, Q, D]
    }

    /**
     * Where the queries look, for a picture of it.
     *
     * @param vision [N, F, Dv]
     * @param instruction what they look for; null where they do not read
     * @return one array [N, H, Q, F] for each layer that looks at the picture; rows sum to 1, CLS is column 0
     */
    public List<NDArray> attention(NDArray vision, @Nullable Instruction instruction) {
        List<NDArray> maps = new ArrayList<>();
        Gradients.off(() -> queries(vision, instruction, maps));
        return maps;
    }

    /** The queries after the last layer, before the projection: features [N, F, Dv] to [N, Q, Dq]. */
    public NDArray queries(NDArray vision, @Nullable Instruction instruction) {
        return queries(vision, instruction, null);
    }

    private NDArray queries(NDArray vision, @Nullable Instruction instruction, @Nullable List<NDArray> maps) {
        if (config.reads() == (instruction == null)) {
            throw new IllegalArgumentException(
                    "this q-former reads " + (config.reads() ? "the instruction" : "no text") + ", got "
                            + (instruction == null
                                    ? "none"
                                    : "an instruction " + instruction.ids().getShape()));
        }
        NDArray x = weights.get("query_tokens", Precision.of(vision)); // [1, Q, Dq]: the same for all until they look
        NDArray hide = null;
        if (instruction == null) {
            x = weights.layerNorm(x, "qformer.layernorm", config.eps());
        } else {
            x = repeat(x, vision.getShape().get(0)).concat(words(instruction, x), 1); // [N, Q+Ti, Dq]
            x = weights.layerNorm(x, "qformer.embeddings.layernorm", config.eps());
            NDArray mask = instruction.mask();
            NDArray all =
                    mask.getManager().ones(new Shape(mask.getShape().get(0), config.queries()), mask.getDataType());
            hide = Kernels.attentionMask(all.concat(mask, 1)); // [N, 1, 1, Q+Ti]
        }
        for (int i = 0; i < config.layers(); i++) {
            Weights w = weights.at("qformer.encoder.layer." + i);
            x = attend(x, x, w.at("attention"), hide, null); // [1 or N, Q+Ti, Dq]
            NDArray text = instruction == null ? null : x.get(new NDIndex(":, " + config.queries() + ":"));
            if (text != null) x = x.get(new NDIndex(":, :" + config.queries()));
            if (config.looks(i)) x = attend(x, vision, w.at("crossattention"), null, maps); // [N, Q, Dq]
            x = think(x, w, "intermediate_query", "output_query");
            if (text != null) x = x.concat(think(text, w, "intermediate", "output"), 1); // [N, Q+Ti, Dq]
        }
        return instruction == null ? x : x.get(new NDIndex(":, :" + config.queries()));
    }

    /** Vectors of the instruction's words and of their places: [N, Ti, Dq], as precise as {@code like}. */
    private NDArray words(Instruction instruction, NDArray like) {
        long length = instruction.ids().getShape().get(1);
        if (length > config.text().positions()) {
            throw new IllegalArgumentException("the q-former has "
                    + config.text().positions() + " positions, got an instruction of " + length + " tokens");
        }
        NDArray words = Kernels.embedding(instruction.ids(), weights.get("qformer.embeddings.word_embeddings.weight"));
        NDArray places =
                weights.get("qformer.embeddings.position_embeddings.weight").get(new NDIndex("0:" + length));
        Precision precision = Precision.of(like);
        return Kernels.cast(words, precision).add(Kernels.cast(places, precision));
    }

    private static NDArray repeat(NDArray x, long batch) {
        return x.broadcast(batch, x.getShape().get(1), x.getShape().get(2));
    }

    /** Attention of {@code x} to {@code source}, added to x and normalised. */
    private NDArray attend(NDArray x, NDArray source, Weights w, @Nullable NDArray hide, @Nullable List<NDArray> maps) {
        long batch = source.getShape().get(0);
        if (x.getShape().get(0) != batch) x = repeat(x, batch);
        List<NDArray> plain = maps == null ? w.plain(ATTENTION) : null;
        NDArray whole = Sublayers.attention(x, source == x ? null : source, plain, hide, config.heads(), false, norm());
        if (whole != null) return whole;
        NDArray q = Weights.splitHeads(w.linear(x, "attention.query"), config.heads()); // [N, H, Q, d]
        NDArray k = Weights.splitHeads(w.linear(source, "attention.key"), config.heads()); // [N, H, Q or F, d]
        NDArray v = Weights.splitHeads(w.linear(source, "attention.value"), config.heads());
        if (maps != null) maps.add(Kernels.attentionWeights(q, k, null, false));
        NDArray seen = Weights.joinHeads(Kernels.attention(q, k, v, hide, false)); // [N, Q, Dq]
        return addNorm(x, seen, w.at("output"));
    }

    /** The two layers of an MLP, added to x and normalised. */
    private NDArray think(NDArray x, Weights w, String up, String down) {
        List<NDArray> plain = w.plain(List.of(down + ".LayerNorm", up + ".dense", down + ".dense"));
        NDArray whole = Sublayers.mlp(x, plain, "gelu", norm());
        if (whole != null) return whole;
        return addNorm(x, Kernels.gelu(w.linear(x, up + ".dense")), w.at(down));
    }

    private Norm norm() {
        return Norm.after(config.eps());
    }

    private NDArray addNorm(NDArray x, NDArray change, Weights w) {
        return w.layerNorm(w.linearOnto(x, change, "dense"), "LayerNorm", config.eps());
    }

    static void describe(QFormerConfig c, long visionWidth, long languageWidth, Blueprint blueprint) {
        double std = c.initStd();
        long width = c.width();
        // Differs: transformers starts query_tokens at zero, where all queries would stay equal; BLIP-2 draws them
        blueprint.normal("query_tokens", std, 1, c.queries(), width);
        if (c.text() == null) {
            blueprint.norm("qformer.layernorm", width);
        } else {
            blueprint
                    .normal(
                            "qformer.embeddings.word_embeddings.weight",
                            std,
                            c.text().vocabulary(),
                            width)
                    .normal(
                            "qformer.embeddings.position_embeddings.weight",
                            std,
                            c.text().positions(),
                            width)
                    .norm("qformer.embeddings.layernorm", width);
        }
        for (int i = 0; i < c.layers(); i++) {
            String layer = "qformer.encoder.layer." + i;
            attention(layer + ".attention", width, width, std, blueprint);
            if (c.looks(i)) attention(layer + ".crossattention", width, visionWidth, std, blueprint);
            blueprint
                    .linear(layer + ".intermediate_query.dense", width, c.hidden(), std)
                    .linear(layer + ".output_query.dense", c.hidden(), width, std)
                    .norm(layer + ".output_query.LayerNorm", width);
            if (c.text() == null) continue;
            blueprint
                    .linear(layer + ".intermediate.dense", width, c.hidden(), std)
                    .linear(layer + ".output.dense", c.hidden(), width, std)
                    .norm(layer + ".output.LayerNorm", width);
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
