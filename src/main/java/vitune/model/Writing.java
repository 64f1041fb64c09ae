package vitune.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A conversation on its way to tokens: ids and labels grow together.
 *
 * <p>Text waits until a token that is no text comes, and is then cut in one go, as the tokenizer would cut it in the
 * whole: a span of it has the tokens that follow those of the text before it. Where words have the same tokens wherever
 * they stand, nothing waits: each piece is encoded alone.
 */
final class Writing {
    private static final long IGNORED = -100;
    private final Tokenizer tokenizer;
    private final SpecialTokens specials;
    private final boolean whole;
    private final int images;
    private int unmarked;
    private long[] ids = new long[64];
    private long[] labels = new long[64];
    private int size;
    private final StringBuilder waiting = new StringBuilder();
    private final List<Span> spans = new ArrayList<>();
    private boolean fresh = true; // nothing stands before that a space must part from what comes

    private record Span(int end, boolean learned) {}

    /** @param unmarked pictures of all {@code images} that stand before the first instruction: no mark places them */
    Writing(Tokenizer tokenizer, SpecialTokens specials, int images, int unmarked) {
        this.tokenizer = tokenizer;
        this.specials = specials;
        this.whole = tokenizer.cutsWholeTexts();
        this.images = images;
        this.unmarked = unmarked;
    }

    static int marks(String text) {
        return text.split(ChatTemplate.MARK, -1).length - 1;
    }

    /** An instruction without its marks; the spaces around them go too. */
    static String unmarked(String text) {
        return marks(text) == 0 ? text : text.replace(ChatTemplate.MARK, "").strip();
    }

    void pictures(int count) {
        for (int i = 0; i < count * specials.imageLength(); i++) token(specials.image(), false);
    }

    void open(long opening) {
        token(opening, false);
    }

    /** The end of a text that is only read. */
    void close() {
        token(specials.stop(), false);
    }

    /** The end of an answer. */
    void stop() {
        token(specials.stop(), true);
    }

    /** What parts messages in place of a space. */
    void separate(String separator, boolean learned) {
        append(separator, learned);
        fresh = true;
    }

    /** What opens a message: no space stands before it, except behind other text. */
    void role(String word) {
        text(word, !fresh);
    }

    /** What is only read. */
    void text(String text, boolean space) {
        piece(text, space, false);
    }

    /** What is learned. */
    void learn(String text) {
        piece(text, true, true);
    }

    /** An instruction with its pictures, a line break behind each that text follows. */
    void textWithPictures(String text) {
        int before = unmarked;
        unmarked = 0;
        if (whole) {
            String words = unmarked(text);
            int all = before + marks(text);
            for (int i = 0; i < all; i++) picture(i + 1 < all || !words.isEmpty());
            text(words, true);
            return;
        }
        String[] parts = text.split(ChatTemplate.MARK, -1);
        for (int i = 0; i < before; i++) picture(true);
        for (int i = 0; i < parts.length; i++) {
            text(parts[i], true);
            if (i + 1 < parts.length) picture(true);
        }
    }

    private void picture(boolean lineBreak) {
        if (whole && !fresh) append(" ", false);
        pictures(1);
        fresh = false;
        if (!lineBreak) return;
        append("\n", false);
        fresh = whole;
    }

    private void piece(String text, boolean space, boolean learned) {
        String words = whole ? text : text.strip();
        if (words.isEmpty()) return;
        append((whole ? !fresh : space) ? " " + words : words, learned);
    }

    private void append(String text, boolean learned) {
        waiting.append(text);
        spans.add(new Span(waiting.length(), learned));
        fresh = false;
        if (!whole) cut();
    }

    private void cut() {
        if (waiting.isEmpty()) return;
        long[] all = tokenizer.encode(waiting.toString());
        int from = 0;
        for (int i = 0; i < spans.size(); i++) {
            Span span = spans.get(i);
            if (i + 1 < spans.size() && spans.get(i + 1).learned() == span.learned()) continue;
            int to = span.end() == waiting.length() ? all.length : shared(all, waiting.substring(0, span.end()));
            for (; from < to; from++) add(all[from], span.learned());
        }
        waiting.setLength(0);
        spans.clear();
    }

    /** Tokens at the front that a shorter text has too: a token across its end belongs to what follows. */
    private int shared(long[] all, String shorter) {
        int mismatch = Arrays.mismatch(all, tokenizer.encode(shorter));
        return mismatch < 0 ? all.length : mismatch;
    }

    private void token(long id, boolean learned) {
        cut();
        add(id, learned);
        fresh = true;
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
    private void end() {
        cut();
        int expected = images * specials.imageLength();
        int found = 0;
        for (int i = 0; i < size; i++) if (ids[i] == specials.image()) found++;
        if (found != expected) {
            throw new IllegalArgumentException("the text has " + found + " image tokens, its " + images
                    + " pictures have " + expected + " features");
        }
    }

    /** A text that is read and learned in one. */
    Rendered finish() {
        end();
        return new Rendered(Arrays.copyOf(ids, size), Arrays.copyOf(labels, size), images);
    }

    /** A text that is read, and beside it the answer that is learned. */
    Rendered finish(Writing answer) {
        end();
        answer.end();
        return Rendered.apart(Arrays.copyOf(ids, size), Arrays.copyOf(answer.ids, answer.size), images);
    }
}
