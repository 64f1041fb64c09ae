package vitune.view;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import vitune.data.Pictures;
import vitune.data.Turn;
import vitune.teach.JudgedReply;

/**
 * Replies that were accepted on the left, and those that were not on the right: pictures, what the teacher wrote, the
 * verdict and every finding. What the teacher wrote is escaped; the page brings no script and loads nothing.
 *
 * <pre>{@code
 * VerdictGallery.of(generator.judged(scenes, SUMMARY, COMPLEX_REASONING))
 * }</pre>
 */
public final class VerdictGallery {
    private static final int ROWS = 6;
    private static final int WIDTH = 130; // of a picture, pixels; of several, two thirds
    private static final int LONGEST = 700; // characters of an instruction, a response or a finding

    private final List<JudgedReply> accepted;
    private final List<JudgedReply> rejected;
    private final int rows;

    private VerdictGallery(List<JudgedReply> judged, int rows) {
        accepted = mixed(judged.stream().filter(JudgedReply::accepted));
        rejected = mixed(judged.stream().filter(reply -> !reply.accepted()));
        this.rows = Math.min(rows, Math.max(accepted.size(), rejected.size()));
    }

    /** One of each type, then the next one of each, so that neighbours are of one type where they can be. */
    private static List<JudgedReply> mixed(Stream<JudgedReply> replies) {
        var byType = replies.collect(
                Collectors.groupingBy(JudgedReply::type, LinkedHashMap::new, Collectors.toCollection(ArrayDeque::new)));
        var mixed = new ArrayList<JudgedReply>();
        while (!byType.isEmpty()) {
            byType.values().forEach(of -> mixed.add(of.poll()));
            byType.values().removeIf(ArrayDeque::isEmpty);
        }
        return mixed;
    }

    /** Six of either kind at most, of all types in turn. */
    public static VerdictGallery of(List<JudgedReply> judged) {
        return of(judged, ROWS);
    }

    /**
     * So many of either kind at most, of all types in turn.
     *
     * @param rows 1 or more
     */
    public static VerdictGallery of(List<JudgedReply> judged, int rows) {
        if (rows < 1) throw new IllegalArgumentException("rows must be >= 1, got " + rows);
        return new VerdictGallery(judged, rows);
    }

    /** The gallery as a piece of HTML. */
    public String html() {
        var html = new StringBuilder("<table style=\"table-layout:fixed;width:100%;max-width:980px\"><thead><tr>");
        head(html, "accepted", accepted.size(), Theme.RIGHT);
        head(html, "turned away", rejected.size(), Theme.WRONG);
        html.append("</tr></thead><tbody>");
        for (int row = 0; row < rows; row++) {
            html.append("<tr style=\"background:none\">");
            cell(html, accepted, row);
            cell(html, rejected, row);
            html.append("</tr>");
        }
        return html.append("</tbody></table>").toString();
    }

    private void head(StringBuilder html, String name, int all, Color colour) {
        var shown = all > rows ? rows + " of " + all : String.valueOf(all);
        html.append("<th style=\"text-align:left;width:50%\">")
                .append(coloured(colour, name))
                .append(" <span style=\"font-weight:normal\">")
                .append(shown)
                .append("</span></th>");
    }

    private static String coloured(Color colour, String words) {
        var hex = String.format(Locale.ROOT, "#%06x", colour.getRGB() & 0xffffff);
        return "<b style=\"color:" + hex + "\">" + words + "</b>";
    }

    private static void cell(StringBuilder html, List<JudgedReply> replies, int row) {
        html.append("<td style=\"text-align:left;vertical-align:top;white-space:normal;padding:10px\">");
        if (row < replies.size()) card(html, replies.get(row));
        html.append("</td>");
    }

    private static void card(StringBuilder html, JudgedReply reply) {
        int width = reply.images().size() > 1 ? WIDTH * 2 / 3 : WIDTH;
        html.append("<div style=\"float:left;margin:0 10px 4px 0;max-width:")
                .append(WIDTH)
                .append("px\">");
        for (var image : reply.images())
            html.append("<div>").append(Html.image(small(image, width))).append("</div>");
        html.append("</div><div style=\"overflow:hidden\"><div style=\"opacity:.7\">")
                .append(Html.escape(reply.sample()))
                .append("</div>");
        for (Turn turn : reply.turns()) {
            html.append("<div style=\"margin-top:4px\"><b>").append(words(turn.instruction()));
            html.append("</b></div><div>").append(words(turn.response())).append("</div>");
        }
        if (reply.turns().isEmpty()) {
            html.append("<div style=\"margin-top:4px\"><code>")
                    .append(words(reply.reply()))
                    .append("</code></div>");
        }
        verdict(html, reply);
        html.append("</div>");
    }

    private static void verdict(StringBuilder html, JudgedReply reply) {
        var word = reply.verdict().name().toLowerCase(Locale.ROOT);
        html.append("<div style=\"margin-top:6px\">")
                .append(
                        reply.accepted()
                                ? coloured(Theme.RIGHT, "\u2713 " + word)
                                : coloured(Theme.WRONG, "\u2717 " + word))
                .append("</div>");
        if (reply.findings().isEmpty()) return;
        html.append(reply.findings().stream()
                .map(finding -> "<li>" + words(finding) + "</li>")
                .collect(Collectors.joining("", "<ul style=\"margin:2px 0 0;padding-left:20px\">", "</ul>")));
    }

    private static String words(String text) {
        int most = text.offsetByCodePoints(0, Math.min(LONGEST, text.codePointCount(0, text.length())));
        return Html.escape(text.substring(0, most).strip() + (most < text.length() ? "\u2026" : ""));
    }

    private static Picture small(Path file, int width) {
        BufferedImage picture = Pictures.read(file);
        int height = Math.max(1, Math.min(2 * width, width * picture.getHeight() / picture.getWidth()));
        Canvas canvas = new Canvas(width, height);
        canvas.image(picture, 0, 0, width, height);
        return canvas.picture(String.valueOf(file.getFileName()));
    }

    /**
     * Writes the gallery as a page of its own; folders that are missing are made.
     *
     * @return the file
     */
    public Path save(Path file) {
        String page = Report.page("Accepted and turned away", html());
        return Output.write(file, page.getBytes(StandardCharsets.UTF_8), "gallery");
    }

    /** "gallery of 34 accepted and 6 rejected replies". */
    @Override
    public String toString() {
        return "gallery of " + accepted.size() + " accepted and " + rejected.size() + " rejected replies";
    }
}
