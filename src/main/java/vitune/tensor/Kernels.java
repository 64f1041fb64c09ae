package vitune.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import org.jspecify.annotations.Nullable;

/**
 * What DJL lacks, as plain functions over arrays: {@code kernels.py} and {@code layers.py} hold their bodies, in
 * TorchScript.
 *
 * <p>Differentiable unless they say "no graph"; {@link InPlace} holds those that change what they are given. The precision of the first operand rules: weights are
 * cast to it inside the graph, so f32 masters serve bf16 activations; statistics and losses are summed in f32.
 */
public final class Kernels {
    private Kernels() {}

    // ---------------------------------------------------------------- layers

    /** x wᵀ: {@code x [..., D]}, {@code w [E, D]} -> {@code [..., E]}. */
    public static NDArray linear(NDArray x, NDArray w) {
        return linear(x, w, null);
    }

    /** x wᵀ + b, or without the bias if it is null: {@code b [E]}. */
    public static NDArray linear(NDArray x, NDArray w, @Nullable NDArray b) {
        NDArray product = Products.linear(x, w, b, null);
        if (product != null) return product;
        return b == null ? call(x, "linear", x, w) : call(x, "linear_bias", x, w, b);
    }

    /** y + x wᵀ + b: a linear layer on a residual stream, {@code y [..., E]}, in one go where PyTorch can. */
    public static NDArray linearOnto(NDArray y, NDArray x, NDArray w, @Nullable NDArray b) {
        NDArray product = Products.linear(x, w, b, y);
        if (product != null) return product;
        return b == null ? call(y, "linear_onto", x, w, y) : call(y, "linear_bias_onto", x, w, b, y);
    }

    /**
     * A linear layer's result with a low-rank change: y + scale · (drop(x) aᵀ) bᵀ.
     *
     * @param y {@code [..., E]}
     * @param x {@code [..., D]}
     * @param a {@code [r, D]}
     * @param b {@code [E, r]}
     * @param dropout share of x that is left out while a recording is open, the rest scaled up; see {@link Gradients}
     * @return {@code [..., E]}
     */
    public static NDArray lowRank(NDArray y, NDArray x, NDArray a, NDArray b, double scale, double dropout) {
        NDArray kept = dropout > 0 && Gradients.open() ? call(x, "dropout", x, dropout) : x;
        return call(y, "add_scaled", y, linear(linear(kept, a), b), scale);
    }

    /**
     * Cuts pictures into square patches and maps each to a vector: a convolution whose stride is its size.
     *
     * @param pixels {@code [B, C, height, width]}, a multiple of the patch size
     * @param w {@code [D, C, size, size]}
     * @param b {@code [D]}, or null for none
     * @return {@code [B, P, D]}, row by row
     */
    public static NDArray patches(NDArray pixels, NDArray w, @Nullable NDArray b) {
        long size = w.getShape().get(2);
        return b == null ? call(pixels, "patches_plain", pixels, w, size) : call(pixels, "patches", pixels, w, b, size);
    }

    /** Layer normalisation over the last axis; statistics in f32, the result in x's precision. */
    public static NDArray layerNorm(NDArray x, NDArray w, NDArray b, double eps) {
        return call(x, "layer_norm", x, w, b, eps);
    }

    /** Root-mean-square normalisation over the last axis (LLaMA); statistics in f32, the result in x's precision. */
    public static NDArray rmsNorm(NDArray x, NDArray w, double eps) {
        return call(x, "rms_norm", x, w, eps);
    }

    /** GELU, exact (with erf). */
    public static NDArray gelu(NDArray x) {
        return call(x, "gelu", x);
    }

    /** GELU, the approximation with tanh. */
    public static NDArray geluTanh(NDArray x) {
        return call(x, "gelu_tanh", x);
    }

    /** x · sigmoid(1.702 x): CLIP's approximation of GELU. */
    public static NDArray quickGelu(NDArray x) {
        return call(x, "quick_gelu", x);
    }

    /** max(x, 0). */
    public static NDArray relu(NDArray x) {
        return call(x, "relu", x);
    }

    /** x · sigmoid(x), also called swish. */
    public static NDArray silu(NDArray x) {
        return call(x, "silu", x);
    }

