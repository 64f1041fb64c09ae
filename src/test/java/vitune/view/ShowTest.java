package vitune.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.spencerpark.jupyter.kernel.BaseKernel;
import io.github.spencerpark.jupyter.kernel.LanguageInfo;
import io.github.spencerpark.jupyter.kernel.display.DisplayData;
import io.github.spencerpark.jupyter.kernel.display.mime.MIMEType;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.table.Relation;

class ShowTest {
    private static final Table TABLE =
            Table.create("t", StringColumn.create("a<b", "x & y", ""), DoubleColumn.create("n", 0.5, Double.NaN));

    /** Remembers what it is asked to show, as a notebook would. */
    private static final class Memory implements Screen {
        final List<String> shown = new ArrayList<>();

        @Override
        public void show(Shown what) {
            shown.add(what.text());
        }

        @Override
        public boolean rewrites() {
            return true;
        }

        @Override
        public void show(String place, Shown what, boolean again) {
            shown.add((again ? "again " : "new ") + what.text());
        }
    }

    @Test
    void withoutANotebookPicturesBecomeFilesAndTablesText(@TempDir Path temp) throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Folder folder = new Folder(temp.resolve("shown"), new PrintStream(printed, true, StandardCharsets.UTF_8));
        folder.show(Shown.of(LossChart.of("run", 2, 1)));
        folder.show(Shown.of(TABLE));
        folder.show(Shown.html("<b>bold</b>", "bold"));
        folder.show(Shown.of(List.of(1, 2)));
        String text = printed.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("loss: run 1.000 after 2 steps -> " + temp.resolve("shown/001.png")), text);
        assertTrue(text.contains("x & y") && text.contains("[1, 2]"), text);
        assertTrue(Files.readString(temp.resolve("shown/002.html")).contains("<b>bold</b>"));
        assertEquals(2, Files.list(temp.resolve("shown")).count());
    }

    @Test
    void tablesAreEscapedHtml() {
        String html = Shown.of(TABLE).data();
        assertTrue(html.contains("<th style=\"text-align:left\">a&lt;b</th>"), html);
        assertTrue(html.contains("x &amp; y") && html.contains("\u2013"), html);
        assertTrue(Html.table(TABLE, 1).contains("1 of 2 rows"));
    }

    @Test
    void figuresOfATableStandOnTheRightWithEqualDecimals() {
        Table table = Table.create(
                "t",
                StringColumn.create("mean", "53.0 \u00b1 25.8", "-1.5"),
                StringColumn.create("id", "1-conversation", "2-summary"),
                StringColumn.create("text", "2 dogs", "w".repeat(60)),
                DoubleColumn.create("seconds", 14, 7.4),
                LongColumn.create("trained", 1_704_064L, 9_999L));
        String html = Html.table(table, 5);
        for (String right : List.of("53.0 \u00b1 25.8", "-1.5", "14.0", "7.4", "1,704,064", "9999")) {
            assertTrue(html.contains("<td style=\"text-align:right;white-space:nowrap\">" + right + "</td>"), html);
        }
        for (String left : List.of("1-conversation", "2 dogs")) {
            assertTrue(html.contains("<td style=\"text-align:left;white-space:nowrap\">" + left + "</td>"), html);
        }
        assertTrue(html.contains("<td style=\"text-align:left\">" + "w".repeat(60)), html);
        assertTrue(html.contains("<th style=\"text-align:right\">mean</th>"), html);
    }

    @Test
    void aLivePlaceIsRewrittenTenTimesASecondAndEndsWithItsLastState() {
        Memory screen = new Memory();
        long[] clock = {0};
        try (Live live = new Live(screen, Live.TENTH, () -> clock[0])) {
            for (int i = 0; i < 1000; i++) {
                live.set("state " + i);
                clock[0] += 1_000_000; // a millisecond
            }
            assertEquals(10, screen.shown.size());
        }
        assertEquals("new state 0", screen.shown.get(0));
        assertEquals("again state 100", screen.shown.get(1));
        assertEquals("again state 999", screen.shown.get(10));
        assertEquals(11, screen.shown.size());
    }

    @Test
    void chartsThatAreNotShownAreNotDrawn() {
        int[] drawn = {0};
        try (Live live = new Live(new Memory(), Live.TENTH, () -> 0)) {
            for (int i = 0; i < 50; i++) {
                live.draw(() -> "chart " + drawn[0]++);
            }
        }
        assertEquals(2, drawn[0]); // the first and the last
    }

    @Test
    void whereNoKernelRunsInstallDoesNothing() {
        assertNull(Notebook.running());
        Show.install();
    }

    @Test
    void aKernelLearnsToRenderValues() throws Exception {
        BaseKernel kernel = new BaseKernel() {
            @Override
            public DisplayData eval(String code) {
                return DisplayData.EMPTY;
            }

            @Override
            public LanguageInfo getLanguageInfo() {
                return new LanguageInfo.Builder("Java").build();
            }
        };
        Notebook notebook = new Notebook("io.github.spencerpark.jupyter.kernel.", kernel);
        notebook.register(BufferedImage.class, Shown.PNG);
        notebook.register(Relation.class, Shown.HTML);
        DisplayData picture = kernel.getRenderer().render(LossChart.of("run", 2, 1));
        assertTrue(String.valueOf(picture.getData(MIMEType.parse("image/png"))).startsWith("iVBOR"));
        assertEquals("picture 1720x876: loss: run 1.000 after 2 steps", picture.getData(MIMEType.parse("text/plain")));
        DisplayData table = kernel.getRenderer().render(TABLE);
        assertTrue(String.valueOf(table.getData(MIMEType.parse("text/html"))).startsWith("<table>"));
    }
}
