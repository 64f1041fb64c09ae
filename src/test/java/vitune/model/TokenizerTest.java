package vitune.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

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
}
