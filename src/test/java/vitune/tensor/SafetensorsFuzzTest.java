package vitune.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitune.Mutations;

/** Thousands of damaged files: each is refused by name, or read to the very numbers that are in it. */
class SafetensorsFuzzTest {
    private static final int FILES = 12_000;
    private static final List<String> HEADERS = List.of(
            "{'__metadata__':{'format':'pt'},'w':{'dtype':'F32','shape':[2,3],'data_offsets':[0,24]},"
                    + "'b':{'dtype':'BF16','shape':[2,2],'data_offsets':[24,32]},"
                    + "'h':{'dtype':'F16','shape':[4],'data_offsets':[32,40]}}",
            "{'i':{'dtype':'I64','shape':[2],'data_offsets':[0,16]},'d':{'dtype':'F64','shape':[],'data_offsets':[16,24]},"
                    + "'n':{'dtype':'I32','shape':[1,2,1],'data_offsets':[24,32]},"
                    + "'t':{'dtype':'U8','shape':[5],'data_offsets':[32,37]},"
                    + "'s':{'dtype':'I8','shape':[3],'data_offsets':[37,40]}}",
            "{'none':{'dtype':'F32','shape':[0,4],'data_offsets':[0,0]},"
                    + "'yes':{'dtype':'BOOL','shape':[40],'data_offsets':[0,40]}}",
            "{'language_model.größe':{'dtype':'F32','shape':[10],'data_offsets':[0,40]}}      ",
            "{'x':{'dtype':'F16','shape':[20],'data_offsets':[0,40]},'__metadata__':{}}");

    @TempDir
    private Path folder;

    private final Random random = new Random(20);
    private final Mutations mutations = new Mutations(random);

    private byte[] data() {
        byte[] data = new byte[40];
        for (int i = 0; i < data.length; i++) data[i] = (byte) random.nextInt(2);
        if (random.nextInt(4) == 0) random.nextBytes(data);
        return data;
    }

    private static byte[] file(String header, byte[] data) {
        return file(header.getBytes(StandardCharsets.UTF_8), data);
    }

    private static byte[] file(byte[] text, byte[] data) {
        return ByteBuffer.allocate(8 + text.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .put(data)
                .array();
    }

    /** A header edited as JSON, or the bytes of the header, of its length, or of the whole file; sometimes twice. */
    private byte[] damaged() {
        String header = HEADERS.get(random.nextInt(HEADERS.size())).replace('\'', '"');
        byte[] data = data();
        byte[] file = switch (random.nextInt(7)) {
            case 0, 1, 2 -> file(mutations.json(header), data);
            case 3 -> file(mutations.bytes(header.getBytes(StandardCharsets.UTF_8)), data);
            case 4 -> {
                byte[] lying = file(header, data);
                lying[random.nextInt(8)] = (byte) random.nextInt();
                yield lying;
            }
            case 5 -> file(harmless(header), data);
            default -> mutations.bytes(file(header, data));
        };
        return random.nextInt(10) == 0 ? mutations.bytes(file) : file;
    }

    /** Another header for the same bytes that may well be as good. */
    private String harmless(String header) {
        List<String> edits = List.of(
                "[2,3]=[3,2]",
                "[2,3]=[6]",
                "[2,3]=[1,6,1]",
                "[10]=[2,5]",
                "[10]=[5,2]",
                "[20]=[4,5]",
                "F32=I32",
                "BF16=F16",
                "F16=BF16",
                "I64=F64",
                "F64=I64",
                "I8=U8",
                "U8=I8",
                "BOOL=U8",
                "\"w\"=\"\\u00e9\"",
                ":= :");
        String edited = header;
        for (int i = 0; i < 3; i++) {
            String[] edit = edits.get(random.nextInt(edits.size())).split("=");
            edited = edited.replace(edit[0], edit[1]);
        }
        return edited + " ".repeat(random.nextInt(9));
    }

    @Test
    void eachIsReadRightOrRefusedByName() throws IOException {
        int read = 0;
        int refused = 0;
        Path path = folder.resolve("damaged.safetensors");
        for (int i = 0; i < FILES; i++) {
            byte[] bytes = i < HEADERS.size() ? file(HEADERS.get(i).replace('\'', '"'), new byte[40]) : damaged();
            Files.deleteIfExists(path); // a fresh file: some file systems flush one that is written over
            Files.write(path, bytes);
            try (NDManager manager = Fixture.manager();
                    Safetensors file = Safetensors.open(path, random.nextBoolean() ? 0 : Long.MAX_VALUE)) {
                Map<String, NDArray> arrays = new LinkedHashMap<>();
                file.names().forEach(name -> arrays.put(name, file.read(name, manager)));
                compare(SlowReader.read(bytes), arrays, file, "file " + i);
                read++;
            } catch (CheckpointException | UncheckedIOException refusal) {
                assertTrue(refusal.getMessage().contains("damaged.safetensors"), refusal.getMessage());
                assertTrue(i >= HEADERS.size(), refusal.getMessage());
                refused++;
            } catch (RuntimeException | Error crash) {
                fail("file " + i + ": " + new String(bytes, StandardCharsets.ISO_8859_1), crash);
            }
        }
        System.out.println("safetensors: " + read + " damaged files read, " + refused + " refused");
        assertTrue(read > FILES / 20 && refused > FILES / 2, "damage that is neither too small nor too large");
    }

    private static void compare(
            Map<String, SlowReader.Stored> expected, Map<String, NDArray> found, Safetensors file, String what) {
        assertEquals(expected.keySet(), found.keySet(), what);
        expected.forEach((name, stored) -> {
            NDArray array = found.get(name);
            assertEquals(stored.dtype(), file.dtype(name), what);
            assertArrayEquals(stored.shape(), array.getShape().getShape(), what);
            double[] numbers = stored.dtype().startsWith("F") || stored.dtype().startsWith("BF")
                    ? doubles(array, stored.dtype())
                    : whole(array, stored.dtype());
            assertArrayEquals(stored.numbers(), numbers, what);
        });
    }

    private static double[] doubles(NDArray array, String dtype) {
        if (dtype.equals("F64")) return array.toDoubleArray();
        float[] floats = Kernels.floats(array);
        double[] numbers = new double[floats.length];
        for (int i = 0; i < floats.length; i++) numbers[i] = floats[i];
        return numbers;
    }

    private static double[] whole(NDArray array, String dtype) {
        Number[] numbers = array.toArray();
        double[] doubles = new double[numbers.length];
        for (int i = 0; i < doubles.length; i++) {
            doubles[i] = dtype.equals("U8") ? numbers[i].intValue() & 255 : numbers[i].doubleValue();
        }
        return doubles;
    }
}
