package vitune.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vitune.data.InstructionSample;
import vitune.data.InstructionSet;
import vitune.data.ResponseType;
import vitune.data.Turn;

class DatasetCardTest {
    @TempDir
    Path folder;

    private static InstructionSample sample(String id, String asked, String response, Map<String, String> provenance) {
        return new InstructionSample(
                id, List.of(), ResponseType.CONVERSATION, List.of(new Turn(asked, response)), provenance);
    }

    private static InstructionSet set() {
        List<InstructionSample> samples = new ArrayList<>();
        samples.add(sample("0", "A | B\n*or* <b>?", "one two three", Map.of("teacher", "built-in", "request", "0")));
        for (int i = 1; i < 8; i++) {
            samples.add(sample("" + i, "q", "x ".repeat(199) + "x", Map.of("source", "VQA", "request", "" + i)));
        }
        return InstructionSet.of(samples);
    }

    private String readme(DatasetCard card, InstructionSet set) throws IOException {
        return Files.readString(card.write(folder.resolve("card"), set, folder));
    }

    @Test
    void theFolderHoldsDataChartsAndCard() throws IOException {
        Path readme = DatasetCard.titled("Streets", "About streets.").write(folder.resolve("card"), set(), folder);
        assertEquals(folder.resolve("card/README.md"), readme);
        assertEquals(
                set().samples(),
                InstructionSet.read(folder.resolve("card/train.jsonl"), folder).samples());
        for (String chart : List.of("types.png", "sources.png")) {
            assertEquals(
                    860 * 2,
                    ImageIO.read(folder.resolve("card").resolve(chart).toFile()).getWidth());
            assertTrue(Files.readString(readme).contains("](" + chart + ")"), chart);
        }
        DatasetCard.titled("Streets", "").withFile("part.parquet").write(folder.resolve("other"), set(), folder);
        assertEquals(
                set().hash(),
                InstructionSet.read(folder.resolve("other/part.parquet"), folder)
                        .hash());
    }

    @Test
    void theHeaderIsWhatHuggingFaceReads() throws IOException {
        String text = readme(DatasetCard.titled("\"Streets\": a set", "l").withLicence("CC-BY-4.0"), set());
        String header = text.substring(0, text.indexOf("\n---\n", 4));
        assertTrue(header.startsWith("---\npretty_name: \"\\\"Streets\\\": a set\"\nlicense: cc-by-4.0\n"), header);
        assertTrue(header.contains("size_categories:\n- n<1K\n"), header);
        assertTrue(header.endsWith("  - split: train\n    path: train.jsonl"), header);
    }

    @Test
    void everySourceWithoutTermsIsNamed() throws IOException {
        String text = readme(DatasetCard.titled("S", "l").withSource("VQA", "cc-by-4.0", "see | there"), set());
        assertTrue(text.contains("No licence has been chosen"), text);
        assertTrue(text.contains("| VQA | cc-by-4.0 | see \\| there |"), text);
        assertTrue(text.contains("| built-in | not told |"), text);
        assertFalse(text.contains("| VQA | not told |"), text);
    }

    @Test
    void countsProvenanceAndCostAreTold() throws IOException {
        String text = readme(DatasetCard.titled("S", "l"), set());
        assertTrue(text.contains("| VQA | conversation | 7 | 87.5 | 7 | 0 | 7 | 200.0 |"), text);
        assertTrue(text.contains("In all 8 samples with 8 turns about 0 pictures."), text);
        assertTrue(text.contains("| request | 8 different ones |"), text);
        assertTrue(text.contains("| source | VQA (7) |"), text);
        assertTrue(text.contains("`" + set().hash() + "`"), text);
        assertFalse(text.contains("## Cost"), text);
        assertTrue(readme(DatasetCard.titled("S", "l").withCost("3 USD"), set()).contains("## Cost\n\n3 USD\n"));
    }

    @Test
    void whatTheTeacherWroteIsTextAndNothingElse() throws IOException {
        String text = readme(DatasetCard.titled("S", "l"), set());
        assertTrue(text.contains("| conversation | A \\| B<br>\\*or\\* &lt;b&gt;? | one two three |"), text);
        assertEquals("\\`a\\` \\[b\\](c) \\\\", CardText.escape("`a` [b](c) \\"));
    }

    @ParameterizedTest
    @CsvSource({
        "0, n<1K",
        "999, n<1K",
        "1000, 1K<n<10K",
        "665000, 100K<n<1M",
        "1000000, 1M<n<10M",
        "999999999, 100M<n<1B",
        "1000000000, n>1B"
    })
    void sizesAreHuggingFaces(int samples, String size) {
        assertEquals(size, CardText.size(samples));
    }

    @Test
    void oddCardsAreRefused() {
        DatasetCard card = DatasetCard.titled("S", "l");
        assertThrows(IllegalArgumentException.class, () -> DatasetCard.titled(" ", "l"));
        assertThrows(IllegalArgumentException.class, () -> card.withLicence("a b"));
        assertThrows(IllegalArgumentException.class, () -> card.withFile("../x.json"));
        assertThrows(
                IllegalArgumentException.class, () -> card.withFile("x.csv").write(folder, set(), folder));
        assertThrows(IllegalArgumentException.class, () -> card.write(folder, InstructionSet.of(List.of()), folder));
    }
}
