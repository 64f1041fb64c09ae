package vitune.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The weights of a Hugging Face folder as one set: {@code model.safetensors}, or else the shards that
 * {@code model.safetensors.index.json} names. Where both lie, the single file counts, as for transformers.
 *
 * <p>Nothing is read before it is asked for but the headers, and they must agree with the index.
 */
public final class Shards implements AutoCloseable {
    static final String SINGLE = "model.safetensors";
    private static final Pattern PICKLE = Pattern.compile("pytorch_model.*\\.bin|.*\\.(pt|pth|ckpt)");

    private final Path folder;
    private final Map<String, Safetensors> files = new LinkedHashMap<>();
    private final Map<String, Safetensors> holders = new LinkedHashMap<>();

    private Shards(Path folder) {
        this.folder = folder;
    }

    /**
     * Opens the weights of a folder.
     *
     * @throws CheckpointException if there are none, only pickled ones, or they are not what the index says
     * @throws UncheckedIOException if they cannot be read
     */
    public static Shards open(Path folder) {
        Shards shards = new Shards(folder);
        try {
            Path index = folder.resolve(ShardIndex.NAME);
            if (Files.exists(folder.resolve(SINGLE))) {
                shards.add(SINGLE);
            } else if (Files.exists(index)) {
                shards.addAll(ShardIndex.read(index));
            } else {
                throw shards.none();
            }
            if (shards.holders.isEmpty()) {
                throw shards.fault("weights", "at least one array", "none");
            }
            return shards;
        } catch (IOException e) {
            shards.close();
            throw new UncheckedIOException("cannot read the weights of " + folder, e);
        } catch (RuntimeException e) {
            shards.close();
            throw e;
        }
    }

    private void add(String name) {
        Safetensors file = Safetensors.open(folder.resolve(name));
        files.put(name, file);
        file.names().forEach(key -> holders.put(key, file));
    }

    private void addAll(ShardIndex index) {
        Set<String> names = new LinkedHashSet<>(index.places().values());
        for (String name : names) {
            if (!Files.exists(folder.resolve(name))) {
                throw index.fault(name, "a file of that name in the folder", "none");
            }
            add(name);
        }
        files.forEach((name, file) -> file.names().forEach(key -> {
            String place = index.places().get(key);
            if (!name.equals(place)) {
                String found = place == null ? "no place for it" : "its place in " + place;
                throw index.fault(key, "its place in " + name + ", which holds it", found);
            }
        }));
        index.places().forEach((key, name) -> {
            if (!holders.containsKey(key)) {
                throw index.fault(key, "an array in " + name, "none of that name there");
            }
        });
    }

    private CheckpointException none() throws IOException {
        String expected = SINGLE + " or " + ShardIndex.NAME;
        if (!Files.isDirectory(folder)) {
            return fault("weights", "a folder with " + expected, Files.exists(folder) ? "a file" : "nothing");
        }
        try (var all = Files.list(folder)) {
            return all.map(file -> file.getFileName().toString())
                    .filter(name -> PICKLE.matcher(name).matches())
                    .sorted()
                    .findFirst()
                    .map(name -> fault(
                            "weights",
                            expected,
                            name + ", a pickle, which may run code of its author when it is read; convert it with"
                                    + " transformers: model.save_pretrained(folder, safe_serialization=True)"))
                    .orElseGet(() -> fault("weights", expected, "neither"));
        }
    }

    /** The names of the arrays, file by file, in the order of their headers. */
    public List<String> names() {
        return List.copyOf(holders.keySet());
    }

    /** The shape of an array. */
    public Shape shape(String name) {
        return holder(name).shape(name);
    }

    /** The type of an array as the format spells it: {@code F32}, {@code BF16}, {@code I64} ... */
    public String dtype(String name) {
        return holder(name).dtype(name);
    }

    /**
     * Reads an array, in the type it is stored in.
     *
     * @throws CheckpointException if there is none of that name, or its file was cut since it was opened
     */
    public NDArray read(String name, NDManager manager) {
        return holder(name).read(name, manager);
    }

    /**
     * Reads an array of floating point numbers into a given precision.
     *
     * @throws CheckpointException as {@link #read(String, NDManager)}, or if it holds no floating point numbers
     */
    public NDArray read(String name, NDManager manager, Precision precision) {
        return holder(name).read(name, manager, precision);
    }

    private Safetensors holder(String name) {
        Safetensors file = holders.get(name);
        if (file == null) {
            throw fault(name, "an array", "none of that name");
        }
        return file;
    }

    private CheckpointException fault(String key, String expected, String found) {
        return new CheckpointException(folder.toString(), key, expected, found);
    }

    /** Closes the files; arrays that were read stay. */
    @Override
    public void close() {
        files.values().forEach(Safetensors::close);
    }

    @Override
    public String toString() {
        return "Shards[" + folder + ": " + files.size() + " files, " + holders.size() + " arrays]";
    }

    /**
     * Writes the weights of a folder as transformers does: {@code model.safetensors}, or {@code
     * model-00001-of-0000N.safetensors} and an index if they exceed {@code maxBytes}. Weights that lie there already are
     * replaced; a write that is cut leaves the old ones, or a folder that {@link #open} refuses.
     *
     * @param folder exists
     * @param arrays by name, in order
     * @param maxBytes most bytes of arrays in one file, at least 1; a larger array has a file of its own
     * @throws UncheckedIOException if they cannot be written
     */
    public static void write(Path folder, Map<String, NDArray> arrays, long maxBytes) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes must be >= 1, got " + maxBytes);
        }
        new ShardWriter(folder).write(arrays, maxBytes);
    }
}
