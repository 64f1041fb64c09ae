package vitune.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A file of named arrays in the safetensors format, memory-mapped.
 *
 * <p>Source: the format of <a href="https://github.com/huggingface/safetensors">huggingface/safetensors</a>: eight
 * bytes of length, a JSON header, the numbers. <em>Differs:</em> one array holds less than 2 GiB.
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
        try {
            FileChannel channel = FileChannel.open(file);
            try {
                return new Safetensors(file, channel, SafetensorsHeader.read(file, channel));
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
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
     * @throws CheckpointException if there is none of that name, or it holds 2 GiB or more
     */
    public NDArray read(String name, NDManager manager) {
        SafetensorsHeader.Entry entry = entry(name);
        if (entry.bytes() > Integer.MAX_VALUE) {
            throw new CheckpointException(file.toString(), name, "less than 2 GiB", entry.bytes() + " bytes");
        }
        Engines.start();
        try (NDArray bytes = map(entry, manager)) {
            NDArray array = Kernels.ofBytes(bytes, entry.type().code(), entry.shape()); // copies out of the file
            array.setName(name);
            return array;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + name + " in " + file, e);
        }
    }

    private NDArray map(SafetensorsHeader.Entry entry, NDManager manager) throws IOException {
        if (entry.bytes() == 0) {
            return manager.create(new Shape(0), DataType.UINT8);
        }
        ByteBuffer buffer = channel.map(MapMode.READ_ONLY, header.dataStart() + entry.begin(), entry.bytes());
        return manager.create(buffer, new Shape(entry.bytes()), DataType.UINT8);
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
        Path part = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".part");
        try {
            try (FileChannel out = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                writeFully(out, header.encode());
                for (String name : header.storedOrder()) {
                    try (NDArray bytes = Kernels.bytes(arrays.get(name))) {
                        writeFully(out, bytes.toByteBuffer(true));
                    }
                }
                out.force(true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        } finally {
            discard(part);
        }
    }

    private static void writeFully(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    private static void discard(Path part) {
        try {
            Files.deleteIfExists(part); // gone already if all went well
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + part, e);
        }
    }
}
