package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import vitune.tensor.Kernels;

/**
 * What a mask means for the last {@code length} tokens of each row.
 *
 * @param mask 0 for padding, k for a token of the k-th sample in its row (1 everywhere where nothing is packed), row after
 *     row
 * @param width tokens and padding in a row, S
 * @param length how many of them, at the end, are computed now, T
 */
record Padding(long[] mask, int width, int length) {
    static Padding of(NDArray mask, long length) {
        return new Padding(mask.toLongArray(), (int) mask.getShape().get(1), (int) length);
    }

    /** The same, of samples that a model has positions for, see {@link #requireAtMost}. */
    static Padding of(NDArray mask, long length, int positions) {
        Padding padding = of(mask, length);
        padding.requireAtMost(positions);
        return padding;
    }

    /**
     * Whether padding stands before a token in some row. Behind the last token it needs no mask: a token sees only
     * what stands before it.
     */
    boolean leads() {
        for (int i = 0; i < mask.length; i++) {
            if (i % width > 0 && mask[i] != 0 && mask[i - 1] == 0) return true;
        }
        return false;
    }

    /** Whether some row holds more than one sample. */
    boolean packed() {
        return Arrays.stream(mask).anyMatch(sample -> sample > 1);
    }

    /**
     * What each token must not see beside what comes after it, as scores: [B, 1, T, T] where samples are packed, [B, 1, 1,
     * S] where padding leads, and null where there is nothing to hide: attention is fastest then.
     *
     * @param from the array of this mask
     * @throws IllegalArgumentException if packed samples were to be continued
     */
    @Nullable
    NDArray hide(NDArray from) {
        if (!packed()) return leads() ? Kernels.attentionMask(from) : null;
        if (length != width) {
            throw new IllegalArgumentException("packed samples are there to be learned; only one sample a row goes on");
        }
        return Kernels.sampleMask(from);
    }

    /** Tokens in the longest sample. */
    int longest() {
        return (int) Arrays.stream(places(1)).max().orElse(0);
    }

    /** @throws IllegalArgumentException if a sample has more tokens than the model has positions */
    void requireAtMost(int positions) {
        if (longest() > positions) {
            throw new IllegalArgumentException("the model has " + positions + " positions, got a sequence of "
                    + longest() + " tokens, image tokens included");
        }
    }

    /** Tokens that each row may still write: the last one written is not read again, so it needs no position. */
    int[] room(int positions, int most) {
        int[] room = new int[mask.length / width];
        for (int row = 0; row < room.length; row++) {
            long tokens = Arrays.stream(mask, row * width, (row + 1) * width).sum();
            room[row] = (int) Math.min(most, positions - tokens + 1);
        }
        return room;
    }

    /** The place of each token among the tokens of its sample, counted from {@code first}; padding stands before it. */
    NDArray positions(long first, NDManager manager) {
        int rows = mask.length / width;
        long[] all = places(first);
        long[] positions = new long[rows * length];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(all, (row + 1) * width - length, positions, row * length, length);
        }
        return Kernels.longs(manager, positions, new Shape(rows, length)); // [B, T]
    }

    /** The same for whole rows, [B S]. */
    private long[] places(long first) {
        long[] places = new long[mask.length];
        for (int row = 0; row < mask.length; row += width) {
            long sample = 0;
            long tokens = 0;
            for (int i = row; i < row + width; i++) {
                if (mask[i] != 0 && mask[i] != sample) {
                    sample = mask[i];
                    tokens = 0;
                }
                places[i] = (mask[i] == 0 ? 0 : ++tokens) - 1 + first;
            }
        }
        return places;
    }
}
