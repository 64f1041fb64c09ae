package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Conversations side by side. The pictures are there as pixels, or as features if the vision encoder has seen them.
 *
 * @param pixels [N, 3, S, S], the pictures of all rows in order; null if there are features, or no pictures
 * @param features [N, F, Dv], what the vision encoder made of them (F = P+1 where CLS is kept, else P); null if it has yet to look
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

    private static final long INSTRUCTION_PAD = 0; // [PAD] of BERT's vocabulary; the mask hides it anyway

    /** For a connector that does not read. */
    public Batch(@Nullable NDArray pixels, @Nullable NDArray features, NDArray ids, NDArray labels, NDArray mask) {
        this(pixels, features, ids, labels, mask, null);
    }

    /** To learn from: shorter rows are filled up on the right. */
    public static Batch of(List<Rendered> rows, long pad, NDManager manager) {
        return collate(rows, pad, false, manager);
    }

    /**
     * To be continued: shorter rows are filled up on the left, so that all end at the same place; on the right where an
     * encoder reads them, since its text is not continued.
     */
    public static Batch prompts(List<Rendered> rows, long pad, NDManager manager) {
        return collate(rows, pad, true, manager);
    }

    private static Batch collate(List<Rendered> rows, long pad, boolean continued, NDManager manager) {
        if (rows.isEmpty()) throw new IllegalArgumentException("rows must be >= 1, got 0");
        boolean left = continued && !rows.get(0).encoderDecoder();
        List<long[]> ids = rows.stream().map(Rendered::ids).toList();
        List<long[]> labels = rows.stream().map(Rendered::labels).toList();
        Batch batch = new Batch(
                null, null, pad(ids, pad, left, manager), pad(labels, -100, left, manager), mask(ids, left, manager));
        List<long[]> told = rows.stream()
                .flatMap(row -> Collections.nCopies(row.images(), row.instruction()).stream())
                .toList();
        return told.stream().allMatch(tokens -> tokens.length == 0)
                ? batch
                : batch.withInstruction(
                        new Instruction(pad(told, INSTRUCTION_PAD, false, manager), mask(told, false, manager)));
    }

    private static NDArray mask(List<long[]> rows, boolean left, NDManager manager) {
        List<long[]> ones = rows.stream()
                .map(row -> {
                    long[] one = new long[row.length];
                    Arrays.fill(one, 1);
                    return one;
                })
                .toList();
        return pad(ones, 0, left, manager);
    }

    /** Rows as one array, as wide as the longest of them, or 1 if all are empty. */
    private static NDArray pad(List<long[]> rows, long pad, boolean left, NDManager manager) {
        int width = rows.stream().mapToInt(row -> row.length).reduce(1, Math::max);
        long[] all = new long[rows.size() * width];
        Arrays.fill(all, pad);
        for (int i = 0; i < rows.size(); i++) {
            long[] row = rows.get(i);
            System.arraycopy(row, 0, all, i * width + (left ? width - row.length : 0), row.length);
        }
        return manager.create(all, new Shape(rows.size(), width));
    }

    /** The same with pictures to look at, [N, 3, S, S]. */
    public Batch withPixels(NDArray pictures) {
        return new Batch(pictures, null, ids, labels, mask, instruction);
    }

    /** The same with pictures the vision encoder has seen, [N, F, Dv]. */
    public Batch withFeatures(NDArray seen) {
        return new Batch(null, seen, ids, labels, mask, instruction);
    }

    /** The same with what the connector reads. */
    public Batch withInstruction(Instruction words) {
        return new Batch(pixels, features, ids, labels, mask, words);
    }

    /** Tokens that are learned, over all rows: what a mean loss divides by. */
    public long supervised() {
        return Arrays.stream(labels.toLongArray())
                .filter(label -> label != -100)
                .count();
    }
}
