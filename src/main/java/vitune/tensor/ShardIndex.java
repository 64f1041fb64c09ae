package vitune.tensor;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code model.safetensors.index.json}: which file of the folder holds which array.
 *
 * @param file what to name in messages
 * @param places file names by array, in the order of the index
 */
record ShardIndex(Path file, Map<String, String> places) {
    static final String NAME = "model.safetensors.index.json";
    private static final String MAP = "weight_map";
    private static final long LONGEST = 100_000_000; // as a header of the format

    static ShardIndex read(Path file) throws IOException {
        ShardIndex index = new ShardIndex(file, new LinkedHashMap<>());
        long size = Files.size(file);
        if (size > LONGEST) {
            throw index.fault("file", "at most " + LONGEST + " bytes", size + " bytes");
        }
        String key = "index";
        try (Reader text = new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8.newDecoder());
                JsonReader in = new JsonReader(text)) {
            in.setStrictness(Strictness.STRICT);
            in.beginObject();
            while (in.hasNext()) {
                if (in.nextName().equals(MAP)) {
                    key = MAP;
                    index.readMap(in);
                } else {
                    in.skipValue(); // metadata
                }
            }
            in.endObject();
            if (in.peek() != JsonToken.END_DOCUMENT) {
                throw index.fault("index", "one JSON object", "more after it");
            }
            if (index.places.isEmpty()) {
                throw index.fault(MAP, "arrays and the files that hold them", "none");
            }
            return index;
        } catch (CharacterCodingException e) {
            throw index.fault("index", "UTF-8", "other bytes");
        } catch (EOFException | MalformedJsonException | IllegalStateException e) {
            throw index.fault(key, "JSON of an index", String.valueOf(e.getMessage()));
        }
    }

    private void readMap(JsonReader in) throws IOException {
        if (!places.isEmpty()) {
            throw fault(MAP, "it once", "it twice");
        }
        in.beginObject();
        while (in.hasNext()) {
            place(in.nextName(), in);
        }
        in.endObject();
    }

    private void place(String key, JsonReader in) throws IOException {
        if (in.peek() != JsonToken.STRING) {
            throw fault(key, "the name of a file", in.peek().name());
        }
        String name = in.nextString();
        if (!name.matches("[^/\\\\:\\p{Cntrl}]+\\.safetensors")) { // a name alone cannot leave the folder
            throw fault(key, "the name of a .safetensors file in the folder", name);
        }
        if (places.put(key, name) != null) {
            throw fault(key, "each name once", "it twice");
        }
    }

    /** Writes the index; {@code totalSize} is the bytes of all arrays. */
    void write(long totalSize) {
        JsonObject metadata = new JsonObject();
        metadata.addProperty("total_size", totalSize);
        JsonObject map = new JsonObject();
        places.forEach(map::addProperty);
        JsonObject root = new JsonObject();
        root.add("metadata", metadata);
        root.add(MAP, map);
        String text = new GsonBuilder()
                .setPrettyPrinting()
                .disableHtmlEscaping()
                .create()
                .toJson(root);
        WholeFile.write(
                file,
                out -> RawMemory.writeFully(out, ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8))));
    }

    CheckpointException fault(String key, String expected, String found) {
        return new CheckpointException(file.toString(), key, expected, found);
    }
}
