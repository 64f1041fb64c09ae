package vitune.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;

/** Folders with numbers of Hugging Face transformers: those of the tests, or others of that form ({@code vitune.golden}). */
final class GoldenFolders {
    private GoldenFolders() {}

    /** The folders that hold a file. */
    static List<Path> with(String file) throws IOException {
        String other = System.getProperty("vitune.golden");
        Path root = other == null ? Golden.folder().getParent() : Path.of(other);
        try (var entries = Files.list(root)) {
            List<Path> found = entries.filter(folder -> Files.exists(folder.resolve(file)))
                    .sorted()
                    .toList();
            assertTrue(!found.isEmpty(), "no folder with " + file + " in " + root);
            return found;
        }
    }

    static List<JsonObject> cases(Path file) throws IOException {
        JsonArray all = JsonParser.parseString(Files.readString(file)).getAsJsonArray();
        return StreamSupport.stream(all.spliterator(), false)
                .map(JsonElement::getAsJsonObject)
                .toList();
    }

    static List<String> texts(JsonObject json, String field) {
        return StreamSupport.stream(json.getAsJsonArray(field).spliterator(), false)
                .map(JsonElement::getAsString)
                .toList();
    }

    static long[] longs(JsonObject json, String field) {
        return StreamSupport.stream(json.getAsJsonArray(field).spliterator(), false)
                .mapToLong(JsonElement::getAsLong)
                .toArray();
    }
}
