package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import vitune.tensor.Kernels;
import vitune.tensor.Precision;

/**
 * Distances between tokens as T5 tells them apart: near ones each alone, farther ones in buckets that widen with the
 * logarithm, the farthest all in one.
 *
 * <p>Source: T5, arXiv:1910.10683, section 2.1; {@code T5Attention._relative_position_bucket} of transformers.
 *
 * @param buckets kinds of distance
 * @param maxDistance from which all share a bucket
 * @param bothWays whether tokens ahead have buckets of their own (encoder), or count as distance 0 (decoder)
 */
record T5Distances(int buckets, int maxDistance, boolean bothWays) {
    private static final float HIDDEN = -3e4f;

    /** The kind of each distance, [length, total] row by row: the last {@code length} of {@code total} tokens look. */
    private long[] kinds(int length, int total) {
        long[] kinds = new long[length * total];
        for (int i = 0; i < length; i++) {
            for (int j = 0; j < total; j++) kinds[i * total + j] = kind(j - (total - length + i));
        }
        return kinds;
    }

    private int kind(int ahead) {
        int half = bothWays ? buckets / 2 : buckets;
        int first = bothWays && ahead > 0 ? half : 0;
        int distance = bothWays ? Math.abs(ahead) : Math.max(-ahead, 0);
        int exact = half / 2;
        if (distance < exact) return first + distance;
        // in f32, step by step, as the weights were trained
        float share = (float) Math.log((float) distance / exact) / (float) Math.log((double) maxDistance / exact);
        return first + Math.min(exact + (int) (share * (half - exact)), half - 1);
    }

    /**
     * Scores for distances: the last {@code length} of {@code total} tokens look at all; where a decoder would look
     * ahead, far below any score.
     *
     * @param table learned, [buckets, H]
     * @return [1, H, length, total], where {@code near} lives
     */
    NDArray scores(NDArray table, long length, long total, NDManager near, Precision precision) {
        NDArray kinds = Kernels.longs(near, kinds((int) length, (int) total), new Shape(length, total));
        NDArray learned = Kernels.embedding(kinds, table).transpose(2, 0, 1).expandDims(0); // [1, H, length, total]
        NDArray scores = Kernels.cast(learned, precision);
        if (bothWays || length == 1) return scores;
        NDArray ahead = near.create(ahead((int) length, (int) total), new Shape(1, 1, length, total));
        return scores.add(Kernels.cast(ahead, precision));
    }

    /** Scores that hide what a decoder must not see yet, [length, total]. */
    private static float[] ahead(int length, int total) {
        float[] scores = new float[length * total];
        for (int i = 0; i < length; i++) {
            for (int j = total - length + i + 1; j < total; j++) scores[i * total + j] = HIDDEN;
        }
        return scores;
    }
}
