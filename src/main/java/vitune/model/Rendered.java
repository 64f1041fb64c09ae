package vitune.model;

import java.util.Arrays;

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

    /** The same to read only. */
    Rendered withoutLabels() {
        long[] none = new long[ids.length];
        Arrays.fill(none, -100);
        return new Rendered(ids, none, images);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Rendered r && images == r.images && Arrays.equals(ids, r.ids)
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
