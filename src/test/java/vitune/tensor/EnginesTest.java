package vitune.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnginesTest {
    @Test
    void startsOfflineAndTellsItsVersions() {
        Engines.start();
        assertEquals("true", System.getProperty("ai.djl.offline"));
        var versions = Engines.versions();
        assertEquals("0.36.0", versions.get("djl"));
        assertEquals("2.7.1", versions.get("pytorch"));
        assertTrue(versions.keySet().containsAll(List.of("vitune", "java", "device", "threads")));
    }

    @Test
    void theSeedDecidesTheNumbers() {
        try (NDManager m = Engines.newManager()) {
            Engines.seed(1L << 40);
            float[] first = m.randomNormal(new Shape(4)).toFloatArray();
            Engines.seed(1L << 40);
            assertArrayEquals(first, m.randomNormal(new Shape(4)).toFloatArray());
        }
    }

    @Test
    void threads() {
        int before = Engines.threads();
        Engines.threads(1);
        assertEquals(1, Engines.threads());
        Engines.threads(before);
        assertThrows(IllegalArgumentException.class, () -> Engines.threads(0));
    }

    @Test
    void aDeviceIsSpelledAsCudaSpellsIt() {
        assertEquals(Device.cpu(), DeviceChoice.parse(" CPU "));
        assertEquals(Device.gpu(0), DeviceChoice.parse("cuda"));
        assertEquals(Device.gpu(1), DeviceChoice.parse("cuda:1"));
        assertEquals("cuda:1", DeviceChoice.name(Device.gpu(1)));
        for (String wrong : List.of("gpu", "cuda:", "cuda:-1", "cuda1", "cuda:0,1")) {
            var refused = assertThrows(IllegalArgumentException.class, () -> DeviceChoice.parse(wrong));
            assertTrue(refused.getMessage().endsWith("must be cpu, cuda or cuda:N, got \"" + wrong + "\""));
        }
    }

    /** Asks for the engine again and again. */
    static final class Asking {
        public static void main(String[] args) {
            for (Runnable ask : List.<Runnable>of(Engines::start, Engines::newManager, Engines::device)) {
                try {
                    ask.run();
                } catch (IllegalArgumentException e) {
                    System.out.println(e.getMessage());
                }
            }
        }
    }

    @Test
    void aDeviceThatIsNoneIsSaidEachTime() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String path = System.getProperty("java.class.path");
        Process process = new ProcessBuilder(java, "-cp", path, "-Dvitune.device=gpu", Asking.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String line = "the device (VITUNE_DEVICE, --device) must be cpu, cuda or cuda:N, got \"gpu\"";
        assertEquals(List.of(line, line, line), said.lines().toList());
    }

    @Test
    void aDeviceThatIsNotServedIsSaidWithWhatWasFoundAndWhatToDo() {
        DeviceChoice.requireServed(Device.cpu());
        var bundled = assertThrows(IllegalStateException.class, () -> DeviceChoice.requireServed(Device.gpu(0)));
        assertTrue(
                bundled.getMessage().contains("asked for cuda:0, but the class path holds PyTorch's CPU build"),
                bundled.getMessage());
        assertTrue(bundled.getMessage().contains("What to do: start with jshell/vitune --device cuda:0"));
        var absent = assertThrows(IllegalStateException.class, () -> DeviceChoice.requireThere(Device.gpu(7)));
        assertTrue(absent.getMessage().contains("asked for cuda:7, but PyTorch says: "), absent.getMessage());
        var offline = DeviceChoice.notLoaded(
                Device.gpu(0), new EngineException("Failed", new IOException("Offline mode is enabled.")));
        assertTrue(offline.getMessage().contains("(Offline mode is enabled.)"), offline.getMessage());
        assertTrue(offline.getMessage().contains("PYTORCH_LIBRARY_PATH"));
    }

    @Test
    void memoryIsToldAndRunningOutIsKnown() {
        long total = DeviceMemory.total().orElseThrow();
        long used = DeviceMemory.used().orElseThrow();
        assertTrue(used > 0 && used < total, used + " of " + total);
        assertTrue(DeviceMemory.peak().orElseThrow() >= used / 2);
        try (NDManager m = Engines.newManager()) {
            var failure = assertThrows(
                    EngineException.class,
                    () -> RawMemory.room(m, new ai.djl.ndarray.types.Shape(1L << 50), StoredType.F32.code()));
            assertTrue(DeviceMemory.ranOut(failure), failure.getMessage());
            assertTrue(DeviceMemory.complaint(failure).contains("tried to allocate"), DeviceMemory.complaint(failure));
        }
        assertTrue(DeviceMemory.ranOut(new EngineException("CUDA out of memory. Tried to allocate 2.00 GiB")));
        assertEquals(false, DeviceMemory.ranOut(new EngineException("shapes differ")));
    }

    @Test
    void nvidiaSmiIsAskedForTheCardThatCudaWasToldOf() {
        assertEquals("1", DeviceMemory.card(1, null));
        assertEquals("3", DeviceMemory.card(0, "3,5"));
        assertEquals("GPU-8a9b", DeviceMemory.card(1, "0, GPU-8a9b"));
        assertEquals("2", DeviceMemory.card(2, "0,1"), "CUDA would not have it either");
    }
}
