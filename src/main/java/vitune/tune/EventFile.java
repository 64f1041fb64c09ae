package vitune.tune;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Numbers by step, in the file that TensorBoard reads while it grows. One process writes one file; a later one in the
 * same folder starts another, which says from which step on it replaces the earlier.
 *
 * <p>Source: records framed as TFRecord ({@code tensorflow/core/lib/io/record_writer}): length, masked CRC-32C of the
 * length, bytes, masked CRC-32C of the bytes. The bytes are an {@code Event} of {@code tensorflow/core/util/event.proto}:
 * wall_time 1, step 2, file_version 3, summary 5 (value 1: tag 1, simple_value 2), session_log 7 (status 1: START is 1).
 */
final class EventFile implements AutoCloseable {
    private final FileChannel out;

    /**
     * Begins a file.
     *
     * @param folder exists
     * @param step the first one that will be written, counted from 1
     */
    EventFile(Path folder, int step) throws IOException {
        double now = System.currentTimeMillis() / 1e3;
        Path file = folder.resolve("events.out.tfevents." + (long) now + ".vitune");
        for (int again = 1; Files.exists(file); again++) {
            file = folder.resolve("events.out.tfevents." + (long) now + ".vitune." + again);
        }
        out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            write(new Message().real(1, now).text(3, "brain.Event:2"));
            write(new Message().real(1, now).number(2, step).message(7, new Message().number(1, 1)));
        } catch (IOException e) {
            out.close();
            throw e;
        }
    }

    /** Writes the numbers of one step, by tag. */
    void add(int step, Map<String, Double> scalars) throws IOException {
        Message summary = new Message();
        scalars.forEach(
                (tag, value) -> summary.message(1, new Message().text(1, tag).single(2, value.floatValue())));
        write(new Message()
                .real(1, System.currentTimeMillis() / 1e3)
                .number(2, step)
                .message(5, summary));
    }

    private void write(Message event) throws IOException {
        byte[] bytes = event.bytes.toByteArray();
        ByteBuffer record = buffer(bytes.length + 16).putLong(bytes.length);
        record.putInt(masked(record.array(), 8)).put(bytes).putInt(masked(bytes, bytes.length));
        for (record.flip(); record.hasRemaining(); ) {
            out.write(record);
        }
    }

    private static int masked(byte[] bytes, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        return Integer.rotateRight((int) checksum.getValue(), 15) + 0xa282ead8;
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    /** A protobuf message: each field is its number and wire type, then the value. */
    private static final class Message {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Message number(int field, long value) {
            return tag(field, 0).varint(value);
        }

        Message real(int field, double value) {
            tag(field, 1).bytes.writeBytes(buffer(8).putDouble(value).array());
            return this;
        }

        Message single(int field, float value) {
            tag(field, 5).bytes.writeBytes(buffer(4).putFloat(value).array());
            return this;
        }

        Message text(int field, String value) {
            return block(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return block(field, value.bytes.toByteArray());
        }

        private Message block(int field, byte[] value) {
            tag(field, 2).varint(value.length).bytes.writeBytes(value);
            return this;
        }

        private Message tag(int field, int wire) {
            return varint((long) field << 3 | wire);
        }

        private Message varint(long value) {
            long rest = value;
            for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
                bytes.write((int) (rest & 0x7f | 0x80));
            }
            bytes.write((int) rest);
            return this;
        }
    }
}
