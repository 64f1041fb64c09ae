package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Conversations side by side. The pictures are there as pixels, or as features if the vision encoder has seen them.
 *
 * @param pixels [N, 3, S, S], the pictures of all rows in order; null if there are features, or no pictures
 * @param features [N, P+1, Dv], what the vision encoder made of them; null if it has yet to look
 * @param ids [B, T]
 * @param labels [B, L], -100 where nothing is learned; L = T unless an encoder reads and a decoder writes
 * @param mask [B, T], 1 for a token, 0 for padding
 * @param instruction what the connector reads beside the pictures; null where it does not read
 */
public record Batch(
        @Nullable NDArray pixels,
        @Nullable NDArray features,
        NDArray ids,
        NDArray labels,
        NDArray mask,
        @Nullable Instruction instruction) {

    /** For a connector that does not read. */
    public Batch(@Nullable NDArray pixels, @Nullable NDArray features, NDArray ids, NDArray labels, NDArray mask) {
        this(pixels, features, ids, labels, mask, null);
    }

    /** To learn from: shorter rows are filled up on the right. */
    public static Batch of(List<Rendered> rows, long pad, NDManager manager) {
        return collate(rows, pad, false, manager);
    }

    /** To be continued: shorter rows are filled up on the left, so that all end at the same place. */
    public static Batch prompts(List<Rendered> rows, long pad, NDManager manager) {
        return collate(rows, pad, true, manager);
    }

    private static Batch collate(List<Rendered> rows, long pad, boolean left, NDManager manager) {
        if (rows.isEmpty()) throw new IllegalArgumentException("rows must be >= 1, got 0");
        int width = rows.stream().mapToInt(Rendered::length).max().getAsInt();
        long[] ids = new long[rows.size() * width];
        long[] labels = new long[ids.length];
        long[] mask = new long[ids.length];
        Arrays.fill(ids, pad);
        Arrays.fill(labels, -100);
        for (int i = 0; i < rows.size(); i++) {
            Rendered row = rows.get(i);
            int at = i * width + (left ? width - row.length() : 0);
            System.arraycopy(row.ids(), 0, ids, at, row.length());
            System.arraycopy(row.labels(), 0, labels, at, row.length());
            Arrays.fill(mask, at, at + row.length(), 1);
        }
        Shape shape = new Shape(rows.size(), width);
        return new Batch(
                null, null, manager.create(ids, shape), manager.create(labels, shape), manager.create(mask, shape));
    }

    /** The same with pictures to look at, [N, 3, S, S]. */
    public Batch withPixels(NDArray pictures) {
        return new Batch(pictures, null, ids, labels, mask, instruction);
    }

    /** The same with pictures the vision encoder has seen, [N, P+1, Dv]. */
    public Batch withFeatures(NDArray seen) {
        return new Batch(null, seen, ids, labels, mask, instruction);
    }

    /** Tokens that are learned, over all rows: what a mean loss divides by. */
    public long supervised() {
        return Arrays.stream(labels.toLongArray())
                .filter(label -> label != -100)
                .count();
    }
}
