package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Conversations side by side. The pictures are there as pixels, or as features if the vision encoder has seen them.
 *
 * @param pixels [N, 3, S, S], the pictures of all rows in order; null if there are features, or no pictures
 * @param features [N, F, Dv], what the vision encoder made of them (F = P+1 where CLS is kept, else P); null if it has yet to look
 * @param ids [B, T]
 * @param labels [B, L], -100 where nothing is learned; L = T unless an encoder reads and a decoder writes
 * @param mask [B, T], 0 for padding, k for a token of the k-th sample in its row: 1 everywhere where nothing is packed
 * @param instruction what the connector reads beside the pictures; null where it does not read
 * @param tokens [N, Q, D], what the connector made of the pictures, where it has seen them; else null
 */
public record Batch(
        @Nullable NDArray pixels,
        @Nullable NDArray features,
        NDArray ids,
        NDArray labels,
        NDArray mask,
        @Nullable Instruction instruction,
        @Nullable NDArray tokens) {

    private static final long INSTRUCTION_PAD = 0; // [PAD] of BERT's vocabulary; the mask hides it anyway

    /** For a connector that does not read. */
    public Batch(@Nullable NDArray pixels, @Nullable NDArray features, NDArray ids, NDArray labels, NDArray mask) {
        this(pixels, features, ids, labels, mask, null);
    }

    /** With pictures that the connector has yet to see. */
    public Batch(
            @Nullable NDArray pixels,
            @Nullable NDArray features,
            NDArray ids,
            NDArray labels,
            NDArray mask,
            @Nullable Instruction instruction) {
        this(pixels, features, ids, labels, mask, instruction, null);
    }

    /** To learn from: shorter rows are filled up on the right. */
    public static Batch of(List<Rendered> rows, long pad, NDManager manager) {
        return packed(rows.stream().map(List::of).toList(), pad, manager);
    }

    /**
     * To learn from, several samples in a row, one behind the other: none sees another, and each counts its positions from
     * the start. Pictures stand in the order of the rows and of the samples in them.
     *
     * @throws IllegalArgumentException if a row holds several samples and an encoder reads them, or one whose first token
     *     is learned: nothing of its own stands before it
     */
    public static Batch packed(List<List<Rendered>> rows, long pad, NDManager manager) {
        return collate(rows, pad, false, manager);
    }

    /**
     * To be continued: shorter rows are filled up on the left, so that all end at the same place; on the right where an
     * encoder reads them, since its text is not continued.
     */
    public static Batch prompts(List<Rendered> rows, long pad, NDManager manager) {
        return collate(rows.stream().map(List::of).toList(), pad, true, manager);
    }

    private static Batch collate(List<List<Rendered>> rows, long pad, boolean continued, NDManager manager) {
        if (rows.isEmpty()) throw new IllegalArgumentException("rows must be >= 1, got 0");
        rows.forEach(Batch::requirePackable);
        boolean left = continued && !rows.get(0).get(0).encoderDecoder();
        List<long[]> ids = joined(rows, Rendered::ids);
        List<long[]> labels = joined(rows, Rendered::labels);
        List<long[]> numbers = rows.stream().map(Batch::numbers).toList();
        Batch batch = new Batch(
                null,
                null,
                pad(ids, pad, left, manager),
                pad(labels, -100, left, manager),
                pad(numbers, 0, left, manager));
        List<long[]> told = rows.stream()
                .flatMap(List::stream)
                .flatMap(row -> Collections.nCopies(row.images(), row.instruction()).stream())
                .toList();
        List<long[]> ones =
                told.stream().map(tokens -> filled(tokens.length, 1)).toList();
        return told.stream().allMatch(tokens -> tokens.length == 0)
                ? batch
                : batch.withInstruction(
                        new Instruction(pad(told, INSTRUCTION_PAD, false, manager), pad(ones, 0, false, manager)));
    }

    /** @throws IllegalArgumentException if these samples cannot stand in one row; see {@link #packed} */
    public static void requirePackable(List<Rendered> row) {
        for (int i = 1; i < row.size(); i++) {
            Rendered sample = row.get(i);
            if (sample.encoderDecoder()) {
                throw new IllegalArgumentException("samples are packed where one sequence is read and written; T5 reads"
                        + " a row and writes another beside it, so each sample needs its own: set packed to false");
            }
            if (sample.length() > 0 && sample.labels()[0] != -100) {
                throw new IllegalArgumentException(
                        "the first token of a sample cannot be learned: nothing stands before it");
            }
        }
    }

    private static List<long[]> joined(List<List<Rendered>> rows, Function<Rendered, long[]> part) {
        return rows.stream()
                .map(row -> row.stream().map(part).flatMapToLong(Arrays::stream).toArray())
                .toList();
    }

    /** For each token of a row the number of its sample. */
    private static long[] numbers(List<Rendered> row) {
        return IntStream.range(0, row.size())
                .mapToObj(i -> filled(row.get(i).length(), i + 1))
                .flatMapToLong(Arrays::stream)
                .toArray();
    }

    private static long[] filled(int length, long number) {
        long[] numbers = new long[length];
        Arrays.fill(numbers, number);
        return numbers;
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

    /** The same with pictures the connector has seen too, [N, Q, D]: for one that is frozen and does not read. */
    public Batch withTokens(NDArray projected) {
        return new Batch(null, null, ids, labels, mask, instruction, projected);
    }

    /** The same with what the connector reads. */
    public Batch withInstruction(Instruction words) {
        return new Batch(pixels, features, ids, labels, mask, words, tokens);
    }

    /** Tokens that are learned, over all rows: what a mean loss divides by. */
    public long supervised() {
        return Arrays.stream(labels.toLongArray())
                .filter(label -> label != -100)
                .count();
    }
}
