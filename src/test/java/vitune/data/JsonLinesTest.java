package vitune.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonLinesTest {
    private static final String ROW =
            "{\"id\": \"7\", \"conversations\": [{\"from\": \"human\", \"value\": \"Hello\"}, "
                    + "{\"from\": \"gpt\", \"value\": \"Good day.\"}]}";

    @TempDir
    Path folder;

    @Test
    void emptyLinesArePassedOverAndIdsToldApart() throws IOException {
        Path file = Files.writeString(folder.resolve("x.jsonl"), ROW + "\n\n" + ROW + "\r\n");
        assertEquals(
                "[7 (conversation, 1 turn): Hello, 7#2 (conversation, 1 turn): Hello]",
                JsonLines.read(file, folder).samples().toString());
        assertEquals(0, JsonLines.read(Files.writeString(file, ""), folder).size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Good day.\"}]}        | Good day.\"}]          | line 3, column 106    | (End of input path",
                "Good day.\"}]}        | Good day.\"}]} {}      | line 3, column 109    | broken JSON",
                "\"id\": \"7\", \"conv | \"conv                 | line 3.id             | got nothing",
                "\"gpt\"               | \"assistant\"          | line 3.conversations[1].from | expected gpt",
                "{\"id\"               | [{\"id\"               | line 3, column 2      | BEGIN_OBJECT",
            })
    void badRowsAreNamedByFileLineAndField(String what, String becomes, String where, String also) throws IOException {
        assertTrue(ROW.contains(what), what);
        Path file = Files.writeString(folder.resolve("x.jsonl"), ROW + "\n\n" + ROW.replace(what, becomes) + "\n");
        DataException e = assertThrows(DataException.class, () -> JsonLines.read(file, folder));
        assertTrue(e.where().startsWith(where), e.getMessage());
        assertTrue(e.getMessage().contains(also), e.getMessage());
    }
}
