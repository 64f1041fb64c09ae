package vitune.model;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerTest {
    private final Path folder = Golden.folder();
    private final Tokenizer tokenizer = Tokenizer.read(folder);

    @Test
    void idsAndTextEqualThoseOfHuggingFace() throws IOException {
        String json = Files.readString(folder.resolve("tokenizer_cases.json"));
        JsonArray cases = JsonParser.parseString(json).getAsJsonArray();
        for (JsonElement element : cases) {
            JsonObject one = element.getAsJsonObject();
            String text = one.get("text").getAsString();
            assertArrayEquals(ids(one, "ids_no_special"), tokenizer.encode(text), text);
            assertEquals(one.get("decoded").getAsString(), tokenizer.show(ids(one, "ids")), text);
            assertEquals(one.get("decoded_skip_special").getAsString(), tokenizer.decode(ids(one, "ids")), text);
        }
    }

    private static long[] ids(JsonObject one, String field) {
        return StreamSupport.stream(one.getAsJsonArray(field).spliterator(), false)
                .mapToLong(JsonElement::getAsLong)
                .toArray();
    }

    @Test
    void nothingIsCutOff() {
        assertEquals(3000, tokenizer.encode(" the".repeat(3000)).length);
    }

    @Test
    void specialTokensByName() {
        assertEquals(316, tokenizer.id("<image>"));
        assertEquals(2, tokenizer.id("</s>"));
        assertThrows(IllegalArgumentException.class, () -> tokenizer.id("<none>"));
    }

    @Test
    void withoutTokenizerJsonTheErrorSaysHowToMakeIt(@TempDir Path empty) throws IOException {
        String nothing = assertThrows(UncheckedIOException.class, () -> Tokenizer.read(empty))
                .getMessage();
        assertTrue(nothing.contains(empty + ": there is no tokenizer.json."), nothing);
        Files.writeString(empty.resolve("tokenizer.model"), "slow");
        String slow = assertThrows(UncheckedIOException.class, () -> Tokenizer.read(empty))
                .getMessage();
        assertTrue(slow.contains("no tokenizer.json; tokenizer.model alone is not enough"), slow);
        assertTrue(slow.contains("AutoTokenizer.from_pretrained(\"" + empty + "\", use_fast=True)"), slow);
        assertTrue(slow.contains("save_pretrained(\"" + empty + "\")"), slow);
    }

    @Test
    void filesOfATokenizerAreKeptByteForByte(@TempDir Path place) throws IOException {
        List<String> names = List.of(
                "tokenizer.json",
                "tokenizer_config.json",
                "special_tokens_map.json",
                "added_tokens.json",
                "chat_template.jinja",
                "chat_template.json",
                "vocab.json",
                "merges.txt",
                "vocab.txt",
                "tokenizer.model",
                "spiece.model");
        Path from = Files.createDirectory(place.resolve("from"));
        for (String name : names) Files.writeString(from.resolve(name), " {\"of\" : \"" + name + "\"}\r\n");
        Files.copy(folder.resolve("tokenizer.json"), from.resolve("tokenizer.json"), REPLACE_EXISTING);
        Path to = place.resolve("to/qformer_tokenizer");
        Tokenizer.read(from).write(to);
        for (String name : names) assertEquals(-1, Files.mismatch(from.resolve(name), to.resolve(name)), name);
    }
}
