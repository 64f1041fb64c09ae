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
 * @param labels the same ids where something is learned, -100 elsewhere
 * @param images pictures it is about
 */
public record Rendered(long[] ids, long[] labels, int images) {
    /** Tokens that are learned. */
    public int supervised() {
        return (int) Arrays.stream(labels).filter(label -> label != -100).count();
    }

    /** Tokens in all, image tokens included. */
    public int length() {
        return ids.length;
    }

    /** The first tokens only, or all if there are no more: what a model with so many positions can read. */
    public Rendered cut(int tokens) {
        return tokens >= ids.length
                ? this
                : new Rendered(Arrays.copyOf(ids, tokens), Arrays.copyOf(labels, tokens), images);
    }

    /** One row a token: its text, its id, and whether it is learned. */
    public Table table(Tokenizer tokenizer) {
        StringColumn text = StringColumn.create("token");
        LongColumn id = LongColumn.create("id");
        BooleanColumn learned = BooleanColumn.create("learned");
        for (int i = 0; i < ids.length; i++) {
            text.append(tokenizer.show(new long[] {ids[i]}));
            id.append(ids[i]);
            learned.append(labels[i] != -100);
        }
        return Table.create("tokens", text, id, learned);
    }

    /** The same to read only. */
    Rendered withoutLabels() {
        long[] none = new long[ids.length];
        Arrays.fill(none, -100);
        return new Rendered(ids, none, images);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Rendered r
                && images == r.images
                && Arrays.equals(ids, r.ids)
                && Arrays.equals(labels, r.labels);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(ids) + Arrays.hashCode(labels);
    }

    @Override
    public String toString() {
        return "Rendered[" + ids.length + " tokens, " + supervised() + " learned, " + images + " pictures]";
    }
}
