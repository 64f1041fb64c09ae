package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;

/**
 * Every patch through one linear layer, {@code multi_modal_projector.linear}: one token a patch, Q = P, CLS left out.
 *
 * <p>Source: LLaVA, arXiv:2304.08485, equation 1. <em>Differs:</em> features are those after BLIP-2's last norm, LLaVA
 * takes CLIP's last block but one.
 */
public final class Linear implements Connector {
    static final String PREFIX = "multi_modal_projector.";
    private final Weights weights;

    Linear(Weights weights) {
        this.weights = weights.at("multi_modal_projector");
    }

    @Override
    public NDArray forward(NDArray vision) {
        return weights.linear(patches(vision), "linear"); // [B, P, D]
    }

    /** Without CLS: [B, P+1, Dv] to [B, P, Dv]. */
    static NDArray patches(NDArray vision) {
        return vision.get(new NDIndex(":, 1:"));
    }

    static void describe(long in, long out, Blueprint blueprint) {
        blueprint.linear(PREFIX + "linear", in, out, 0.02);
    }
}
