package vitune.model;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;
import vitune.tensor.Kernels;

/**
 * Every patch through two linear layers with a gelu between them, {@code multi_modal_projector.linear_1} and
 * {@code linear_2}: one token a patch, Q = P. CLS is left out, unless a CLIP encoder was told to keep it.
 *
 * <p>Source: LLaVA-1.5, arXiv:2310.03744, section 3.2; as wide inside as the language model.
 */
public final class Mlp implements Connector {
    private final Weights weights;

    private final boolean cls;

    /** @param cls whether CLS stands before the patches, and is left out */
    Mlp(Weights weights, boolean cls) {
        this.weights = weights.at("multi_modal_projector");
        this.cls = cls;
    }

    @Override
    public NDArray forward(NDArray vision, @Nullable Instruction instruction) {
        NDArray inner = Kernels.gelu(weights.linear(cls ? Linear.patches(vision) : vision, "linear_1")); // [B, P, D]
        return weights.linear(inner, "linear_2"); // [B, P, D]
    }

    static void describe(long in, long out, Blueprint blueprint) {
        blueprint.linear(Linear.PREFIX + "linear_1", in, out, 0.02).linear(Linear.PREFIX + "linear_2", out, out, 0.02);
    }
}