    /**
     * Rows of a table: {@code ids [...]}, {@code table [V, D]} -> {@code [..., D]} in the table's precision. Cast what
     * was picked, never the table: a vocabulary is large, a text is not.
     */
    public static NDArray embedding(NDArray ids, NDArray table) {
        return call(ids, "embedding", ids, table);
    }

    /** Some rows of a matrix: {@code x [N, D]}, {@code index [n]} (i64) -> {@code [n, D]}. */
    public static NDArray rows(NDArray x, NDArray index) {
        return call(x, "rows", x, index);
    }

    // ---------------------------------------------------------------- attention

    /**
     * Scaled dot-product attention, fused.
     *
     * @param q {@code [B, H, T, d]}
     * @param k {@code [B, H, S, d]}
     * @param v {@code [B, H, S, d]}
     * @param mask added to the scores, broadcast to {@code [B, H, T, S]}; null for none
     * @param causal true if query t sees keys 0 ... t + (S - T) only: the last query sees all, also behind a cache
     * @return {@code [B, H, T, d]}
     */
    public static NDArray attention(NDArray q, NDArray k, NDArray v, @Nullable NDArray mask, boolean causal) {
        return mask == null
                ? call(q, "attention", q, k, v, causal)
                : call(q, "attention_masked", q, k, v, mask, causal);
    }

    /**
     * Attention with a bias of one's own and without the usual scaling (T5).
     *
     * @param bias added to the scores, broadcast to {@code [B, H, T, S]}
     */
    public static NDArray attention(NDArray q, NDArray k, NDArray v, NDArray bias) {
        return call(q, "attention_biased", q, k, v, bias);
    }

    /** Each head {@code times} times in a row: {@code [B, H, T, d]} -> {@code [B, H times, T, d]} (grouped queries). */
    public static NDArray repeatHeads(NDArray x, int times) {
        return times == 1 ? x : call(x, "repeat_heads", x, (long) times);
    }

    /**
     * Rotary positions, half-split.
     *
     * <p>Source: RoFormer, arXiv:2104.09864, equation 34, in the order of LLaMA's weights at Hugging Face.
     *
     * @param x queries or keys {@code [B, H, T, d]}
     * @param positions {@code [B, T]} i64
     * @param theta base of the wave lengths, usually 10000
     */
    public static NDArray rotate(NDArray x, NDArray positions, double theta) {
        return call(x, "rotate", x, positions, theta);
    }

    /** The weights that {@link #attention} gives to the values, for a look: {@code [B, H, T, S]}, rows sum to 1. */
    public static NDArray attentionWeights(NDArray q, NDArray k, @Nullable NDArray mask, boolean causal) {
        return mask == null ? call(q, "weights", q, k, causal) : call(q, "weights_masked", q, k, mask, causal);
    }

    /** A padding mask as scores: {@code keep [B, S]}, 1 for a token, 0 for padding -> {@code [B, 1, 1, S]} in f32. */
    public static NDArray attentionMask(NDArray keep) {
        return call(keep, "attention_mask", keep);
    }

    /**
     * Packed samples as scores: a token sees those of its own sample alone.
     *
     * @param samples {@code [B, T]}, the number of each token's sample within its row, 0 for padding
     * @return {@code [B, 1, T, T]} in f32
     */
    public static NDArray sampleMask(NDArray samples) {
        return call(samples, "sample_mask", samples);
    }

    // ---------------------------------------------------------------- numbers

    /** The logarithm of the softmax over the last axis. */
    public static NDArray logSoftmax(NDArray x) {
        return call(x, "log_softmax", x);
    }

    /** The place of the largest number along the last axis, i64; no graph. */
    public static NDArray argmax(NDArray x) {
        return call(x, "argmax", x);
    }

    /** The k largest numbers along the last axis and their places: {@code [..., N]} -> f64 {@code [2, ..., k]}; no graph. */
    public static NDArray top(NDArray x, int k) {
        return call(x, "top", x, (long) k);
    }

    /** The same numbers in another precision, gradients flow through; integers and booleans may come in too. */
    public static NDArray cast(NDArray x, Precision precision) {
        return call(x, "cast", x, precision.code());
    }

    /** x · factor. */
    public static NDArray scale(NDArray x, double factor) {
        return call(x, "scale", x, factor);
    }

