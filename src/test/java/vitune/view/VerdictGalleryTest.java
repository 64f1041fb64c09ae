package vitune.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;
import vitune.data.ResponseType;
import vitune.data.Turn;
import vitune.teach.JudgedReply;
import vitune.teach.LedgerEntry.Verdict;

class VerdictGalleryTest {
    private static final String EVIL = "<script>alert('1')</script> & \"more\" <img src=x onerror=y>";

    @TempDir
    private Path folder;

    private JudgedReply reply(String id, List<Turn> turns, Verdict verdict, String... findings) {
        var image = Picture.of(new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB), "")
                .save(folder.resolve("a.png"));
        return new JudgedReply(
                id, ResponseType.SUMMARY, List.of(image), turns, "no JSON: " + EVIL, verdict, List.of(findings));
    }

    private static Document parsed(String html) throws Exception {
        var builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
        return builder.parse(new InputSource(new StringReader(html)));
    }

    @Test
    void acceptedStandsBesideRejectedWithItsFindings() throws Exception {
        var turns = List.of(new Turn("What is there?", "A red car."));
        var judged = new ArrayList<JudgedReply>();
        for (int i = 0; i < 8; i++) judged.add(reply("good" + i, turns, Verdict.ACCEPTED));
        judged.add(3, reply("bad", turns, Verdict.REJECTED, "the boxes have no car", "the boxes have 2 buses"));
        var gallery = VerdictGallery.of(judged);
        assertEquals("gallery of 8 accepted and 1 rejected replies", gallery.toString());
        var rows = parsed(gallery.html()).getElementsByTagName("tr");
        assertEquals(1 + 6, rows.getLength());
        assertTrue(
                rows.item(0).getTextContent().contains("accepted 6 of 8"),
                rows.item(0).getTextContent());
        var cells = rows.item(1).getChildNodes();
        assertEquals(2, cells.getLength());
        assertTrue(cells.item(0).getTextContent().contains("good0"));
        var right = cells.item(1).getTextContent();
        for (var told : List.of("bad", "What is there?", "A red car.", "rejected", "no car", "2 buses")) {
            assertTrue(right.contains(told), right);
        }
        assertEquals(7, parsed(gallery.html()).getElementsByTagName("img").getLength());
        assertEquals(
                1 + 8,
                parsed(VerdictGallery.of(judged, 100).html())
                        .getElementsByTagName("tr")
                        .getLength());
        assertThrows(IllegalArgumentException.class, () -> VerdictGallery.of(judged, 0));
    }

    @Test
    void typesTakeTurns() throws Exception {
        var turns = List.of(new Turn("What is there?", "A red car."));
        var judged = new ArrayList<JudgedReply>();
        for (int i = 0; i < 3; i++) judged.add(reply("summary" + i, turns, Verdict.ACCEPTED));
        var other = judged.get(0);
        judged.add(new JudgedReply(
                "title", ResponseType.of("title"), other.images(), turns, "", Verdict.ACCEPTED, List.of()));
        var cells = parsed(VerdictGallery.of(judged, 2).html()).getElementsByTagName("td");
        assertTrue(cells.item(0).getTextContent().contains("summary0"));
        assertTrue(cells.item(2).getTextContent().contains("title"), "the other type comes before the next of its own");
    }

    @Test
    void whatTheTeacherWroteIsTextAndNothingElse() throws Exception {
        var judged = List.of(
                reply("a", List.of(new Turn(EVIL, EVIL)), Verdict.ACCEPTED),
                reply("b", List.of(), Verdict.WITHHELD, "refuses: " + EVIL));
        var html = VerdictGallery.of(judged).html();
        var page = parsed(html);
        assertEquals(0, page.getElementsByTagName("script").getLength());
        assertEquals(2, page.getElementsByTagName("img").getLength(), "the pictures alone");
        assertFalse(html.contains("<script"), html);
        assertEquals(4, page.getDocumentElement().getTextContent().split("alert\\('1'\\)", -1).length - 1);
        assertTrue(Files.readString(VerdictGallery.of(judged).save(folder.resolve("deep/page.html")))
                .contains("withheld"));
    }

    @Test
    void aNotebookShowsItAsHtml() {
        var shown = Shown.of(VerdictGallery.of(List.of(reply("a", List.of(), Verdict.REJECTED, "no"))));
        assertEquals(Shown.HTML, shown.mime());
        assertEquals("gallery of 0 accepted and 1 rejected replies", shown.text());
    }
}
