package vitune.view;

import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tech.tablesaw.table.Relation;
import vitune.data.TextResource;
import vitune.data.Turn;

/**
 * One page that tells what was done: text, tables, pictures and conversations in sections. The page is a single file
 * that needs nothing else: pictures are inside, nothing is loaded, no script runs; it follows the reader's light or
 * dark setting and is as readable on a phone as on paper.
 *
 * <pre>{@code
 * Report.titled("A walk through VITune", "What happened, in six steps.")
 *         .section("The pictures").picture(Gallery.of(scenes), "Eight of 2,000 scenes")
 *         .section("The result").table(evaluation.table(), "Accuracy by kind of question")
 *         .save(Path.of("runs/index.html"));
 * }</pre>
 */
public final class Report {
    private static final int ROWS = 25;

    private final String title;
    private final String lead;
    private final StringBuilder body = new StringBuilder();
    private final List<String> sections = new ArrayList<>();
    private String footer = "";

    private Report(String title, String lead) {
        this.title = title;
        this.lead = lead;
    }

    /** An empty page. */
    public static Report titled(String title, String lead) {
        return new Report(title, lead);
    }

    /** Begins a section; it appears in the list at the top of the page. */
    public Report section(String heading) {
        sections.add(heading);
        body.append("<h2 id=\"section-")
                .append(sections.size())
                .append("\">")
                .append(Html.escape(heading))
                .append("</h2>\n");
        return this;
    }

    /** Text: an empty line begins a paragraph, {@code **two stars**} make bold, {@code `back ticks`} make code. */
    public Report text(String text) {
        for (String paragraph : text.strip().split("\\n\\s*\\n")) {
            body.append("<p>").append(marked(paragraph)).append("</p>\n");
        }
        return this;
    }

    /** A picture with its caption. */
    public Report picture(BufferedImage image, String caption) {
        body.append("<figure><div class=\"frame\">")
                .append(Html.image(asPicture(image, caption)))
                .append("</div>");
        return captioned(caption);
    }

    /** A table with its caption; beyond 25 rows only their number is told. */
    public Report table(Relation table, String caption) {
        body.append("<figure><div class=\"scroll\">")
                .append(Html.table(table, ROWS))
                .append("</div>");
        return captioned(caption);
    }

    /** A conversation about a picture, in bubbles: the instruction on the right, the response on the left. */
    public Report chat(BufferedImage picture, List<Turn> turns) {
        body.append("<div class=\"chat\">")
                .append(Html.image(asPicture(picture, "the picture of the conversation")))
                .append("<div>");
        for (Turn turn : turns) {
            body.append("<span class=\"you\">")
                    .append(Html.escape(turn.instruction()))
                    .append("</span><span class=\"model\">")
                    .append(Html.escape(turn.response()))
                    .append("</span>");
        }
        body.append("</div></div>\n");
        return this;
    }

    /** The small print at the end: what the page was made with. */
    public Report footer(String text) {
        footer = text;
        return this;
    }

    private Report captioned(String caption) {
        body.append("<figcaption>").append(marked(caption)).append("</figcaption></figure>\n");
        return this;
    }

    private static Picture asPicture(BufferedImage image, String text) {
        return image instanceof Picture picture ? picture : Picture.of(image, text);
    }

    private static String marked(String text) {
        return Html.escape(text)
                .replaceAll("\\*\\*(.+?)\\*\\*", "<b>$1</b>")
                .replaceAll("`([^`]+)`", "<code>$1</code>");
    }

    /** The whole page; it is well-formed XML too. */
    public String html() {
        StringBuilder content = new StringBuilder("<header><h1>")
                .append(Html.escape(title))
                .append("</h1>\n<p class=\"lead\">")
                .append(marked(lead))
                .append("</p>\n");
        if (sections.size() > 1) {
            content.append("<nav>");
            for (int i = 0; i < sections.size(); i++) {
                content.append("<a href=\"#section-")
                        .append(i + 1)
                        .append("\">")
                        .append(Html.escape(sections.get(i)))
                        .append("</a>");
            }
            content.append("</nav>");
        }
        content.append("</header>\n").append(body);
        if (!footer.isEmpty()) {
            content.append("<footer>").append(marked(footer)).append("</footer>\n");
        }
        return page(title, content.toString());
    }

    /** A page around some HTML, with the look of all pages. */
    static String page(String title, String content) {
        return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>"
                + Html.escape(title)
                + "</title>\n<style>\n" + TextResource.of(Report.class, "report.css")
                + "</style></head>\n<body><main>\n" + content
                + "</main></body></html>\n";
    }

    /**
     * Writes the page; folders that are missing are made.
     *
     * @return the file
     */
    public Path save(Path file) {
        return Output.write(file, html().getBytes(StandardCharsets.UTF_8), "page");
    }

    @Override
    public String toString() {
        return "Report: " + title + ", " + sections.size() + " sections";
    }
}
