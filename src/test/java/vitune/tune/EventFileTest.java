package vitune.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file as a reader of its own takes it apart; TensorBoard 2.21 reads the same numbers from it. */
class EventFileTest {
    @TempDir
    Path folder;

    /** CRC-32C bit by bit, reflected polynomial 0x82f63b78. */
    private static int crc(byte[] bytes) {
        int crc = -1;
        for (byte b : bytes) {
            crc ^= b & 0xff;
            for (int i = 0; i < 8; i++) {
                crc = (crc & 1) != 0 ? crc >>> 1 ^ 0x82f63b78 : crc >>> 1;
            }
        }
        return ~crc;
    }

    private static int masked(byte[] bytes) {
        int crc = crc(bytes);
        return (crc >>> 15 | crc << 17) + 0xa282ead8;
    }

    private static List<ByteBuffer> records(Path file) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<ByteBuffer> records = new ArrayList<>();
        while (in.hasRemaining()) {
            byte[] length = new byte[8];
            in.get(length);
            assertEquals(masked(length), in.getInt());
            byte[] bytes = new byte
                    [(int) ByteBuffer.wrap(length)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getLong()];
            in.get(bytes);
            assertEquals(masked(bytes), in.getInt());
            records.add(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
        }
        return records;
    }

    private static String hex(ByteBuffer record, int from) {
        StringBuilder hex = new StringBuilder();
        for (int i = from; i < record.limit(); i++) {
            hex.append(String.format("%02x", record.get(i)));
        }
        return hex.toString();
    }

    @Test
    void recordsAreFramedAndHoldTheNumbers() throws IOException {
        assertEquals(0xe3069283, crc("123456789".getBytes(StandardCharsets.US_ASCII)), "RFC 3720, B.4");
        try (EventFile file = new EventFile(folder, 300)) {
            file.add(300, Map.of("loss", 1.5));
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<ByteBuffer> records = records(files.findFirst().orElseThrow());
            assertEquals(3, records.size());
            records.forEach(record -> {
                assertEquals(9, record.get(0), "wall_time comes first: field 1, eight bytes");
                assertEquals(System.currentTimeMillis() / 1e3, record.getDouble(1), 60);
            });
            // field 3, 13 bytes: brain.Event:2
            assertEquals("1a0d" + "627261696e2e4576656e743a32", hex(records.get(0), 9));
            // step 300 as a varint; session_log { status: START }
            assertEquals("10ac02" + "3a020801", hex(records.get(1), 9));
            // step 300; summary { value { tag: "loss" simple_value: 1.5 } }
            assertEquals("10ac02" + "2a0d" + "0a0b" + "0a046c6f7373" + "150000c03f", hex(records.get(2), 9));
        }
    }

    @Test
    void twoProcessesWriteTwoFiles() throws IOException {
        new EventFile(folder, 1).close();
        new EventFile(folder, 7).close();
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(2, files.count());
        }
    }
}
