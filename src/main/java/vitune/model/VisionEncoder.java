package vitune.model;

import ai.djl.ndarray.NDArray;

/** From pixels to features: one vector for the whole picture (CLS), then one for each patch. */
public interface VisionEncoder {
    /**
     * Looks at pictures.
     *
     * @param pixels [B, 3, S, S], normalised, in the precision to compute in
     * @return [B, P+1, Dv]
     */
    NDArray forward(NDArray pixels);
}