    /** True if all numbers are finite. One wait for the device. */
    public static boolean isFinite(NDArray x) {
        return Gradients.off(() -> KernelModule.get().integer("is_finite", x)) == 1;
    }

    /**
     * Integers in memory of PyTorch's own. DJL's {@code create} borrows Java's memory, which is freed when the array is
     * closed: a graph that still needs such an array for its backward pass would read what came after.
     */
    public static NDArray longs(NDManager manager, long[] values, Shape shape) {
        Engines.start();
        try (NDArray borrowed = manager.create(values, shape)) {
            return call(borrowed, "copy", borrowed);
        }
    }

    /** A copy without graph that belongs to {@code owner} and outlives the open {@code NDScope}: for caches. */
    public static NDArray keep(NDArray x, NDManager owner) {
        NDArray copy = KernelModule.get().tensor((PtNDManager) owner, "copy", x);
        NDScope.unregister(copy);
        return copy;
    }

    /** Room for {@code [B, H, length, d]}, the front of which is x {@code [B, H, T, d]}; what is behind is not defined. */
    public static NDArray widened(NDArray x, long length) {
        return call(x, "widened", x, length);
    }

    /** The first tokens of {@code [B, H, T, d]}, on the same memory: {@code [B, H, length, d]}; no graph. */
    public static NDArray front(NDArray x, long length) {
        return call(x, "front", x, length);
    }

    /** Zeros in any precision. */
    public static NDArray zeros(NDManager manager, Shape shape, Precision precision) {
        Engines.start();
        NDArray zeros = manager.zeros(shape);
        if (precision == Precision.F32) {
            return zeros;
        }
        try (zeros) {
            return cast(zeros, precision);
        }
    }

    /**
     * Normal numbers that follow from {@code seed} alone (and the device), drawn on the manager's device; PyTorch's
     * generator goes on from there.
     */
    public static NDArray normal(
            NDManager manager, Shape shape, double mean, double std, long seed, Precision precision) {
        String device = DeviceChoice.name(manager.getDevice());
        return KernelModule.get()
                .tensor(
                        (PtNDManager) manager,
                        "normal",
                        shape.getShape(),
                        mean,
                        std,
                        seed,
                        (long) precision.code(),
                        device);
    }

    /** The numbers of an array in any precision, copied to Java. */
    public static float[] floats(NDArray x) {
        try (NDArray single = call(x, "floats", x)) {
            return single.toFloatArray();
        }
    }

    /** The same array on the device of another one. */
    public static NDArray near(NDArray x, NDArray other) {
        return call(x, "near", x, other);
    }

    /** PyTorch's number for the type of an array: DJL says UNKNOWN for some. */
    static long code(NDArray x) {
        return KernelModule.get().integer("code", x);
    }

    // ---------------------------------------------------------------- language and vision

    /**
     * The summed cross-entropy of some rows, in f32; rows labelled -100 count nothing.
     *
     * @param logits {@code [N, V]}
     * @param labels {@code [N]} i64
     * @return a scalar
     */
    public static NDArray crossEntropySum(NDArray logits, NDArray labels) {
        return call(logits, "cross_entropy_sum", logits, labels);
    }

    /**
     * Puts features, in order, into the marked places of a text; gradients flow to both.
     *
     * @param embeddings {@code [B, T, D]}
     * @param mask {@code [B, T]}, true where a feature goes
     * @param features {@code [N, D]} or {@code [B, Q, D]}
     * @return {@code [B, T, D]}
     * @throws IllegalArgumentException if the marked places are not as many as the features
     */
    public static NDArray splice(NDArray embeddings, NDArray mask, NDArray features) {
        long places = KernelModule.get().integer("count", mask);
        long width = embeddings.getShape().get(embeddings.getShape().dimension() - 1);
        long rows = features.size() / width;
        if (places != rows) {
            throw new IllegalArgumentException("the mask marks " + places + " places for " + rows + " features");
        }
        return call(embeddings, "splice", embeddings, mask, features);
    }

    /** Runs a kernel whose result belongs where {@code left} does. */
    static NDArray call(NDArray left, String kernel, Object... arguments) {
        return KernelModule.get().tensor((PtNDManager) left.getManager(), kernel, arguments);
    }
}
