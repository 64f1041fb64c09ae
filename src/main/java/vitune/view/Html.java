package vitune.view;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.FloatColumn;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.columns.Column;
import tech.tablesaw.table.Relation;

/** Pieces of HTML, every one well-formed as XML. */
final class Html {
    private static final int LONG = 48; // characters of a cell that may be broken into lines
    private static final String NONE = "\u2013";
    private static final Pattern WHOLE = Pattern.compile("-?\\d{5,18}");
    private static final Pattern DECIMAL = Pattern.compile("-?[\\d,]+(\\.\\d+)?");
    private static final Pattern FIGURE = Pattern.compile("[+\\-\u2212\u00b1$]?\\d[\\d.,]*([eE][+-]?\\d+)?%?(\\s|$)");

    private Html() {}

    /** Text with the five special characters escaped; characters that XML does not know become a question mark. */
    static String escape(String text) {
        return text.replaceAll("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff]", "?")
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /**
     * A table of at most that many rows; a line beneath counts the rest. Figures stand on the right, in one column with as
     * many decimals as the longest has, whole numbers from 10,000 on in groups; only a long text is broken into lines.
     */
    static String table(Relation table, int rows) {
        int shown = Math.min(rows, table.rowCount());
        List<List<String>> cells = new ArrayList<>();
        List<String> aligned = new ArrayList<>();
        StringBuilder html = new StringBuilder("<table><thead><tr>");
        for (Column<?> column : table.columns()) {
            List<String> texts = texts(column, shown);
            cells.add(texts);
            aligned.add(figures(column, texts) ? "text-align:right" : "text-align:left");
            html.append("<th style=\"")
                    .append(aligned.get(aligned.size() - 1))
                    .append("\">")
                    .append(escape(column.name()))
                    .append("</th>");
        }
        html.append("</tr></thead><tbody>");
        for (int row = 0; row < shown; row++) {
            html.append("<tr>");
            for (int column = 0; column < cells.size(); column++) {
                String cell = cells.get(column).get(row);
                html.append("<td style=\"")
                        .append(aligned.get(column))
                        .append(cell.length() > LONG ? "\">" : ";white-space:nowrap\">")
                        .append(escape(cell))
                        .append("</td>");
            }
            html.append("</tr>");
        }
        html.append("</tbody></table>");
        if (shown < table.rowCount()) {
            html.append("<p>")
                    .append(shown)
                    .append(" of ")
                    .append(table.rowCount())
                    .append(" rows</p>");
        }
        return html.toString();
    }

    private static List<String> texts(Column<?> column, int rows) {
        List<String> texts = IntStream.range(0, rows)
                .mapToObj(row -> column.isMissing(row) ? NONE : column.getString(row))
                .toList();
        if (column instanceof DoubleColumn || column instanceof FloatColumn) {
            int most = texts.stream().mapToInt(Html::decimals).max().orElse(0);
            return texts.stream().map(text -> padded(text, most)).toList();
        }
        return column instanceof NumericColumn
                ? texts.stream()
                        .map(text -> WHOLE.matcher(text).matches()
                                ? String.format(Locale.ROOT, "%,d", Long.parseLong(text))
                                : text)
                        .toList()
                : texts;
    }

    private static int decimals(String text) {
        return DECIMAL.matcher(text).matches() && text.contains(".") ? text.length() - text.indexOf('.') - 1 : 0;
    }

    private static String padded(String text, int decimals) {
        if (!DECIMAL.matcher(text).matches() || decimals(text) == decimals) return text;
        return text + (text.contains(".") ? "" : ".") + "0".repeat(decimals - decimals(text));
    }

    private static boolean figures(Column<?> column, List<String> texts) {
        if (column instanceof NumericColumn) return true;
        List<String> some = texts.stream().filter(text -> !text.equals(NONE)).toList();
        return !some.isEmpty()
                && some.stream().allMatch(text -> FIGURE.matcher(text).lookingAt());
    }

    /** A picture inside the page, at its intended size or smaller. */
    static String image(Picture picture) {
        return "<img" + (picture.getWidth() / picture.density() > 480 ? " class=\"wide\"" : "") + " alt=\""
                + escape(picture.text()) + "\" width=\""
                + picture.getWidth() / picture.density() + "\" height=\"" + picture.getHeight() / picture.density()
                + "\" src=\"data:image/png;base64," + Base64.getEncoder().encodeToString(picture.png()) + "\"/>";
    }

    /** A bar with a line of text behind it. */
    static String bar(long done, long total, String line) {
        return "<div style=\"font:13px system-ui,sans-serif;display:flex;gap:10px;align-items:center\">"
                + "<progress style=\"width:240px\" value=\"" + done + "\" max=\"" + Math.max(1, total)
                + "\"></progress><span>"
                + escape(line) + "</span></div>";
    }
}
