package vitune.tensor;

import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PackingTest {
    /** Words of a text alone, threads: which word is the first to meet packed weights, if any does. */
    @ParameterizedTest
    @CsvSource({"2, 17", "1, 0"})
    void aTextAloneIsPackedForWhenItIsLongEnoughToPay(int threads, int first) {
        int before = Engines.threads();
        Engines.threads(threads);
        try (NDManager manager = Engines.newManager()) {
            assumeTrue(KernelModule.optional("onednn.py", "Products") != null, "no oneDNN here");
            List<NDArray> weights = List.of(Kernels.normal(manager, new Shape(64, 32), 0, 1, 1, Precision.F32));
            Packing.during(manager, () -> {
                for (int word = 1; word <= 40; word++) {
                    List<NDArray> ready = Packing.all(weights, 1);
                    if (first == 0 || word < first) assertSame(weights, ready, "word " + word);
                    else assertNotSame(weights, ready, "word " + word);
                }
                return true;
            });
        } finally {
            Engines.threads(before);
        }
    }

    @Test
    void severalTextsArePackedForAtOnce() {
        try (NDManager manager = Engines.newManager()) {
            assumeTrue(KernelModule.optional("onednn.py", "Products") != null, "no oneDNN here");
            List<NDArray> weights = List.of(Kernels.normal(manager, new Shape(64, 32), 0, 1, 1, Precision.F32));
            Packing.during(manager, () -> {
                assertNotSame(weights, Packing.all(weights, 8));
                return true;
            });
        }
    }
}
