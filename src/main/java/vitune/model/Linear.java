package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import org.jspecify.annotations.Nullable;

/**
 * Every patch through one linear layer, {@code multi_modal_projector.linear}: one token a patch, Q = P. CLS is left out,
 * unless a CLIP encoder was told to keep it.
 *
 * <p>Source: LLaVA, arXiv:2304.08485, equation 1. <em>Differs:</em> behind an EVA encoder, features are those after
 * BLIP-2's last norm.
 */
public final class Linear implements Connector {
    static final String PREFIX = "multi_modal_projector.";
    private final Weights weights;

    private final boolean cls;

    /** @param cls whether CLS stands before the patches, and is left out */
    Linear(Weights weights, boolean cls) {
        this.weights = weights.at("multi_modal_projector");
        this.cls = cls;
    }

    @Override
    public NDArray forward(NDArray vision, @Nullable Instruction instruction) {
        return weights.linear(cls ? patches(vision) : vision, "linear"); // [N, P, D]
    }

    /** Without CLS: [N, P+1, Dv] to [N, P, Dv]. */
    static NDArray patches(NDArray vision) {
        return vision.get(new NDIndex(":, 1:"));
    }

    static void describe(long in, long out, Blueprint blueprint) {
        blueprint.linear(PREFIX + "linear", in, out, 0.02);
    }
}
