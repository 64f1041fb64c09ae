package vitune.shell;

import java.util.List;

/**
 * A script or a cell with the name its lines are reported under.
 *
 * @param prefix what stands before a line number: {@code generate.jsh:} or {@code cell [12] line }
 * @param text the code
 */
record CodeSource(String prefix, String text) {
    private static final String INDENT = "    ";

    /** A file of code, reported as {@code generate.jsh:12}. */
    static CodeSource file(String name, String text) {
        return new CodeSource(name + ":", text);
    }

    /** A cell by its execution count, reported as {@code cell [12] line 2}. */
    static CodeSource cell(int count, String text) {
        return new CodeSource("cell [" + count + "] line ", text);
    }

    /** The line an offset lies in, counted from 1. */
    int line(int offset) {
        return 1
                + (int) text.substring(0, clamp(offset))
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
    }

    /** The name of a line. */
    String at(int line) {
        return prefix + line;
    }

    /** The offset of a line's first character that is not blank. */
    int start(int line) {
        int offset = 0;
        for (int n = 1; n < line && text.indexOf('\n', offset) >= 0; n++) {
            offset = text.indexOf('\n', offset) + 1;
        }
        while (offset < text.length() && text.charAt(offset) != '\n' && Character.isWhitespace(text.charAt(offset))) {
            offset++;
        }
        return offset;
    }

    /**
     * The line of an offset and, under it, carets from there to the end offset, or to the line's end where that is
     * further.
     */
    List<String> excerpt(int from, int to) {
        int at = clamp(from);
        int begin = text.lastIndexOf('\n', at - 1) + 1;
        int end = text.indexOf('\n', at) < 0 ? text.length() : text.indexOf('\n', at);
        String before = text.substring(begin, at).replaceAll("[^\\t]", " "); // tabs stay, or the caret would slip
        String carets = "^".repeat(Math.max(1, Math.min(to, end) - at));
        return List.of(INDENT + text.substring(begin, end).stripTrailing(), INDENT + before + carets);
    }

    private int clamp(int offset) {
        return Math.max(0, Math.min(offset, text.length()));
    }
}
