package vitune.tensor;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A file of named arrays in the safetensors format. An array is read once, into the memory that it keeps.
 *
 * <p>Source: the format of <a href="https://github.com/huggingface/safetensors">huggingface/safetensors</a>: eight
 * bytes of length, a JSON header, the numbers. <em>Differs:</em> nothing is memory-mapped, since a mapped file that is
 * cut ends the JVM, and Windows cannot replace it.
 */
public final class Safetensors implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final SafetensorsHeader header;

    private Safetensors(Path file, FileChannel channel, SafetensorsHeader header) {
        this.file = file;
        this.channel = channel;
        this.header = header;
    }

    /**
     * Opens a file and checks its whole header.
     *
     * @throws CheckpointException if the file is not what the format demands
     * @throws UncheckedIOException if it cannot be read
     */
    public static Safetensors open(Path file) {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new CheckpointException(file.toString(), "file", "a regular file", "something else");
        }
        try {
            FileChannel channel = FileChannel.open(file);
            try {
                return new Safetensors(file, channel, SafetensorsHeader.read(file, channel));
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (EOFException e) {
            throw new CheckpointException(file.toString(), "file", "the size it had when opened", e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /** The names of the arrays, in the order of the header. */
    public List<String> names() {
        return List.copyOf(header.entries().keySet());
    }

    /** True if there is an array of this name. */
    public boolean has(String name) {
        return header.entries().containsKey(name);
    }

    /** The shape of an array. */
    public Shape shape(String name) {
        return entry(name).shape();
    }

    /** The type of an array as the format spells it: {@code F32}, {@code BF16}, {@code I64} ... */
    public String dtype(String name) {
        return entry(name).type().name();
    }

    /** The free-form notes of the file, possibly empty. */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /**
     * Reads an array, in the type it is stored in.
     *
     * @throws CheckpointException if there is none of that name, or the file was cut since it was opened
     */
    public NDArray read(String name, NDManager manager) {
        SafetensorsHeader.Entry entry = entry(name);
        NDArray array = room(name, manager, entry);
        try {
            RawMemory.fill(array, entry.type().bytes(), channel, header.dataStart() + entry.begin());
            if (entry.type() == StoredType.BOOL) {
                RawMemory.each(array, bytes -> requireBooleans(name, bytes));
            }
            NDArray placed = placed(array);
            placed.setName(name);
            return placed;
        } catch (EOFException e) {
            array.close();
            String end = (header.dataStart() + entry.end()) + " bytes, as when opened";
            throw new CheckpointException(file.toString(), name, "a file of at least " + end, e.getMessage());
        } catch (IOException e) {
            array.close();
            throw new UncheckedIOException("cannot read " + name + " in " + file, e);
        } catch (RuntimeException e) {
            array.close();
            throw e;
        }
    }

    private NDArray room(String name, NDManager manager, SafetensorsHeader.Entry entry) {
        try {
            return Kernels.room(manager, entry.shape(), entry.type().code());
        } catch (EngineException e) {
            throw new CheckpointException(
                    file.toString(), name, entry.bytes() + " bytes of free memory", String.valueOf(e.getMessage()));
        }
    }

    /** Any other byte makes PyTorch compute nonsense. */
    private void requireBooleans(String name, ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            byte found = bytes.get();
            if (found != 0 && found != 1) {
                throw new CheckpointException(file.toString(), name, "booleans, 0 or 1", Integer.toString(found));
            }
        }
    }

    /** The array itself, or a copy where the manager's device has memory of its own. */
    private static NDArray placed(NDArray array) {
        NDManager manager = array.getManager();
        if (manager.getDevice().equals(array.getDevice())) {
            return array;
        }
        try (array;
                NDArray there = manager.create(new Shape(0))) {
            return Kernels.near(array, there);
        }
    }

    /**
     * Reads an array of floating point numbers into a given precision.
     *
     * @throws CheckpointException as {@link #read(String, NDManager)}, or if it holds no floating point numbers
     */
    public NDArray read(String name, NDManager manager, Precision precision) {
        StoredType type = entry(name).type();
        if (!type.floating()) {
            throw new CheckpointException(file.toString(), name, "floating point numbers", type.name());
        }
        NDArray stored = read(name, manager);
        if (type.code() == precision.code()) {
            return stored;
        }
        try (stored) {
            NDArray array = Kernels.cast(stored, precision);
            array.setName(name);
            return array;
        }
    }

    private SafetensorsHeader.Entry entry(String name) {
        SafetensorsHeader.Entry entry = header.entries().get(name);
        if (entry == null) {
            throw new CheckpointException(file.toString(), name, "an array", "none of that name");
        }
        return entry;
    }

    /** Closes the file; arrays that were read stay. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close " + file, e);
        }
    }

    @Override
    public String toString() {
        return "Safetensors[" + file.getFileName() + ": " + header.entries().size() + " arrays]";
    }

    /**
     * Writes a file, all or nothing: an older file of that name stays until the new one is complete on the disk.
     *
     * @param file in a folder that exists
     * @param arrays by name, in the order the header shall have
     * @param metadata free-form notes
     * @throws UncheckedIOException if it cannot be written; the older file is then untouched
     */
    public static void write(Path file, Map<String, NDArray> arrays, Map<String, String> metadata) {
        SafetensorsHeader header = SafetensorsHeader.of(arrays, metadata);
        WholeFile.write(file, out -> {
            RawMemory.writeFully(out, header.encode());
            for (String name : header.storedOrder()) {
                RawMemory.write(out, arrays.get(name));
            }
        });
    }
}
