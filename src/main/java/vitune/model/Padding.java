package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import vitune.tensor.Kernels;

/**
 * What a padding mask means for the last {@code length} tokens of each row.
 *
 * @param mask 1 for a token, 0 for padding, row after row
 * @param width tokens and padding in a row, S
 * @param length how many of them, at the end, are computed now, T
 */
record Padding(long[] mask, int width, int length) {
    static Padding of(NDArray mask, long length) {
        return new Padding(mask.toLongArray(), (int) mask.getShape().get(1), (int) length);
    }

    /**
     * Whether padding stands before a token in some row. Behind the last token it needs no mask: a token sees only
     * what stands before it.
     */
    boolean leads() {
        for (int i = 0; i < mask.length; i++) {
            if (i % width > 0 && mask[i] == 1 && mask[i - 1] == 0) return true;
        }
        return false;
    }

    /** Tokens in the longest row. */
    int longest() {
        int longest = 0;
        for (int row = 0; row < mask.length; row += width) {
            int tokens = 0;
            for (int i = row; i < row + width; i++) tokens += (int) mask[i];
            longest = Math.max(longest, tokens);
        }
        return longest;
    }

    /** @throws IllegalArgumentException if a row has more tokens than the model has positions */
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

    /** The place of each token among the tokens of its row, counted from {@code first}; padding stands before it. */
    NDArray positions(long first, NDManager manager) {
        int rows = mask.length / width;
        long[] positions = new long[rows * length];
        for (int row = 0; row < rows; row++) {
            long tokens = 0;
            for (int i = 0; i < width; i++) {
                long kept = mask[row * width + i];
                tokens += kept;
                int at = i - (width - length);
                if (at >= 0) positions[row * length + at] = (kept == 1 ? tokens : 0) - 1 + first;
            }
        }
        return Kernels.longs(manager, positions, new Shape(rows, length)); // [B, T]
    }
}
