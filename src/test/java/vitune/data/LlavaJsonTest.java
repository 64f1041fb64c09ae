package vitune.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LlavaJsonTest {
    private static final String ROWS = """
            [{"id": "7", "image": "a.jpg", "conversations": [
                {"from": "human", "value": "What is it?\\n<image>"}, {"from": "gpt", "value": "A bus."},
                {"from": "human", "value": "Its colour?"}, {"from": "gpt", "value": "Red."}]},
             {"id": "7", "image": "a.jpg", "model": "", "conversations": [
                {"from": "human", "value": "<image>\\nDescribe."}, {"from": "gpt", "value": "A red bus."}]},
             {"id": "text", "conversations": [
                {"from": "human", "value": "Hello"}, {"from": "gpt", "value": "Good day."}]}]
            """;

    @TempDir
    Path folder;

    private Path json;

    @BeforeEach
    void pictures() throws IOException {
        json = folder.resolve("data.json");
        Files.writeString(folder.resolve("a.jpg"), "x");
        Files.createDirectories(folder.resolve("sub"));
        Files.writeString(folder.resolve("sub/b.jpg"), "x");
    }

    @Test
    void readsLlavasOwnFiles() throws IOException {
        Files.writeString(json, ROWS);
        InstructionSet set = LlavaJson.read(json, folder, ResponseType.DETAILED_DESCRIPTION);
        Path a = folder.resolve("a.jpg");
        assertEquals(
                List.of(
                        new InstructionSample(
                                "7",
                                List.of(a),
                                ResponseType.DETAILED_DESCRIPTION,
                                List.of(new Turn("What is it?", "A bus."), new Turn("Its colour?", "Red.")),
                                Map.of()),
                        new InstructionSample(
                                "7#2",
                                List.of(a),
                                ResponseType.DETAILED_DESCRIPTION,
                                List.of(new Turn("Describe.", "A red bus.")),
                                Map.of()),
                        new InstructionSample(
                                "text",
                                List.of(),
                                ResponseType.DETAILED_DESCRIPTION,
                                List.of(new Turn("Hello", "Good day.")),
                                Map.of())),
                set.samples());
    }

    @Test
    void whatIsWrittenReadsBackTheSame() throws IOException {
        InstructionSet set = InstructionSet.of(List.of(
                new InstructionSample(
                        "1",
                        List.of(folder.resolve("sub/b.jpg")),
                        ResponseType.COMPLEX_REASONING,
                        List.of(new Turn("Why \"so\"?\nReally?", "Because <b> & ü = \\ 日本 🚌.")),
                        Map.of("teacher", "built-in", "model", "m")),
                new InstructionSample(
                        "2",
                        List.of(folder.resolve("a.jpg"), folder.resolve("sub/b.jpg")),
                        ResponseType.COMPARISON,
                        List.of(new Turn("Differ?", "Yes.")),
                        Map.of()),
                new InstructionSample("3", List.of(), ResponseType.SUMMARY, List.of(new Turn("q", "a")), Map.of())));
        LlavaJson.write(json, folder, set);
        assertEquals(set.samples(), LlavaJson.read(json, folder).samples());
        String text = Files.readString(json);
        assertTrue(text.contains("\"image\":\"sub/b.jpg\""), text);
        assertTrue(text.contains("\"value\":\"<image>\\nWhy"), text);
        assertTrue(text.contains("\"value\":\"<image>\\n<image>\\nDiffer?"), text);
        assertEquals(5, text.lines().count());
    }

    @Test
    void anEmptySetIsAnEmptyList() {
        LlavaJson.write(json, folder, InstructionSet.of(List.of()));
        assertEquals(0, LlavaJson.read(json, folder).size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"id\": \"text\",       | ''                        | [2].id                      | got nothing",
                "\"image\": \"a.jpg\", \"model\" | \"image\": \"c.jpg\", \"model\" | [1].image    | c.jpg",
                "\"image\": \"a.jpg\", \"model\" | \"image\": [], \"model\" | [1].conversations[0].value | 1 times <image>",
                "\"image\": \"a.jpg\", \"model\" | \"image\": 3.5, \"model\" | [1].image             | 3.5",
                "\"image\": \"a.jpg\", \"model\" | \"image\": \"a\\u0000\", \"model\" | [1].image   | stays inside",
                "<image>\\nDescribe.     | Describe.                 | [1].conversations[0].value  | got 0 times",
                "<image>\\nDescribe.     | <image>                   | [1].conversations[0].value  | an instruction",
                "Its colour?             | Its colour? <image>       | [0].conversations[2].value  | expected 0",
                "Hello                   | <image> Hello             | [2].conversations[0].value  | expected 0",
                "A red bus.              | A <image> bus.            | [1].conversations[1].value  | an answer with <image>",
                "A red bus.              | ' '                       | [1].conversations[1].value  | not blank",
                "\"gpt\", \"value\": \"Good | \"human\", \"value\": \"Good | [2].conversations[1].from | expected gpt",
                "\"text\", \"conversations\" | \"text\", \"turns\"     | [2].conversations           | got nothing",
                "', {\"from\": \"gpt\", \"value\": \"Good day.\"}' | '' | [2].conversations           | 1 values",
                "\"model\": \"\"          | \"type\": \"a/b\"         | [1].type                    | words in small letters",
                "\"model\": \"\"          | \"type\": \"comparison\"  | [1].image                   | 2 for a comparison",
                "\"model\": \"\"          | \"provenance\": \"x\"     | [1].provenance              | an object of texts",
                "\"model\": \"\"          | \"provenance\": {\"x\": {}} | [1].provenance            | an object of texts",
                "\"Good day.\"}]}]       | \"Good day.\"}]}          | line 8, column              | broken JSON",
                "\"Good day.\"}]}]       | \"Good day.\"}]}] []      | line 7, column              | broken JSON",
            })
    void badRowsAreNamedByFileRowAndField(String what, String becomes, String where, String also) throws IOException {
        assertTrue(ROWS.contains(what), what);
        Files.writeString(json, ROWS.replace(what, becomes));
        DataException e = assertThrows(DataException.class, () -> LlavaJson.read(json, folder));
        assertEquals(json, e.file());
        assertTrue(e.where().startsWith(where), e.getMessage());
        assertTrue(e.getMessage().contains(also), e.getMessage());
    }

    @Test
    void aStreamGivesTheRowsBeforeABadOne() throws IOException {
        Files.writeString(json, ROWS.replace("\"Good day.\"}]}]", "\"Good day.\"}]"));
        try (Stream<InstructionSample> rows = LlavaJson.stream(json, folder)) {
            var samples = rows.iterator();
            assertEquals("7", samples.next().id());
            assertEquals("7#2", samples.next().id());
            DataException e = assertThrows(DataException.class, samples::next);
            assertTrue(e.where().startsWith("line 8, column"), e.getMessage());
        }
    }

    @Test
    void aFileIsReadFilteredAndWrittenInOnePass() throws IOException {
        Files.writeString(json, ROWS);
        try (Stream<InstructionSample> rows = LlavaJson.stream(json, folder)) {
            LlavaJson.write(json, folder, rows.filter(row -> row.turns().size() == 1));
        }
        assertEquals(
                List.of("7#2", "text"),
                LlavaJson.read(json, folder).samples().stream()
                        .map(InstructionSample::id)
                        .toList());
    }

    @Test
    void whatFailsLeavesTheOldFileAndNothingElse() throws IOException {
        Files.writeString(json, ROWS);
        Path from = Files.writeString(folder.resolve("from.json"), ROWS.replace("\"Good day.\"", "3, 4"));
        try (Stream<InstructionSample> rows = LlavaJson.stream(from, folder)) {
            assertThrows(DataException.class, () -> LlavaJson.write(json, folder, rows));
        }
        assertEquals(ROWS, Files.readString(json));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(4, files.count());
        }
    }

    @Test
    void picturesStayInTheirFolder() throws IOException {
        Path inner = Files.createDirectories(folder.resolve("inner"));
        Files.writeString(json, ROWS.replace("\"a.jpg\", \"model\"", "\"../a.jpg\", \"model\""));
        Files.copy(folder.resolve("a.jpg"), inner.resolve("a.jpg"));
        DataException e = assertThrows(DataException.class, () -> LlavaJson.read(json, inner));
        assertEquals("[1].image", e.where());
        assertTrue(e.getMessage().contains("got ../a.jpg, expected a name that stays inside"), e.getMessage());
        InstructionSet outside = InstructionSet.of(List.of(new InstructionSample(
                "x", List.of(folder.resolve("a.jpg")), ResponseType.SUMMARY, List.of(new Turn("q", "a")), Map.of())));
        assertThrows(IllegalArgumentException.class, () -> LlavaJson.write(json, inner, outside));
    }

    @Test
    void theFolderMayBeTheOneWeAreIn() {
        JsonRow row = new JsonRow(json, "[0]", new JsonObject());
        assertEquals(Path.of("pom.xml"), row.picture("image", "pom.xml", Path.of("")));
        assertEquals(Path.of("./pom.xml"), row.picture("image", "pom.xml", Path.of(".")));
        assertThrows(
                DataException.class,
                () -> row.picture("image", folder.resolve("a.jpg").toString(), Path.of("")));
    }

    @Test
    void halfACharacterIsRefusedInEveryFormat() {
        InstructionSet cut = InstructionSet.of(List.of(new InstructionSample(
                "x", List.of(), ResponseType.SUMMARY, List.of(new Turn("bus?", "\ud83d\ude8c \ud83d")), Map.of())));
        for (String name : List.of("x.json", "x.jsonl", "x.parquet")) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> cut.write(folder.resolve(name), folder));
            assertTrue(e.getMessage().startsWith("sample x: "), e.getMessage());
        }
    }

    @Test
    void aMarkInAnInstructionIsRefused() {
        InstructionSet marked = InstructionSet.of(List.of(new InstructionSample(
                "x", List.of(), ResponseType.SUMMARY, List.of(new Turn("what does <image> mean?", "a")), Map.of())));
        assertThrows(IllegalArgumentException.class, () -> LlavaJson.write(json, folder, marked));
    }

    @Test
    void aMissingFileAndAnObjectInsteadOfAListAreNamed() throws IOException {
        DataException missing = assertThrows(DataException.class, () -> LlavaJson.read(json, folder));
        assertTrue(missing.getMessage().contains("no such file"), missing.getMessage());
        Files.writeString(json, "{}");
        DataException object = assertThrows(DataException.class, () -> LlavaJson.read(json, folder));
        assertTrue(object.getMessage().contains("BEGIN_ARRAY"), object.getMessage());
    }
}
