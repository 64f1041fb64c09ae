package vitune.tensor;

import ai.djl.ndarray.types.Shape;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import vitune.tensor.SafetensorsHeader.Entry;

/**
 * Reads the JSON of a safetensors header, as strictly as the format's own library: the arrays fill the data exactly,
 * without holes or overlaps.
 *
 * @param file what to call the file in messages
 */
record SafetensorsParser(String file) {
    private static final int MOST_AXES = 64; // what PyTorch computes with

    SafetensorsHeader parse(ByteBuffer json, long dataStart, long size) throws IOException {
        Map<String, Entry> entries = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        String key = "header";
        try (JsonReader in = new JsonReader(text(json))) {
            in.setStrictness(Strictness.STRICT);
            Set<String> seen = new HashSet<>();
            in.beginObject();
            while (in.hasNext()) {
                key = "header"; // a name that is no name is not the fault of the array before
                key = once(in, "", seen);
                if (key.equals(SafetensorsHeader.METADATA)) {
                    metadata.putAll(notes(in));
                } else {
                    entries.put(key, entry(in, key));
                }
            }
            in.endObject();
            if (in.peek() != JsonToken.END_DOCUMENT) {
                throw fault("header", "one JSON object", "more after it");
            }
        } catch (CharacterCodingException e) {
            throw fault("header", "UTF-8", "other bytes");
        } catch (IOException | IllegalStateException | NumberFormatException e) { // gson's ways to say "not JSON"
            throw fault(key, "JSON of the safetensors format", String.valueOf(e.getMessage()));
        }
        checkLayout(entries, size - dataStart);
        return new SafetensorsHeader(
                Collections.unmodifiableMap(entries), Collections.unmodifiableMap(metadata), dataStart);
    }

    /** Decoded while it is parsed: a header may be 100 MB, and need not be there twice. */
    private static Reader text(ByteBuffer json) {
        InputStream bytes = new ByteArrayInputStream(json.array(), json.position(), json.remaining());
        return new InputStreamReader(bytes, StandardCharsets.UTF_8.newDecoder());
    }

    /** The next name of an object, which may come once. */
    private String once(JsonReader in, String parent, Set<String> seen) throws IOException {
        String name = in.nextName();
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
            throw fault(parent + "name", "Unicode", "half of a surrogate pair");
        }
        if (!seen.add(name)) {
            throw fault(parent + name, "each name once", "it twice");
        }
        return name;
    }

    private Map<String, String> notes(JsonReader in) throws IOException {
        String parent = SafetensorsHeader.METADATA + ".";
        Map<String, String> notes = new LinkedHashMap<>();
        Set<String> seen = new HashSet<>();
        in.beginObject();
        while (in.hasNext()) {
            String name = once(in, parent, seen);
            if (in.peek() != JsonToken.STRING) {
                throw fault(parent + name, "a string", in.peek().toString());
            }
            notes.put(name, in.nextString());
        }
        in.endObject();
        return notes;
    }

    private Entry entry(JsonReader in, String key) throws IOException {
        StoredType type = null;
        long[] shape = null;
        long[] offsets = null;
        Set<String> seen = new HashSet<>();
        in.beginObject();
        while (in.hasNext()) {
            String field = once(in, key + ".", seen);
            switch (field) {
                case "dtype" -> type = type(in, key + ".dtype");
                case "shape" -> shape = whole(in, key + ".shape", MOST_AXES);
                case "data_offsets" -> offsets = whole(in, key + ".data_offsets", 2);
                default -> throw fault(key, "dtype, shape and data_offsets", field);
            }
        }
        in.endObject();
        if (type == null || shape == null || offsets == null) {
            throw fault(key, "dtype, shape and data_offsets", "not all of them");
        }
        return checked(key, type, shape, offsets);
    }

    private StoredType type(JsonReader in, String key) throws IOException {
        String name =
                in.peek() == JsonToken.STRING ? in.nextString() : in.peek().toString();
        return StoredType.of(name).orElseThrow(() -> fault(key, "one of " + List.of(StoredType.values()), name));
    }

    private long[] whole(JsonReader in, String key, int most) throws IOException {
        long[] numbers = new long[most];
        int count = 0;
        in.beginArray();
        while (in.hasNext()) {
            JsonToken token = in.peek();
            if (count == most) {
                throw fault(key, "at most " + most + " numbers", "more");
            }
            String text = token == JsonToken.NUMBER ? in.nextString() : token.name();
            if (!text.matches("\\d{1,18}")) {
                throw fault(key, "whole numbers >= 0", text);
            }
            numbers[count++] = Long.parseLong(text);
        }
        in.endArray();
        return Arrays.copyOf(numbers, count);
    }

    private Entry checked(String key, StoredType type, long[] shape, long[] offsets) {
        if (offsets.length != 2 || offsets[0] > offsets[1]) {
            throw fault(key + ".data_offsets", "[begin, end]", Arrays.toString(offsets));
        }
        long bytes = type.bytes();
        boolean empty = false;
        try {
            for (long length : shape) {
                empty |= length == 0;
                bytes = Math.multiplyExact(bytes, Math.max(1, length)); // strides overflow beside a 0 too
            }
        } catch (ArithmeticException e) {
            throw fault(key + ".shape", "a size below 2^63 bytes", Arrays.toString(shape));
        }
        bytes = empty ? 0 : bytes;
        if (bytes != offsets[1] - offsets[0]) {
            String expected = bytes + " bytes for " + type + " " + Arrays.toString(shape);
            throw fault(key + ".data_offsets", expected, Long.toString(offsets[1] - offsets[0]));
        }
        return new Entry(type, new Shape(shape), offsets[0], offsets[1]);
    }

    private void checkLayout(Map<String, Entry> entries, long size) {
        long filled = 0;
        for (String key : SafetensorsHeader.storedOrder(entries)) {
            Entry entry = entries.get(key);
            if (entry.begin() != filled) {
                throw fault(
                        key + ".data_offsets",
                        "a begin of " + filled + ", where the last array ends",
                        Long.toString(entry.begin()));
            }
            filled = entry.end();
        }
        if (filled != size) {
            throw fault("file", filled + " bytes of data", Long.toString(size));
        }
    }

    private CheckpointException fault(String key, String expected, String found) {
        return new CheckpointException(file, key, expected, found);
    }
}
