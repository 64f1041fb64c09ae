package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/** From pixels to features: one vector for the whole picture (CLS, where it is kept), then one for each patch. */
public sealed interface VisionEncoder permits ClipEncoder, EvaEncoder {
    /**
     * Looks at pictures.
     *
     * @param pixels [B, 3, S, S], normalised, in the precision to compute in
     * @return what the connector gets, [B, F, Dv]: F is P, or P+1 with CLS
     */
    NDArray forward(NDArray pixels);

    /** The embeddings and what each block made of them, [B, P+1, Dv] each: for a look inside. */
    List<NDArray> states(NDArray pixels);

    /** The encoder that a model of this configuration has, over its parameters. */
    static VisionEncoder of(VisionConfig config, Weights weights) {
        return config instanceof ClipConfig clip
                ? new ClipEncoder(clip, weights.at("vision_tower"))
                : new EvaEncoder((EvaConfig) config, weights.at("vision_model"));
    }

    /** @throws IllegalArgumentException if the shape is not [B, 3, side, side] */
    static void requirePixels(NDArray pixels, long side) {
        Shape shape = pixels.getShape();
        if (shape.dimension() != 4 || shape.get(1) != 3 || shape.get(2) != side || shape.get(3) != side) {
            throw new IllegalArgumentException("pixels must be [B, 3, " + side + ", " + side + "], got " + shape);
        }
    }
}
