package vitune.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The named arrays of a model, in order, with the names that Hugging Face uses.
 *
 * <p>Holds the arrays and closes them; a selection is another view of the same arrays, whenever it was made. An array
 * keeps the precision it came in until it is trained: then an f32 master takes its place (see {@link #train}).
 */
public final class Parameters implements AutoCloseable {
    private final String source;
    private final Map<String, Slot> slots = new LinkedHashMap<>();

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
     * Adds an array under a new name; the same array under two names stays one. An array belongs to one set: where
     * another has it too, only a {@link #select} of the one sees what {@link #train} does.
     *
     * @throws CheckpointException if the name is taken
     */
    public Parameters put(String name, NDArray array) {
        if (has(name)) {
            throw new CheckpointException(source, name, "one array", "a second one, " + array.getShape());
        }
        array.setName(name);
        Slot tied = slots.values().stream()
                .filter(slot -> slot.array() == array)
                .findFirst()
                .orElseGet(() -> new Slot(array));
        slots.put(name, tied);
        return this;
    }

    /**
     * Takes an array out and closes it; selections made before still know it.
     *
     * @throws CheckpointException if there is none
     */
    public void remove(String name) {
        slot(name, "an array").array().close();
        slots.remove(name);
    }

    /** True if there is an array of this name. */
    public boolean has(String name) {
        return slots.containsKey(name);
    }

    /**
     * The array of a name, whatever its shape.
     *
     * @throws CheckpointException if there is none
     */
    public NDArray require(String name) {
        return slot(name, "an array").array();
    }

    /**
     * The array of a name and shape.
     *
     * @param shape the lengths expected, -1 where any will do
     * @throws CheckpointException if there is none, or its shape differs
     */
    public NDArray require(String name, long... shape) {
        NDArray array = slot(name, new Shape(shape).toString()).array();
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

    private Slot slot(String name, String expected) {
        Slot slot = slots.get(name);
        if (slot == null) {
            throw new CheckpointException(source, name, expected, "none of that name" + nearest(name));
        }
        return slot;
    }

    /** A name with the same last two words, if there is one: prefixes are what exports disagree about. */
    private String nearest(String name) {
        int cut = name.lastIndexOf('.', name.lastIndexOf('.') - 1);
        String end = name.substring(cut + 1);
        return slots.keySet().stream()
                .filter(other -> other.endsWith(end))
                .findFirst()
                .map(other -> " (but " + other + ")")
                .orElse("");
    }

    /** The arrays by name, in order; not to be changed, and always those of now. */
    public Map<String, NDArray> asMap() {
        return Slot.arrays(slots);
    }

    /** The arrays of now, in order. */
    public List<NDArray> arrays() {
        return slots.values().stream().map(Slot::array).toList();
    }

    /** Those whose name passes, as another view of the same arrays: it sees masters that are made later. */
    public Parameters select(Predicate<String> names) {
        Parameters selection = new Parameters(source);
        slots.forEach((name, slot) -> {
            if (names.test(name)) {
                selection.slots.put(name, slot);
            }
        });
        return selection;
    }

    /** Those that are trained. */
    public Parameters trained() {
        return select(name -> require(name).hasGradient());
    }

    /**
     * Trains exactly the arrays whose name passes; the others are frozen.
     *
     * <p>What is trained is f32: an array of another precision is replaced under its names by an f32 master, in every
     * view, and closed. A frozen array keeps its bytes; a master that is frozen again stays f32, and its gradient is freed.
     *
     * @throws CheckpointException if an array to be trained holds no floating point numbers
     */
    public void train(Predicate<String> names) {
        Set<Slot> trained = new LinkedHashSet<>();
        slots.forEach((name, slot) -> {
            if (names.test(name)) {
                StoredType type = SafetensorsHeader.type(slot.array());
                if (!type.floating()) {
                    throw new CheckpointException(source, name, "floating point numbers to train", type.name());
                }
                trained.add(slot);
            }
        });
        trained.forEach(Slot::master); // one after the other: the stored array goes before the next master comes
        slots.values().forEach(slot -> Gradients.gather(slot.array(), trained.contains(slot)));
    }

    /** Says where an array can be read again, to the bit, in the precision it came in: what {@link #round} needs. */
    public void source(String name, Function<NDManager, NDArray> place) {
        slot(name, "an array").source(place);
    }

    /**
     * Keeps the arrays whose name passes in a lower precision from now on. Nothing is lost: {@link #originals} and
     * {@link #train} read again what was rounded. What was trained, or cannot be read again, stays as it is.
     */
    public void round(Predicate<String> names, Precision precision) {
        slots.forEach((name, slot) -> {
            if (names.test(name)) slot.round(precision);
        });
    }

    /** The arrays by name as they came or were trained; those that were rounded are read again, for {@code manager}. */
    public Map<String, NDArray> originals(NDManager manager) {
        Map<String, NDArray> originals = new LinkedHashMap<>();
        slots.forEach((name, slot) -> originals.put(name, slot.original(manager)));
        return originals;
    }

    /** The precision in which an array came, whatever it is trained in now: what to save it in. */
    public Precision stored(String name) {
        return slot(name, "an array").stored();
    }

    /** The number of arrays. */
    public int size() {
        return slots.size();
    }

    /** How many numbers the arrays hold in all. */
    public long count() {
        return arrays().stream().mapToLong(NDArray::size).sum();
    }

    /** SHA-256 of the bytes of one array, in hexadecimal: equal exactly if no bit changed. */
    public String hash(String name) {
        return Fingerprint.of(require(name));
    }

    /** SHA-256 of all names, shapes and bytes, in order, in hexadecimal. */
    public String hash() {
        return Fingerprint.of(asMap());
    }

    /**
     * CRC-32C of all names, shapes and bytes, in order: tells accidents, not attacks, at the speed of the memory (about
     * 30 GB a second where {@link #hash} makes 1.7).
     */
    public long checksum() {
        return checksum(asMap());
    }

    /** {@link #checksum()} of arrays by name. */
    public static long checksum(Map<String, NDArray> arrays) {
        return Fingerprint.checksum(arrays);
    }

    /** Closes the arrays. */
    @Override
    public void close() {
        arrays().forEach(NDArray::close);
    }

    @Override
    public String toString() {
        return "Parameters[%s: %d arrays, %,d numbers, %,d trained]"
                .formatted(source, size(), count(), trained().count());
    }
}
