package vitune.view;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Line2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.internal.chartpart.AxesChart;
import org.knowm.xchart.internal.chartpart.IChart;

/** A white sheet, drawn at twice its size; sizes and positions are given in the intended pixels. */
final class Canvas {
    static final int DENSITY = 2;
    static final int MARGIN = 18;
    /** The height that {@link #head} takes. */
    static final int HEAD = 62;

    /** What a colour, or a dashed line of it, stands for. */
    record Key(String name, Color colour, boolean dashed) {}

    final Graphics2D g;
    private final BufferedImage image;

    Canvas(int width, int height) {
        image = new BufferedImage(width * DENSITY, height * DENSITY, BufferedImage.TYPE_INT_RGB);
        g = image.createGraphics();
        g.scale(DENSITY, DENSITY);
        smooth(g);
        g.setColor(Theme.PAPER);
        g.fillRect(0, 0, width, height);
    }

    static void smooth(Graphics2D g) {
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    }

    /** Two sheets of one width, one above the other. */
    static Picture stacked(Picture upper, Picture lower) {
        Canvas canvas = new Canvas(upper.getWidth() / DENSITY, (upper.getHeight() + lower.getHeight()) / DENSITY);
        canvas.g.scale(1.0 / DENSITY, 1.0 / DENSITY);
        canvas.g.drawImage(upper, 0, 0, null);
        canvas.g.drawImage(lower, 0, upper.getHeight(), null);
        return canvas.picture(upper.text() + "; " + lower.text());
    }

    /** A chart alone on a sheet. */
    static Picture of(IChart chart, String text) {
        Canvas canvas = new Canvas(chart.getWidth(), chart.getHeight());
        canvas.chart(chart, 0, 0);
        return canvas.picture(text);
    }

    /** Paints a chart with its upper left corner there. */
    void chart(IChart chart, int x, int y) {
        g.translate(x, y);
        chart.paint(g, chart.getWidth(), chart.getHeight());
        g.translate(-x, -y);
    }

    /** A title, and beneath it what each colour stands for; many or long names are written smaller. */
    void head(String title, List<Key> keys) {
        text(title, Theme.bold(16), Theme.INK, MARGIN, 30);
        g.setFont(Theme.plain(13));
        int names = keys.stream()
                .mapToInt(key -> g.getFontMetrics().stringWidth(key.name()))
                .sum();
        double room = image.getWidth() / (double) DENSITY - 2 * MARGIN - 48.0 * keys.size();
        Font font = Theme.plain((float) Math.max(8, Math.min(13, 13 * room / Math.max(1, names))));
        double x = MARGIN;
        for (Key key : keys) {
            g.setColor(key.colour());
            if (key.dashed()) {
                g.setStroke(Theme.DASHED);
                g.draw(new Line2D.Double(x, 50, x + 20, 50));
            } else {
                g.fill(new RoundRectangle2D.Double(x, 44, 12, 12, 4, 4));
            }
            x += key.dashed() ? 26 : 18;
            text(key.name(), font, Theme.INK, x, 55);
            x += g.getFontMetrics().stringWidth(key.name()) + 20;
        }
    }

    /** The finished sheet; nothing can be drawn after. */
    Picture picture(String text) {
        g.dispose();
        return new Picture(image, text, DENSITY);
    }

    /**
     * Draws a picture into a square or oblong place: small ones enlarged to crisp pixels, large ones smoothed, shape
     * kept.
     */
    void image(BufferedImage picture, int x, int y, int width, int height) {
        double scale = Math.min((double) width / picture.getWidth(), (double) height / picture.getHeight());
        int w = Math.max(1, (int) Math.round(picture.getWidth() * scale));
        int h = Math.max(1, (int) Math.round(picture.getHeight() * scale));
        g.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION,
                scale * DENSITY >= 1.5
                        ? RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR
                        : RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        g.drawImage(shrunk(picture, w * DENSITY), x + (width - w) / 2, y + (height - h) / 2, w, h, null);
    }

    /** Halves a large picture until it is less than twice as wide as needed: bicubic alone would drop pixels. */
    private static BufferedImage shrunk(BufferedImage picture, int width) {
        BufferedImage from = picture;
        while (from.getWidth() >= 2 * width && from.getHeight() > 1) {
            BufferedImage half =
                    new BufferedImage(from.getWidth() / 2, from.getHeight() / 2, BufferedImage.TYPE_INT_RGB);
            Graphics2D g = half.createGraphics();
            g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
            g.drawImage(from, 0, 0, half.getWidth(), half.getHeight(), null);
            g.dispose();
            from = half;
        }
        return from;
    }

    /**
     * Writes a label centred under a value of the x axis of a chart that was painted here, so many points below its lower
     * edge.
     */
    void underneath(AxesChart<?, ?> chart, double value, String label, Font font, Color colour, int below) {
        g.setFont(font);
        double x = chart.getScreenXFromChart(value) - g.getFontMetrics().stringWidth(label) / 2.0;
        text(label, font, colour, x, HEAD + chart.getHeight() + below);
    }

    /** Writes a line with its base at y. */
    void text(String line, Font font, Color colour, double x, double y) {
        g.setFont(font);
        g.setColor(colour);
        g.drawString(line, (float) x, (float) y);
    }

    /** The text in lines of at most that width; a word that is too long is broken. */
    static List<String> wrap(String text, Font font, int width) {
        FontMetrics metrics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB)
                .createGraphics()
                .getFontMetrics(font);
        List<String> lines = new ArrayList<>();
        for (String paragraph : text.strip().split("\\R")) {
            StringBuilder line = new StringBuilder();
            for (String word : paragraph.strip().split("\\s+")) {
                String rest = word;
                while (metrics.stringWidth(rest) > width) {
                    int fits = rest.length() - 1;
                    while (fits > 1 && metrics.stringWidth(rest.substring(0, fits)) > width) fits--;
                    flush(line, lines);
                    lines.add(rest.substring(0, fits));
                    rest = rest.substring(fits);
                }
                if (line.length() > 0 && metrics.stringWidth(line + " " + rest) > width) flush(line, lines);
                line.append(line.length() > 0 ? " " : "").append(rest);
            }
            flush(line, lines);
        }
        return lines;
    }

    private static void flush(StringBuilder line, List<String> lines) {
        if (line.length() > 0) lines.add(line.toString());
        line.setLength(0);
    }
}
