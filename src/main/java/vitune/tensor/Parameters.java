package vitune.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The named arrays of a model, in order, with the names that Hugging Face uses.
 *
 * <p>Holds the arrays and closes them; a selection is another view of the same arrays.
 */
public final class Parameters implements AutoCloseable {
    private final String source;
    private final Map<String, NDArray> arrays = new LinkedHashMap<>();

    /**
     * An empty set.
     *
     * @param source what to call it in messages: a file, a part of the model
     */
    public Parameters(String source) {
        this.source = source;
    }

    /** All arrays of a safetensors file, in the precision they are stored in. */
    public static Parameters read(Path file, NDManager manager) {
        try (Safetensors stored = Safetensors.open(file)) {
            Parameters parameters = new Parameters(file.toString());
            stored.names().forEach(name -> parameters.put(name, stored.read(name, manager)));
            return parameters;
        }
    }

    /**
     * Adds an array under a new name.
     *
     * @throws CheckpointException if the name is taken
     */
    public Parameters put(String name, NDArray array) {
        if (arrays.containsKey(name)) {
            throw new CheckpointException(source, name, "one array", "a second one, " + array.getShape());
        }
        array.setName(name);
        arrays.put(name, array);
        return this;
    }

    /** True if there is an array of this name. */
    public boolean has(String name) {
        return arrays.containsKey(name);
    }

    /**
     * The array of a name, whatever its shape.
     *
     * @throws CheckpointException if there is none
     */
    public NDArray require(String name) {
        NDArray array = arrays.get(name);
        if (array == null) {
            throw new CheckpointException(source, name, "an array", "none of that name" + nearest(name));
        }
        return array;
    }

    /**
     * The array of a name and shape.
     *
     * @param shape the lengths expected, -1 where any will do
     * @throws CheckpointException if there is none, or its shape differs
     */
    public NDArray require(String name, long... shape) {
        NDArray array = arrays.get(name);
        if (array == null) {
            String found = "none of that name" + nearest(name);
            throw new CheckpointException(source, name, new Shape(shape).toString(), found);
        }
        long[] found = array.getShape().getShape();
        boolean fits = found.length == shape.length;
        for (int i = 0; fits && i < shape.length; i++) {
            fits = shape[i] == -1 || shape[i] == found[i];
        }
        if (!fits) {
            throw new CheckpointException(
                    source, name, new Shape(shape).toString(), array.getShape().toString());
        }
        return array;
    }

    /** A name with the same last two words, if there is one: prefixes are what exports disagree about. */
    private String nearest(String name) {
        int cut = name.lastIndexOf('.', name.lastIndexOf('.') - 1);
        String end = name.substring(cut + 1);
        return arrays.keySet().stream()
                .filter(other -> other.endsWith(end))
                .findFirst()
                .map(other -> " (but " + other + ")")
                .orElse("");
    }

    /** The arrays by name, in order; not to be changed. */
    public Map<String, NDArray> asMap() {
        return Collections.unmodifiableMap(arrays);
    }

    /** The arrays, in order. */
    public List<NDArray> arrays() {
        return List.copyOf(arrays.values());
    }

    /** Those whose name passes, as another view of the same arrays. */
    public Parameters select(Predicate<String> names) {
        Parameters selection = new Parameters(source);
        arrays.forEach((name, array) -> {
            if (names.test(name)) {
                selection.arrays.put(name, array);
            }
        });
        return selection;
    }

    /** Those that are trained. */
    public Parameters trained() {
        return select(name -> require(name).hasGradient());
    }

    /** Trains exactly the arrays whose name passes; the others are frozen. */
    public void train(Predicate<String> names) {
        arrays.forEach((name, array) -> array.setRequiresGradient(names.test(name)));
    }

    /** The number of arrays. */
    public int size() {
        return arrays.size();
    }

    /** How many numbers the arrays hold in all. */
    public long count() {
        return arrays.values().stream().mapToLong(NDArray::size).sum();
    }

    /** SHA-256 of the bytes of one array, in hexadecimal: equal exactly if no bit changed. */
    public String hash(String name) {
        MessageDigest digest = sha256();
        update(digest, name);
        return HexFormat.of().formatHex(digest.digest());
    }

    /** SHA-256 of all names, shapes and bytes, in order, in hexadecimal. */
    public String hash() {
        MessageDigest digest = sha256();
        arrays.forEach((name, array) -> {
            digest.update((name + array.getShape()).getBytes(StandardCharsets.UTF_8));
            update(digest, name);
        });
        return HexFormat.of().formatHex(digest.digest());
    }

    private void update(MessageDigest digest, String name) {
        try (NDArray bytes = Kernels.bytes(require(name))) {
            digest.update(bytes.toByteBuffer(true));
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Closes the arrays. */
    @Override
    public void close() {
        arrays.values().forEach(NDArray::close);
    }

    @Override
    public String toString() {
        return "Parameters[%s: %d arrays, %,d numbers, %,d trained]"
                .formatted(source, size(), count(), trained().count());
    }
}
