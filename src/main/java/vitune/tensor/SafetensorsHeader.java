package vitune.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the header of a safetensors file says.
 *
 * @param entries the arrays, in the order of the header
 * @param metadata free-form notes
 * @param dataStart where in the file offset 0 lies
 */
record SafetensorsHeader(Map<String, Entry> entries, Map<String, String> metadata, long dataStart) {
    static final String METADATA = "__metadata__";
    private static final long LONGEST = 100_000_000; // the format's own limit
    private static final long GIT_LFS = 0x206e6f6973726576L; // "version ", as a pointer file begins

    /** One array: its bytes are [begin, end) of the data. */
    record Entry(StoredType type, Shape shape, long begin, long end) {
        long bytes() {
            return end - begin;
        }
    }

    // ---------------------------------------------------------------- reading

    static SafetensorsHeader read(Path file, FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < Long.BYTES) {
            throw new CheckpointException(file.toString(), "file", "at least 8 bytes", size + " bytes");
        }
        long length = RawMemory.read(channel, 0, Long.BYTES).getLong();
        long most = Math.min(LONGEST, size - Long.BYTES);
        if (length == GIT_LFS) {
            throw new CheckpointException(
                    file.toString(), "file", "safetensors", "a Git LFS pointer; `git lfs pull` fetches the weights");
        }
        if (length < 2 || length > most) {
            throw new CheckpointException(
                    file.toString(), "header length", "2 to " + most, Long.toUnsignedString(length));
        }
        ByteBuffer json = RawMemory.read(channel, Long.BYTES, (int) length);
        return new SafetensorsParser(file.toString()).parse(json, Long.BYTES + length, size);
    }

    // ---------------------------------------------------------------- writing

    /** A header for arrays; wide types are stored first, so that every array is aligned. */
    static SafetensorsHeader of(Map<String, NDArray> arrays, Map<String, String> metadata) {
        Map<String, StoredType> types = new LinkedHashMap<>();
        arrays.forEach((name, array) -> types.put(name, type(name, array)));
        List<String> order = new ArrayList<>(arrays.keySet());
        order.sort(Comparator.comparing(name -> -types.get(name).bytes()));
        Map<String, Entry> placed = new HashMap<>();
        long offset = 0;
        for (String name : order) {
            Shape shape = arrays.get(name).getShape();
            long end = offset + shape.size() * types.get(name).bytes();
            placed.put(name, new Entry(types.get(name), shape, offset, end));
            offset = end;
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        arrays.keySet().forEach(name -> entries.put(name, placed.get(name)));
        return new SafetensorsHeader(entries, metadata, 0);
    }

    private static StoredType type(String name, NDArray array) {
        if (name.equals(METADATA)) {
            throw new IllegalArgumentException("the format keeps the name " + METADATA + " for its notes");
        }
        return type(array);
    }

    /** How the format calls the type of an array. */
    static StoredType type(NDArray array) {
        long code = Kernels.code(array);
        return Arrays.stream(StoredType.values())
                .filter(type -> type.code() == code)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "cannot store " + array.getName() + " of type " + array.getDataType()));
    }

    /** Names in the order in which their bytes lie in the file. */
    List<String> storedOrder() {
        return storedOrder(entries);
    }

    static List<String> storedOrder(Map<String, Entry> entries) {
        List<String> names = new ArrayList<>(entries.keySet());
        names.sort(Comparator.comparingLong((String name) -> entries.get(name).begin())
                .thenComparing(name -> entries.get(name).end()));
        return names;
    }

    /** The length and the JSON, padded with spaces so that the data starts at a multiple of eight. */
    ByteBuffer encode() {
        JsonObject root = new JsonObject();
        if (!metadata.isEmpty()) {
            JsonObject notes = new JsonObject();
            metadata.forEach(notes::addProperty);
            root.add(METADATA, notes);
        }
        entries.forEach((name, entry) -> {
            JsonObject json = new JsonObject();
            json.addProperty("dtype", entry.type().name());
            json.add("shape", numbers(entry.shape().getShape()));
            json.add("data_offsets", numbers(entry.begin(), entry.end()));
            root.add(name, json);
        });
        byte[] text = root.toString().getBytes(StandardCharsets.UTF_8);
        int length = (text.length + 7) / 8 * 8;
        ByteBuffer buffer = ByteBuffer.allocate(Long.BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(length).put(text);
        while (buffer.hasRemaining()) {
            buffer.put((byte) ' ');
        }
        return buffer.flip();
    }

    private static JsonArray numbers(long... values) {
        JsonArray array = new JsonArray();
        Arrays.stream(values).forEach(array::add);
        return array;
    }
}
