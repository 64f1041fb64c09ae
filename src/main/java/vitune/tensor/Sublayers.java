package vitune.tensor;

import ai.djl.ndarray.NDArray;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The two halves of a transformer's layer, and the loss behind the last, each in one call and with a way back of its own
 * where they are f32 on a CPU: calling their operations one by one costs a small model a good part of its step.
 *
 * <p>The norm stands first, then the linear layers in order, each with its bias; null says that they
 * are not just these, as with adapters beside them. Null comes back where this way is not open: then, on a GPU, and for a
 * few rows without a recording. The operations go one by one there.
 *
 * <p>Source: Vaswani et al., arXiv:1706.03762, section 3.1.
 */
public final class Sublayers {
    private Sublayers() {}

    /**
     * Where the layer norm stands.
     *
     * @param before true for x + f(norm(x)), false for norm(x + f(x))
     * @param eps added to the variance
     */
    public record Norm(boolean before, double eps) {
        /** Pre-norm: OPT, EVA. */
        public static Norm before(double eps) {
            return new Norm(true, eps);
        }

        /** Post-norm: BERT, the Q-Former. */
        public static Norm after(double eps) {
            return new Norm(false, eps);
        }
    }

    /**
     * Multi-head attention on a residual stream.
     *
     * @param x {@code [B, T, D]}
     * @param source what keys and values are made of, {@code [B, S, E]}; null for x
     * @param weights norm, queries, keys, values, output; or norm, all three in one, output
     * @param mask added to the scores, broadcast to {@code [B, H, T, S]}; null for none
     * @param causal true if a query sees no key behind it
     * @return {@code [B, T, D]}, or null
     */
    public static @Nullable NDArray attention(
            NDArray x,
            @Nullable NDArray source,
            @Nullable List<NDArray> weights,
            @Nullable NDArray mask,
            int heads,
            boolean causal,
            Norm norm) {
        return Products.sublayer(
                "attention",
                source == null ? List.of(x) : List.of(x, source),
                mask == null ? List.of() : List.of(mask),
                weights,
                (long) heads,
                causal,
                norm.before,
                norm.eps);
    }

    /**
     * The summed cross-entropy of what a head makes of hidden states.
     *
     * @param x {@code [n, D]}
     * @param head {@code [V, D]}
     * @param labels {@code [n]} i64, in [0, V)
     * @return a scalar, or null
     */
    public static @Nullable NDArray loss(NDArray x, NDArray head, NDArray labels) {
        return Products.sublayer("loss", List.of(x), List.of(labels), List.of(head));
    }

    /**
     * Two linear layers with an activation between them, on a residual stream.
     *
     * @param x {@code [..., D]}
     * @param weights norm, up, down
     * @param activation {@code relu}, or {@code gelu} (exact)
     * @return {@code [..., D]}, or null
     */
    public static @Nullable NDArray mlp(NDArray x, @Nullable List<NDArray> weights, String activation, Norm norm) {
        return Products.sublayer("mlp", List.of(x), List.of(), weights, activation, norm.before, norm.eps);
    }
}
