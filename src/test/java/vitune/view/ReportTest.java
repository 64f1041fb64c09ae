package vitune.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import vitune.data.Turn;

class ReportTest {
    private static Report report() {
        BufferedImage picture = new BufferedImage(96, 96, BufferedImage.TYPE_INT_RGB);
        return Report.titled("A <walk> & more", "What `happened`")
                .text("One **bold** word.\n\nTwo < three & \u0007.")
                .section("Pictures")
                .picture(LossChart.of("run", 2, 1), "Loss")
                .section("Chat \"here\"")
                .chat(picture, List.of(new Turn("What <b>is</b> it?", "a dog & a cat")))
                .table(Table.create("t", StringColumn.create("a", "<script>alert(1)</script>")), "Table")
                .footer("VITune");
    }

    private static Document parsed(String html) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        return factory.newDocumentBuilder().parse(new InputSource(new StringReader(html)));
    }

    @Test
    void thePageIsWellFormedAndSaysWhatItWasTold() throws Exception {
        Document page = parsed(report().html());
        assertEquals("A <walk> & more", page.getElementsByTagName("h1").item(0).getTextContent());
        assertEquals(2, page.getElementsByTagName("h2").getLength());
        assertEquals("#section-2", ((Element) page.getElementsByTagName("a").item(1)).getAttribute("href"));
        assertEquals("bold", page.getElementsByTagName("b").item(0).getTextContent());
        assertTrue(page.getDocumentElement().getTextContent().contains("What <b>is</b> it?"));
        assertTrue(page.getDocumentElement().getTextContent().contains("<script>alert(1)</script>"));
    }

    @Test
    void thePageNeedsNothingElse() throws Exception {
        String html = report().html();
        String withoutPictures = html.replaceAll("base64,[A-Za-z0-9+/=]+", "");
        assertFalse(
                withoutPictures.matches("(?s).*(https?:|//\\w|<script|<link|@import|url\\().*"),
                "something is loaded from elsewhere");
        var images = parsed(html).getElementsByTagName("img");
        assertEquals(2, images.getLength());
        Element chart = (Element) images.item(0);
        String data = chart.getAttribute("src");
        assertTrue(data.startsWith("data:image/png;base64,"));
        BufferedImage image =
                ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(data.substring(22))));
        assertEquals(2 * Integer.parseInt(chart.getAttribute("width")), image.getWidth());
        assertEquals("loss: run 1.000 after 2 steps", chart.getAttribute("alt"));
    }

    @Test
    void thePageIsWritten(@TempDir Path folder) throws Exception {
        Path file = report().save(folder.resolve("deep/index.html"));
        assertTrue(Files.readString(file).startsWith("<!DOCTYPE html>"));
        assertEquals("Report: A <walk> & more, 2 sections", report().toString());
    }
}
