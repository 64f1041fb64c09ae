package vitune.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
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
}
