package vitune.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
    private final NDManager m = Fixture.manager();

    @TempDir
    private Path folder;

    @AfterEach
    void closeManager() {
        m.close();
    }

    // ---------------------------------------------------------------- reading

    @Test
    void readsWhatPythonWrote() {
        try (Safetensors file = Safetensors.open(Fixture.resource("types.safetensors"))) {
            assertEquals(Map.of("format", "pt", "note", "größer → 2"), file.metadata());
            for (String name : List.of("f64", "f32", "f16", "bf16")) {
                assertEquals(name.toUpperCase(), file.dtype(name));
                assertEquals(new Shape(2, 2), file.shape(name));
                for (Precision precision : Precision.values()) {
                    NDArray array = file.read(name, m, precision);
                    assertEquals(precision, Precision.of(array));
                    assertEquals(name, array.getName());
                    assertArrayEquals(new float[] {0, 1, -2.5f, 3.140625f}, Kernels.floats(array));
                }
            }
            assertEquals(DataType.FLOAT64, file.read("f64", m).getDataType());
            assertEquals(Precision.BF16, Precision.of(file.read("bf16", m)));
            assertArrayEquals(
                    new long[] {0, 1, 2, 1L << 40}, file.read("i64", m).toLongArray());
            assertArrayEquals(new int[] {0, 1, 2, 100}, file.read("i32", m).toIntArray());
            assertArrayEquals(new byte[] {0, 1, 2, 100}, file.read("i8", m).toByteArray());
            assertArrayEquals(new byte[] {0, 1, 2, 100}, file.read("u8", m).toByteArray());
            assertArrayEquals(
                    new boolean[] {true, false, true}, file.read("bool", m).toBooleanArray());
            assertEquals(7.5f, file.read("scalar", m).getFloat());
            assertEquals(new Shape(), file.shape("scalar"));
            assertEquals(new Shape(0, 3), file.read("empty", m).getShape());
            assertThrows(CheckpointException.class, () -> file.read("i64", m, Precision.F32));
            assertThrows(CheckpointException.class, () -> file.read("nothing", m));
        }
    }

    @Test
    void arraysReadMayBeChangedAndOutliveTheFile() {
        NDArray array;
        try (Safetensors file = Safetensors.open(Fixture.resource("types.safetensors"))) {
            array = file.read("f32", m);
        }
        array.addi(1);
        assertArrayEquals(new float[] {1, 2, -1.5f, 4.140625f}, array.toFloatArray());
    }

    @Test
    void largeArraysAreReadAndWrittenInParts() throws IOException {
        int count = (1 << 25) + 12_345; // two halves, several parts
        byte[] numbers = new byte[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (byte) (i * 0x9E3779B1 >>> 24);
        }
        Path path = folder.resolve("large.safetensors");
        Safetensors.write(
                path, Map.of("x", m.create(ByteBuffer.wrap(numbers), new Shape(count), DataType.UINT8)), Map.of());
        try (Safetensors file = Safetensors.open(path)) {
            assertArrayEquals(numbers, file.read("x", m).toByteArray());
        }
        byte[] all = Files.readAllBytes(path);
        assertEquals(-1, Arrays.mismatch(numbers, Arrays.copyOfRange(all, all.length - count, all.length)));
    }

    /** From this size on a file is mapped: each of these, or none. */
    private static final long ALL = 0;

    private static final long NONE = Long.MAX_VALUE;

    /** Spaces after the header shift the numbers away from the steps of their types. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 4, 8})
    void aMappedFileHoldsWhatAReadOneDoes(int spaces) throws IOException {
        ByteBuffer types = ByteBuffer.wrap(Files.readAllBytes(Fixture.resource("types.safetensors")))
                .order(ByteOrder.LITTLE_ENDIAN);
        int length = (int) types.getLong();
        Path path = folder.resolve("shifted.safetensors");
        try (FileChannel out = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ByteBuffer size = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            RawMemory.writeFully(out, size.putLong(length + spaces).flip());
            RawMemory.writeFully(out, types.slice(8, length));
            RawMemory.writeFully(out, ByteBuffer.wrap(" ".repeat(spaces).getBytes(StandardCharsets.US_ASCII)));
            RawMemory.writeFully(out, types.position(8 + length));
        }
        try (Safetensors read = Safetensors.open(path, NONE);
                Safetensors mapped = Safetensors.open(path, ALL)) {
            for (String name : read.names()) {
                NDArray array = mapped.read(name, m);
                assertEquals(read.shape(name), array.getShape());
                assertEquals(name, array.getName());
                assertEquals(Fingerprint.of(read.read(name, m)), Fingerprint.of(array), name);
            }
        }
    }

    @Test
    void aMappedArrayOutlivesItsFileAndDoesNotWriteToIt() throws IOException {
        Path path = folder.resolve("größe 模型 🎈.safetensors");
        float[] numbers = new float[5000];
        for (int i = 0; i < numbers.length; i++) numbers[i] = i;
        Safetensors.write(path, Map.of("x", m.create(numbers), "y", m.create(numbers)), Map.of());
        byte[] before = Files.readAllBytes(path);
        NDArray x;
        NDArray y;
        try (Safetensors file = Safetensors.open(path, ALL)) {
            x = file.read("x", m);
            y = file.read("y", m);
        }
        InPlace.assign(x, m.zeros(new Shape(5000)));
        assertArrayEquals(new float[5000], x.toFloatArray());
        assertArrayEquals(before, Files.readAllBytes(path));
        NDArray end = y.get("4998:");
        y.close();
        Safetensors.write(path, Map.of("x", m.zeros(new Shape(1))), Map.of()); // replaces the file under the map
        Files.delete(path);
        assertArrayEquals(new float[] {4998, 4999}, end.toFloatArray());
    }

    @ParameterizedTest
    @ValueSource(longs = {ALL, NONE})
    void aFileThatIsCutAfterItWasOpenedIsRefused(long mappedFrom) throws IOException {
        for (int count : new int[] {1000, (1 << 24) + 1000}) {
            Path path = folder.resolve("cut.safetensors");
            Safetensors.write(path, Map.of("x", m.zeros(new Shape(count), DataType.UINT8)), Map.of());
            try (Safetensors file = Safetensors.open(path, mappedFrom);
                    FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                long size = channel.size();
                channel.truncate(size - 1);
                var refusal = assertThrows(CheckpointException.class, () -> file.read("x", m));
                assertEquals(
                        path + ": x: expected a file of at least " + size + " bytes, as when opened, found "
                                + (size - 1) + " bytes",
                        refusal.getMessage());
            }
        }
    }

    @Test
    void aClosedFileReadsNothing() {
        Safetensors file = Safetensors.open(Fixture.resource("types.safetensors"));
        file.close();
        var failure = assertThrows(UncheckedIOException.class, () -> file.read("f32", m));
        assertTrue(failure.getMessage().contains("types.safetensors"), failure.getMessage());
    }

    // ---------------------------------------------------------------- writing

    @Test
    void roundTripBitForBit() {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        arrays.put("z", Kernels.cast(m.randomNormal(new Shape(3, 5)), Precision.BF16));
        arrays.put("flag", m.create(new boolean[] {true, false, true}));
        arrays.put("a", m.randomNormal(new Shape(4, 3)).transpose()); // not contiguous
        arrays.put("half", Kernels.cast(m.randomNormal(new Shape(3)), Precision.F16));
        arrays.put("ids", m.create(new long[] {1, -2}));
        arrays.put("scalar", m.create(2.5f));
        arrays.put("empty", m.zeros(new Shape(2, 0)));
        arrays.get("a").setRequiresGradient(true);
        Path path = folder.resolve("a.safetensors");
        Safetensors.write(path, arrays, Map.of("step", "7"));
        try (Safetensors file = Safetensors.open(path)) {
            assertEquals(List.copyOf(arrays.keySet()), file.names());
            assertEquals(Map.of("step", "7"), file.metadata());
            Parameters before = new Parameters("before");
            Parameters after = new Parameters("after");
            arrays.forEach(before::put);
            file.names().forEach(name -> after.put(name, file.read(name, m)));
            assertEquals(before.hash(), after.hash());
        }
    }

    @Test
    void aFailedWriteLeavesTheOldFileAndNoRest() throws IOException {
        Path path = folder.resolve("a.safetensors");
        Safetensors.write(path, Map.of("x", m.ones(new Shape(2))), Map.of());
        byte[] old = Files.readAllBytes(path);
        NDArray good = m.ones(new Shape(3));
        NDArray closing = m.ones(new Shape(2));
        Map<String, NDArray> failing = new LinkedHashMap<>(Map.of("good", good, "closing", closing)) {
            @Override
            public NDArray get(Object name) { // the array goes away while the file is being written
                if (name.equals("closing") && Files.exists(path) && partFiles() == 1) {
                    closing.close();
                }
                return super.get(name);
            }
        };
        assertThrows(IllegalStateException.class, () -> Safetensors.write(path, failing, Map.of()));
        assertArrayEquals(old, Files.readAllBytes(path));
        assertEquals(0, partFiles());
        Path nowhere = folder.resolve("none").resolve("a.safetensors");
        assertThrows(UncheckedIOException.class, () -> Safetensors.write(nowhere, Map.of("good", good), Map.of()));
        Safetensors.write(path, Map.of("good", good), Map.of());
        assertFalse(Arrays.equals(old, Files.readAllBytes(path)));
    }

    private long partFiles() {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".part")).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---------------------------------------------------------------- malformed files

    /** Eight bytes of length, the header, and some bytes of data. */
    private Path file(long length, byte[] header, int data) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + data).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(length).put(header);
        return Files.write(folder.resolve("bad.safetensors"), bytes.array());
    }

    private Path file(String header, int data) throws IOException {
        byte[] bytes = header.getBytes(StandardCharsets.UTF_8);
        return file(bytes.length, bytes, data);
    }

    private void refused(Path path, String words) {
        var refusal = assertThrows(
                CheckpointException.class, () -> Safetensors.open(path).close());
        assertTrue(refusal.getMessage().contains("bad.safetensors: "), refusal.getMessage());
        assertTrue(refusal.getMessage().contains(words), refusal.getMessage());
    }

    private static final String GOOD = "{'x':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}".replace('\'', '"');

    @Test
    void theGoodOneIsAccepted() throws IOException {
        Safetensors.open(file(GOOD, 8)).close();
        Safetensors.open(file(GOOD + "   ", 8)).close();
        Safetensors.open(file("{}", 0)).close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'x':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}|JSON",
                "{'x':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} {}|JSON",
                "['x']|JSON",
                "{x:1}|JSON",
                "{'x':1}|JSON",
                "{'x':{'dtype':'F32','shape':2,'data_offsets':[0,8]}}|JSON",
                "{'x':{'dtype':'F32','shape':[[2]],'data_offsets':[0,8]}}|x.shape: expected whole numbers",
                "{'x':{'dtype':'F32','shape':[2],'data_offsets':[0,8],}}|JSON",
                "{'x':{'dtype':'F32','shape':[2]}}|x: expected dtype, shape and data_offsets",
                "{'x':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'more':1}}|x: expected dtype, shape and data_offsets, found more",
                "{'x':{'dtype':'F99','shape':[2],'data_offsets':[0,8]}}|x.dtype: expected one of",
                "{'x':{'dtype':'f32','shape':[2],'data_offsets':[0,8]}}|x.dtype: expected one of",
                "{'x':{'dtype':7,'shape':[2],'data_offsets':[0,8]}}|x.dtype: expected one of",
                "{'x':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}}|x.shape: expected whole numbers",
                "{'x':{'dtype':'F32','shape':[2.0],'data_offsets':[0,8]}}|x.shape: expected whole numbers",
                "{'x':{'dtype':'F32','shape':['2'],'data_offsets':[0,8]}}|x.shape: expected whole numbers",
                "{'x':{'dtype':'F32','shape':[99999999999999999999],'data_offsets':[0,8]}}|x.shape: expected whole numbers",
                "{'x':{'dtype':'F32','shape':[4294967296,4294967296,4],'data_offsets':[0,8]}}|x.shape: expected a size",
                "{'x':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}}|x.data_offsets: expected 12 bytes for F32 [3], found 8",
                "{'x':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}}|x.data_offsets: expected [begin, end]",
                "{'x':{'dtype':'F32','shape':[2],'data_offsets':[0,4,8]}}|x.data_offsets: expected at most 2 numbers",
                "{'x':{'dtype':'F32','shape':[2],'data_offsets':[4,12]}}|x.data_offsets: expected a begin of 0",
                "{'x':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}}|file: expected 16 bytes of data, found 8",
                "{'x':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}|file: expected 4 bytes of data, found 8",
                "{'x':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'y':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}|y.data_offsets: expected a begin of 4",
                "{'x':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'x':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}|x: expected each name once",
                "{'x':{'dtype':'F8_E4M3','shape':[8],'data_offsets':[0,8]}}|x.dtype: expected one of [F64, F32, F16, BF16, I64, I32, I8, U8, BOOL], found F8_E4M3",
                "{'x':{'dtype':null,'shape':[8],'data_offsets':[0,8]}}|x.dtype: expected one of",
                "{'x':{'dtype':{'a':1},'shape':[8],'data_offsets':[0,8]}}|x.dtype: expected one of",
                "{'x':{'dtype':'F32','shape':[2],'shape':[2],'data_offsets':[0,8]}}|x.shape: expected each name once",
                "{'x':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'data_offsets':[0,8]}}|x.data_offsets: expected each name once",
                "{'x':{'dtype':'F32','shape':[1e3],'data_offsets':[0,8]}}|x.shape: expected whole numbers",
                "{'x':{'dtype':'F32','shape':[1e999],'data_offsets':[0,8]}}|x.shape: expected whole numbers",
                "{'x':{'dtype':'F32','shape':[NaN],'data_offsets':[0,8]}}|JSON",
                "{'x':{'dtype':'F32','shape':[-0],'data_offsets':[0,0]}}|x.shape: expected whole numbers",
                "{'x':{'dtype':'F32','shape':[true],'data_offsets':[0,8]}}|x.shape: expected whole numbers",
                "{'x':{'dtype':'F32','shape':[0,4294967296,4294967296],'data_offsets':[0,0]}}|x.shape: expected a size",
                "{'x':{'dtype':'F32','shape':[4294967296,4294967296,0],'data_offsets':[0,0]}}|x.shape: expected a size",
                "{'x':{'dtype':'F32','shape':[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2],'data_offsets':[0,8]}}|x.shape: expected at most 64 numbers",
                "{'x':{'dtype':'F32','shape':[2],'data_offsets':[0,999999999999999999999999]}}|x.data_offsets: expected whole numbers",
                "{'x':{'dtype':'U8','shape':[1],'data_offsets':[0,1]},'y':{'dtype':'U8','shape':[6],'data_offsets':[2,8]}}|y.data_offsets: expected a begin of 1",
                "{'\\ud800':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}|name: expected Unicode",
                "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[|JSON",
                "{'__metadata__':{'a':1},'x':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}|__metadata__.a: expected a string",
                "{'__metadata__':{'a':'1','a':'2'},'x':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}|__metadata__.a: expected each name once",
                "{'__metadata__':{},'__metadata__':{},'x':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}|__metadata__: expected each name once",
            })
    void malformedHeadersAreRefused(String header, String words) throws IOException {
        refused(file(header.replace('\'', '"'), 8), words);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 70, 1L << 32})
    void wrongLengthsAreRefused(long length) throws IOException {
        refused(file(length, GOOD.getBytes(StandardCharsets.UTF_8), 8), "header length: expected 2 to 62");
    }

    @Test
    void deepNestingIsRefused() throws IOException {
        for (String open : List.of("[", "{\"a\":", "{\"__metadata__\":{\"a\":[", "{\"x\":{\"shape\":[")) {
            refused(file(open.repeat(1_000_000 / open.length()), 8), "expected");
        }
    }

    @Test
    void aLongWordIsNotRepeatedInFull() throws IOException {
        Path path = file("{\"" + "x".repeat(1_000_000) + "\":{}}", 0);
        var refusal = assertThrows(
                CheckpointException.class, () -> Safetensors.open(path).close());
        assertTrue(
                refusal.getMessage().length() < 1000, "" + refusal.getMessage().length());
    }

    @Test
    void whatIsNoFileOfWeightsIsNamed() throws IOException {
        Path pointer = Files.writeString(
                folder.resolve("bad.safetensors"),
                "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n");
        refused(pointer, "file: expected safetensors, found a Git LFS pointer");
        Files.delete(pointer);
        refused(Files.createDirectory(pointer), "file: expected a regular file");
    }

    @Test
    void booleansAreZeroOrOne() throws IOException {
        String header = "{\"x\":{\"dtype\":\"BOOL\",\"shape\":[2],\"data_offsets\":[0,2]}}";
        Path path = file(header, 2);
        byte[] bytes = Files.readAllBytes(path);
        bytes[bytes.length - 1] = 2;
        Files.write(path, bytes);
        try (Safetensors file = Safetensors.open(path)) {
            var refusal = assertThrows(CheckpointException.class, () -> file.read("x", m));
            assertTrue(refusal.getMessage().endsWith("x: expected booleans, 0 or 1, found 2"), refusal.getMessage());
        }
    }

    @Test
    void otherBrokenFiles() throws IOException {
        refused(Files.write(folder.resolve("bad.safetensors"), new byte[5]), "file: expected at least 8 bytes");
        refused(file(4, new byte[] {'{', (byte) 0xff, '"', '}'}, 0), "header: expected UTF-8");
        assertThrows(UncheckedIOException.class, () -> Safetensors.open(folder.resolve("none")));
        assertThrows(
                IllegalArgumentException.class,
                () -> Safetensors.write(folder.resolve("a"), Map.of("__metadata__", m.ones(new Shape(1))), Map.of()));
    }
}
