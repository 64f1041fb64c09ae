package vitune.tensor;

import ai.djl.ndarray.types.Shape;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
    SafetensorsHeader parse(ByteBuffer json, long dataStart, long size) throws IOException {
        Map<String, Entry> entries = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        String key = "header";
        try (JsonReader in = new JsonReader(new StringReader(
                StandardCharsets.UTF_8.newDecoder().decode(json).toString()))) {
            in.setStrictness(Strictness.STRICT);
            Set<String> seen = new HashSet<>();
            in.beginObject();
            while (in.hasNext()) {
                key = in.nextName();
                if (!seen.add(key)) {
                    throw fault(key, "each name once", "it twice");
                }
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

    private Map<String, String> notes(JsonReader in) throws IOException {
        Map<String, String> notes = new LinkedHashMap<>();
        in.beginObject();
        while (in.hasNext()) {
            String name = in.nextName();
            if (in.peek() != JsonToken.STRING) {
                throw fault(
                        SafetensorsHeader.METADATA + "." + name,
                        "a string",
                        in.peek().toString());
            }
            if (notes.put(name, in.nextString()) != null) {
                throw fault(SafetensorsHeader.METADATA + "." + name, "each name once", "it twice");
            }
        }
        in.endObject();
        return notes;
    }

    private Entry entry(JsonReader in, String key) throws IOException {
        String type = null;
        long[] shape = null;
        long[] offsets = null;
        in.beginObject();
        while (in.hasNext()) {
            String field = in.nextName();
            switch (field) {
                case "dtype" -> type = in.nextString();
                case "shape" -> shape = whole(in, key + ".shape");
                case "data_offsets" -> offsets = whole(in, key + ".data_offsets");
                default -> throw fault(key, "dtype, shape and data_offsets", field);
            }
        }
        in.endObject();
        if (type == null || shape == null || offsets == null) {
            throw fault(key, "dtype, shape and data_offsets", "not all of them");
        }
        return checked(key, type, shape, offsets);
    }

    private long[] whole(JsonReader in, String key) throws IOException {
        List<Long> numbers = new ArrayList<>();
        in.beginArray();
        while (in.hasNext()) {
            JsonToken token = in.peek();
            String text = in.nextString();
            if (token != JsonToken.NUMBER || !text.matches("\\d{1,18}")) {
                throw fault(key, "whole numbers >= 0", text);
            }
            numbers.add(Long.parseLong(text));
        }
        in.endArray();
        return numbers.stream().mapToLong(Long::longValue).toArray();
    }

    private Entry checked(String key, String type, long[] shape, long[] offsets) {
        StoredType stored = Arrays.stream(StoredType.values())
                .filter(t -> t.name().equals(type))
                .findFirst()
                .orElseThrow(() -> fault(key + ".dtype", "one of " + List.of(StoredType.values()), type));
        if (offsets.length != 2 || offsets[0] > offsets[1]) {
            throw fault(key + ".data_offsets", "[begin, end]", Arrays.toString(offsets));
        }
        long bytes = stored.bytes();
        try {
            for (long length : shape) {
                bytes = Math.multiplyExact(bytes, length);
            }
        } catch (ArithmeticException e) {
            throw fault(key + ".shape", "a size below 2^63 bytes", Arrays.toString(shape));
        }
        if (bytes != offsets[1] - offsets[0]) {
            String expected = bytes + " bytes for " + type + " " + Arrays.toString(shape);
            throw fault(key + ".data_offsets", expected, Long.toString(offsets[1] - offsets[0]));
        }
        return new Entry(stored, new Shape(shape), offsets[0], offsets[1]);
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
