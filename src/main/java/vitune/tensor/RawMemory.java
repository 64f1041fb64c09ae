package vitune.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/**
 * The memory of arrays on the CPU, part by part: a buffer of Java ends below 2 GiB, an array need not. Nothing is
 * copied: a file is read into the array's own memory and written out of it.
 */
final class RawMemory {
    private static final long PART = 1 << 24; // numbers

    private RawMemory() {}

    /** Room on the CPU for an array of PyTorch type {@code code}; what is in it is not defined. */
    static NDArray room(NDManager manager, Shape shape, long code) {
        return KernelModule.get().tensor((PtNDManager) manager, "room", shape.getShape(), code);
    }

    /** The first numbers of a file as {@code [count]} of PyTorch type {@code code}, mapped; see {@link FileMap}. */
    static NDArray mapped(NDManager manager, Path file, long count, long code) {
        return KernelModule.get().tensor((PtNDManager) manager, "mapped", file.toString(), count, code);
    }

    /** Some numbers of {@code [n]} in a shape, on the same memory, which they keep. */
    static NDArray window(NDManager manager, NDArray flat, long start, Shape shape) {
        return KernelModule.get().tensor((PtNDManager) manager, "window", flat, start, shape.size(), shape.getShape());
    }

    /** An array as {@code [n]}: its very memory if that is contiguous; no graph. */
    private static NDArray flat(NDArray x) {
        return Kernels.call(x, "flat", x);
    }

    /** Some numbers of {@code [n]}, on the CPU: the very memory if it is there; no graph. */
    private static NDArray part(NDArray flat, long from, long count) {
        return Kernels.call(flat, "part", flat, from, count);
    }

    /** What is done with one part of an array. */
    interface Use {
        void part(ByteBuffer bytes) throws IOException;
    }

    /** Shows the bytes of any array in order, little-endian; the buffers are its very memory if that is contiguous. */
    static void each(NDArray array, Use use) throws IOException {
        try (NDArray flat = flat(array)) {
            long size = flat.size();
            for (long from = 0; from < size; from += PART) {
                try (NDArray part = part(flat, from, Math.min(PART, size - from))) {
                    use.part(part.toByteBuffer(true));
                }
            }
        }
    }

    /** Writes the bytes of any array. */
    static void write(WritableByteChannel out, NDArray array) throws IOException {
        each(array, part -> writeFully(out, part));
    }

    static void writeFully(WritableByteChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    /**
     * Fills an array with the bytes of a file.
     *
     * @param array contiguous, on the CPU
     * @param width bytes of one number
     * @throws EOFException if the file ends before
     */
    static void fill(NDArray array, int width, FileChannel file, long position) throws IOException {
        try (NDArray flat = flat(array)) {
            long size = flat.size();
            for (long from = 0; from < size; from += PART) {
                try (NDArray part = part(flat, from, Math.min(PART, size - from))) {
                    readFully(file, position + from * width, part.toByteBuffer(true));
                }
            }
        }
    }

    /**
     * Some bytes of a file on Java's heap, little-endian.
     *
     * @throws EOFException if the file ends before
     */
    static ByteBuffer read(FileChannel file, long position, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        readFully(file, position, buffer);
        return buffer.flip();
    }

    private static void readFully(FileChannel file, long position, ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            if (file.read(into, position + into.position()) < 0) {
                throw new EOFException((position + into.position()) + " bytes");
            }
        }
    }
}
