package vitune.model;

import java.util.Arrays;

/** A conversation on its way to tokens: ids and labels grow together. */
final class Writing {
    private static final long IGNORED = -100;
    private final Tokenizer tokenizer;
    private final SpecialTokens specials;
    private int unmarked;
    private long[] ids = new long[64];
    private long[] labels = new long[64];
    private int size;

    /** @param unmarked pictures that stand before the first instruction, since no mark places them */
    Writing(Tokenizer tokenizer, SpecialTokens specials, int unmarked) {
        this.tokenizer = tokenizer;
        this.specials = specials;
        this.unmarked = unmarked;
    }

    static int marks(String text) {
        return text.split(ChatTemplate.MARK, -1).length - 1;
    }

    void pictures(int count) {
        for (int i = 0; i < count * specials.imageLength(); i++) add(specials.image(), false);
    }

    void open() {
        add(specials.bos(), false);
    }

    /** The word before an instruction: it opens a message, so no space stands before it, except behind other text. */
    void role(String word) {
        boolean opens = size == 0
                || ids[size - 1] == specials.stop()
                || ids[size - 1] == specials.bos()
                || ids[size - 1] == specials.image();
        text(word, !opens);
    }

    void text(String text, boolean space) {
        piece(text, space, false);
    }

    /** An instruction with its pictures in place, a line break behind each that text follows. */
    void textWithPictures(String text) {
        String[] parts = text.split(ChatTemplate.MARK, -1);
        int first = unmarked;
        unmarked = 0;
        for (int i = 0; i < first; i++) pictureAndBreak();
        for (int i = 0; i < parts.length; i++) {
            text(parts[i], true);
            if (i + 1 < parts.length) pictureAndBreak();
        }
    }

    private void pictureAndBreak() {
        pictures(1);
        for (long id : tokenizer.encode("\n")) add(id, false);
    }

    /** An answer and the stop token behind it: what is learned. */
    void answer(String text) {
        piece(text, true, true);
        add(specials.stop(), true);
    }

    private void piece(String text, boolean space, boolean learned) {
        String words = text.strip();
        if (words.isEmpty()) return;
        for (long id : tokenizer.encode(space ? " " + words : words)) add(id, learned);
    }

    private void add(long id, boolean learned) {
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, 2 * size);
            labels = Arrays.copyOf(labels, 2 * size);
        }
        ids[size] = id;
        labels[size] = learned && size > 0 ? id : IGNORED; // nothing stands before a first token to tell it
        size++;
    }

    /** @throws IllegalArgumentException if words of the text itself became image tokens */
    Rendered finish(int images) {
        int expected = images * specials.imageLength();
        int found = 0;
        for (int i = 0; i < size; i++) if (ids[i] == specials.image()) found++;
        if (found != expected) {
            throw new IllegalArgumentException("the text has " + found + " image tokens, its " + images
                    + " pictures have " + expected + " features");
        }
        return new Rendered(Arrays.copyOf(ids, size), Arrays.copyOf(labels, size), images);
    }
}
