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
import org.jspecify.annotations.Nullable;

/**
 * A file of named arrays in the safetensors format.
 *
 * <p>A file of 64 MiB or more is mapped into memory: its arrays are its own pages, read where they are first used, and
 * copied page by page where training writes to them; the file never changes. Do not cut or overwrite such a file in
 * place while a model uses it: that ends the JVM, as it ends any process that maps it. Replacing it, as {@link #write}
 * does, is safe. Smaller files are read at once; so is every file on Windows, which cannot replace a mapped one.
 *
 * <p>Source: the format of <a href="https://github.com/huggingface/safetensors">huggingface/safetensors</a>: eight
 * bytes of length, a JSON header, the numbers.
 */
public final class Safetensors implements AutoCloseable {
    private static final long MAPPED_FROM = 64L << 20; // bytes

    private final Path file;
    private final FileChannel channel;
    private final SafetensorsHeader header;
    private final @Nullable FileMap map; // null where the file is read

    private Safetensors(Path file, FileChannel channel, SafetensorsHeader header, @Nullable FileMap map) {
        this.file = file;
        this.channel = channel;
        this.header = header;
        this.map = map;
    }

    /**
     * Opens a file and checks its whole header.
     *
     * @throws CheckpointException if the file is not what the format demands
     * @throws UncheckedIOException if it cannot be read
     */
    public static Safetensors open(Path file) {
        return open(file, MAPPED_FROM);
    }

    static Safetensors open(Path file, long mappedFrom) {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new CheckpointException(file.toString(), "file", "a regular file", "something else");
        }
        try {
            FileChannel channel = FileChannel.open(file);
            try {
                SafetensorsHeader header = SafetensorsHeader.read(file, channel);
                long bytes = channel.size();
                FileMap map = bytes >= mappedFrom ? FileMap.of(file, bytes) : null;
                return new Safetensors(file, channel, header, map);
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
     * An array, in the type it is stored in; it outlives this file's {@link #close}.
     *
     * @throws CheckpointException if there is none of that name, or the file was cut since it was opened
     */
    public NDArray read(String name, NDManager manager) {
        SafetensorsHeader.Entry entry = entry(name);
        try {
            NDArray array = placed(stored(name, entry, manager));
            array.setName(name);
            return array;
        } catch (EOFException e) {
            String end = (header.dataStart() + entry.end()) + " bytes, as when opened";
            throw new CheckpointException(file.toString(), name, "a file of at least " + end, e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + name + " in " + file, e);
        }
    }

    /** The array on the CPU, over the map where that reaches it, else read. */
    private NDArray stored(String name, SafetensorsHeader.Entry entry, NDManager manager) throws IOException {
        long start = header.dataStart() + entry.begin();
        long end = header.dataStart() + entry.end();
        if (channel.size() < end) {
            throw new EOFException(channel.size() + " bytes");
        }
        NDArray array = map != null && FileMap.reaches(start, entry.type())
                ? map.array(start, entry.shape(), entry.type(), manager)
                : read(name, entry, start, manager);
        try {
            if (entry.type() == StoredType.BOOL) {
                RawMemory.each(array, bytes -> requireBooleans(name, bytes));
            }
            return array;
        } catch (IOException | RuntimeException e) {
            array.close();
            throw e;
        }
    }

    private NDArray read(String name, SafetensorsHeader.Entry entry, long start, NDManager manager) throws IOException {
        NDArray array = room(name, manager, entry);
        try {
            RawMemory.fill(array, entry.type().bytes(), channel, start);
            return array;
        } catch (IOException | RuntimeException e) {
            array.close();
            throw e;
        }
    }

    private NDArray room(String name, NDManager manager, SafetensorsHeader.Entry entry) {
        try {
            return RawMemory.room(manager, entry.shape(), entry.type().code());
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
            if (map != null) {
                map.close();
            }
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
