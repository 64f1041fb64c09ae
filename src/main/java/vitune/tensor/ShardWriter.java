package vitune.tensor;

import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Writes the weights of a folder as one file, or as numbered shards and an index.
 *
 * <p>The order of the steps is the point: at each moment the folder holds the old weights, the new ones, or none that
 * {@link Shards#open} accepts.
 */
record ShardWriter(Path folder) {
    private static final Pattern OURS = Pattern.compile("model(-\\d+-of-\\d+)?\\.safetensors(\\.index\\.json)?");
    private static final Map<String, String> FORMAT = Map.of("format", "pt"); // transformers asks for it

    void write(Map<String, NDArray> arrays, long maxBytes) {
        List<Map<String, NDArray>> parts = split(arrays, maxBytes);
        Set<String> written = new HashSet<>();
        if (parts.size() == 1) {
            Safetensors.write(folder.resolve(Shards.SINGLE), parts.get(0), FORMAT); // counts at once
            written.add(Shards.SINGLE);
        } else {
            ShardIndex index = new ShardIndex(folder.resolve(ShardIndex.NAME), new LinkedHashMap<>());
            delete(index.file()); // an old one would name new shards
            for (int i = 0; i < parts.size(); i++) {
                String name = "model-%05d-of-%05d.safetensors".formatted(i + 1, parts.size());
                Safetensors.write(folder.resolve(name), parts.get(i), FORMAT);
                parts.get(i).keySet().forEach(key -> index.places().put(key, name));
                written.add(name);
            }
            index.write(arrays.values().stream().mapToLong(ShardWriter::bytes).sum());
            written.add(ShardIndex.NAME);
        }
        for (Path file : files()) {
            String name = file.getFileName().toString();
            if (OURS.matcher(name).matches() && !written.contains(name) && Files.isRegularFile(file)) {
                delete(file);
            }
        }
    }

    /** Arrays in order, as many to a part as fit; at least one part and one array in each. */
    private static List<Map<String, NDArray>> split(Map<String, NDArray> arrays, long maxBytes) {
        List<Map<String, NDArray>> parts = new ArrayList<>(List.of(new LinkedHashMap<>()));
        long filled = 0;
        for (var entry : arrays.entrySet()) {
            long bytes = bytes(entry.getValue());
            if (filled > 0 && filled + bytes > maxBytes) {
                parts.add(new LinkedHashMap<>());
                filled = 0;
            }
            parts.get(parts.size() - 1).put(entry.getKey(), entry.getValue());
            filled += bytes;
        }
        return parts;
    }

    private static long bytes(NDArray array) {
        return array.size() * SafetensorsHeader.type(array).bytes();
    }

    private List<Path> files() {
        try (var all = Files.list(folder)) {
            return all.toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder, e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + file, e);
        }
    }
}
