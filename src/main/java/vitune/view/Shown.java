package vitune.view;

import java.awt.image.BufferedImage;
import java.util.Base64;
import org.knowm.xchart.internal.chartpart.IChart;
import tech.tablesaw.table.Relation;

/**
 * Something as it is shown.
 *
 * @param mime image/png, text/html or text/plain
 * @param data base64 for a picture, else text
 * @param text the same in plain text, for front ends and terminals that show no more; one line except for tables
 * @param width of a picture as intended, in pixels; 0 for the rest
 */
record Shown(String mime, String data, String text, int width) {
    static final String PNG = "image/png";
    static final String HTML = "text/html";
    static final String PLAIN = "text/plain";
    private static final int ROWS = 30;

    /** Pictures and charts as PNG, tables as HTML, anything else as its text. */
    static Shown of(Object value) {
        if (value instanceof Picture picture) {
            String png = Base64.getEncoder().encodeToString(picture.png());
            return new Shown(PNG, png, picture.toString(), picture.getWidth() / picture.density());
        }
        if (value instanceof BufferedImage image) {
            return of(Picture.of(image, "image"));
        }
        if (value instanceof IChart chart) {
            return of(Canvas.of(chart, "chart: " + chart.getTitle()));
        }
        if (value instanceof Relation table) {
            return new Shown(
                    HTML, Html.table(table, ROWS), table.first(ROWS).print().stripTrailing(), 0);
        }
        if (value instanceof VerdictGallery gallery) {
            return html(gallery.html(), gallery.toString());
        }
        return new Shown(PLAIN, String.valueOf(value), String.valueOf(value), 0);
    }

    static Shown html(String html, String text) {
        return new Shown(HTML, html, text, 0);
    }
}
