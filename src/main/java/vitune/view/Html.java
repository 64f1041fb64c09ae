package vitune.view;

import java.util.Base64;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.columns.Column;
import tech.tablesaw.table.Relation;

/** Pieces of HTML, every one well-formed as XML. */
final class Html {
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

    /** A table of at most that many rows; a line beneath counts the rest. */
    static String table(Relation table, int rows) {
        StringBuilder html = new StringBuilder("<table><thead><tr>");
        for (Column<?> column : table.columns()) {
            html.append("<th")
                    .append(align(column))
                    .append('>')
                    .append(escape(column.name()))
                    .append("</th>");
        }
        html.append("</tr></thead><tbody>");
        int shown = Math.min(rows, table.rowCount());
        for (int row = 0; row < shown; row++) {
            html.append("<tr>");
            for (Column<?> column : table.columns()) {
                String cell = column.isMissing(row) ? "\u2013" : column.getString(row);
                html.append("<td")
                        .append(align(column))
                        .append('>')
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

    private static String align(Column<?> column) {
        return column instanceof NumericColumn ? " style=\"text-align:right\"" : " style=\"text-align:left\"";
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
