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
    void aDamagedFileIsNamed(@TempDir Path place) throws IOException {
        Path file = place.resolve("tokenizer.json");
        for (String text :
                List.of("", "[]", "{", "{}", "{\"added_tokens\": [7]}", "{\"model\": null}", "{} {}", "{a: 1}")) {
            Files.writeString(file, text);
            String message = assertThrows(IllegalArgumentException.class, () -> Tokenizer.read(place), text)
                    .getMessage();
            assertTrue(message.startsWith(file + " must hold a tokenizer: "), message);
        }
    }

    /** The library ends the JVM over these. */
    @Test
    void whatTheLibraryDiesOfIsRefusedBefore(@TempDir Path place) throws IOException {
        Path file = place.resolve("tokenizer.json");
        JsonObject json = Json.read(folder.resolve("tokenizer.json"));
        json.getAsJsonObject("post_processor").add("special_tokens", new JsonObject());
        Json.write(file, json);
        String message = assertThrows(IllegalArgumentException.class, () -> Tokenizer.read(place))
                .getMessage();
        assertTrue(message.contains("post_processor.single must use tokens of its special_tokens []"), message);
        json = Json.read(folder.resolve("tokenizer.json"));
        json.add("decoder", JsonParser.parseString("[".repeat(200) + "]".repeat(200)));
        Json.write(file, json);
        message = assertThrows(IllegalArgumentException.class, () -> Tokenizer.read(place))
                .getMessage();
        assertTrue(message.contains("the file must nest at most 100 deep"), message);
        json.addProperty("decoder", "HERE");
        Json.write(file, json);
        String text = Files.readString(file);
        for (String value : List.of("1e999", "\"\\ud83d\"", "{\"\\udc00\": 1}")) {
            Files.writeString(file, text.replace("\"HERE\"", value));
            message = assertThrows(IllegalArgumentException.class, () -> Tokenizer.read(place), value)
                    .getMessage();
            assertTrue(message.contains(value.startsWith("1") ? "be finite" : "have no half of a character"), message);
        }
    }

    @Test
    void aTokenizerNeedsNoAddedTokens(@TempDir Path place) throws IOException {
        JsonObject json = Json.read(folder.resolve("tokenizer.json"));
        json.remove("added_tokens");
        Json.write(place.resolve("tokenizer.json"), json);
        assertArrayEquals(tokenizer.encode("a cat"), Tokenizer.read(place).encode("a cat"));
    }

    @Test
    void aTokenizerMayOpenTextsWithATokenOfItsOwn(@TempDir Path place) throws IOException {
        assertEquals(2L, tokenizer.opening());
        JsonObject json = Json.read(folder.resolve("tokenizer.json"));
        String frame = """
                {"type": "TemplateProcessing", "pair": [],
                 "single": [%s, {"Sequence": {"id": "A", "type_id": 0}}, %s],
                 "special_tokens": {"</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]},
                                    "<pad>": {"id": "<pad>", "ids": [1], "tokens": ["<pad>"]}}}""";
        String pad = "{\"SpecialToken\": {\"id\": \"<pad>\", \"type_id\": 0}}";
        String stop = pad.replace("<pad>", "</s>");
        json.add("post_processor", JsonParser.parseString(frame.formatted(pad, stop)));
        Json.write(place.resolve("tokenizer.json"), json);
        Tokenizer opening = Tokenizer.read(place);
        assertEquals(1L, opening.opening());
        SpecialTokens specials = new SpecialTokens(316, 2, 2, List.of(2L), 1, false);
        long[] ids = ChatTemplate.instructblip()
                .prompt(List.of(), "a cat", 1, opening, specials)
                .ids();
        assertEquals("<image><image><pad>a cat", opening.show(ids), "not the bos of the model's settings");
        json.add(
                "post_processor",
                JsonParser.parseString(frame.formatted(pad, stop).replace(pad + ", ", "")));
        Json.write(place.resolve("tokenizer.json"), json);
        assertEquals(null, Tokenizer.read(place).opening(), "it only closes");
        ids = ChatTemplate.instructblip()
                .prompt(List.of(), "a cat", 1, Tokenizer.read(place), specials)
                .ids();
        assertEquals("<image><image></s>a cat", opening.show(ids));
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
