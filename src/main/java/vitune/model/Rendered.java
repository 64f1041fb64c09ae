package vitune.model;

import java.util.Arrays;
import tech.tablesaw.api.BooleanColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * A conversation as tokens.
 *
 * @param ids of the tokens, T of them
 * @param labels the same ids where something is learned, -100 elsewhere; for a model with an encoder the answer alone,
 *     at a length of its own, none for a prompt
 * @param images pictures it is about
 * @param instruction what a connector that reads text is told, in tokens of its own tokenizer; else empty
 * @param encoderDecoder whether ids are read by an encoder, and labels written by the decoder beside it
 */
public record Rendered(long[] ids, long[] labels, int images, long[] instruction, boolean encoderDecoder) {
    private static final long[] NONE = {};

    /** @throws IllegalArgumentException if ids and labels differ in length and no encoder reads the ids */
    public Rendered {
        if (!encoderDecoder && ids.length != labels.length) {
            throw new IllegalArgumentException(
                    "labels must be as many as ids without an encoder, got " + labels.length + " for " + ids.length);
        }
    }

    /** What a model without an encoder reads and learns, with no instruction for its connector. */
    public Rendered(long[] ids, long[] labels, int images) {
        this(ids, labels, images, NONE, false);
    }

    /** What an encoder reads, and the answer that the decoder beside it learns to write. */
    static Rendered apart(long[] ids, long[] answer, int images) {
        return new Rendered(ids, answer, images, NONE, true);
    }

    /** The same with what the connector is told. */
    public Rendered withInstruction(long[] tokens) {
        return new Rendered(ids, labels, images, tokens, encoderDecoder);
    }

    /** Tokens that are learned. */
    public int supervised() {
        return (int) Arrays.stream(labels).filter(label -> label != -100).count();
    }

    /** Tokens that are read, image tokens included: all, or those of the encoder. */
    public int length() {
        return ids.length;
    }

    /**
     * The first tokens only, or all if there are no more: what a model with so many positions can read. An encoder keeps
     * the last token, which ends its text; the answer beside it is cut at the same number.
     */
    public Rendered cut(int tokens) {
        int read = Math.min(tokens, ids.length);
        int learned = Math.min(tokens, labels.length);
        if (read == ids.length && learned == labels.length) return this;
        long[] kept = Arrays.copyOf(ids, read);
        if (encoderDecoder && read > 0) kept[read - 1] = ids[ids.length - 1];
        return new Rendered(kept, Arrays.copyOf(labels, learned), images, instruction, encoderDecoder);
    }

    /** One row a token: its text, its id, and whether it is learned; what an encoder reads comes before the answer. */
    public Table table(Tokenizer tokenizer) {
        StringColumn text = StringColumn.create("token");
        LongColumn id = LongColumn.create("id");
        BooleanColumn learned = BooleanColumn.create("learned");
        for (int i = 0; i < ids.length + (encoderDecoder ? labels.length : 0); i++) {
            boolean beside = i >= ids.length;
            long token = beside ? labels[i - ids.length] : ids[i];
            text.append(tokenizer.show(new long[] {token}));
            id.append(token);
            learned.append(beside || !encoderDecoder && labels[i] != -100);
        }
        return Table.create("tokens", text, id, learned);
    }

    /** The same to read only. */
    Rendered withoutLabels() {
        long[] none = new long[encoderDecoder ? 0 : labels.length];
        Arrays.fill(none, -100);
        return new Rendered(ids, none, images, instruction, encoderDecoder);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Rendered r
                && images == r.images
                && encoderDecoder == r.encoderDecoder
                && Arrays.equals(ids, r.ids)
                && Arrays.equals(labels, r.labels)
                && Arrays.equals(instruction, r.instruction);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Arrays.hashCode(ids) + Arrays.hashCode(labels)) + Arrays.hashCode(instruction);
    }

    @Override
    public String toString() {
        return "Rendered[" + ids.length + " tokens, " + supervised() + " learned, " + images + " pictures]";
    }
}
