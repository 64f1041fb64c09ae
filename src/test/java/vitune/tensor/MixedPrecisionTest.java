package vitune.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Weights as they are stored beside f32 activations: bit for bit what the same weights give as f32. */
class MixedPrecisionTest {
    private final NDManager m = Fixture.manager();

    @AfterEach
    void closeManager() {
        m.close();
    }

    @ParameterizedTest
    @EnumSource
    void weightsMayHaveAnyPrecision(Precision stored) {
        NDArray x = Fixture.normal(m, 2, 3, 8);
        NDArray pixels = Fixture.normal(m, 2, 3, 4, 4);
        NDArray ids = Fixture.whole(m, 0, 4, 4, 1);
        NDArray matrix = Kernels.cast(Fixture.normal(m, 5, 8), stored);
        NDArray bias = Kernels.cast(Fixture.normal(m, 5), stored);
        NDArray norm = Kernels.cast(Fixture.normal(m, 8), stored);
        NDArray patch = Kernels.cast(Fixture.normal(m, 5, 3, 2, 2), stored);
        NDArray mask = Kernels.cast(Fixture.whole(m, 1, 1, 0, 1, 0, 1).reshape(2, 3), Precision.F32);
        NDArray features = Kernels.cast(Fixture.normal(m, 4, 8), stored);
        Map<String, Function<UnaryOperator<NDArray>, NDArray>> kernels = Map.of(
                "linear", w -> Kernels.linear(x, w.apply(matrix)),
                "linear with bias", w -> Kernels.linear(x, w.apply(matrix), w.apply(bias)),
                "patches", w -> Kernels.patches(pixels, w.apply(patch), w.apply(bias)),
                "layerNorm", w -> Kernels.layerNorm(x, w.apply(norm), w.apply(norm), 1e-5),
                "rmsNorm", w -> Kernels.rmsNorm(x, w.apply(norm), 1e-5),
                "embedding", w -> Kernels.cast(Kernels.embedding(ids, w.apply(matrix)), Precision.F32),
                "splice", w -> Kernels.splice(x, mask, w.apply(features)));
        kernels.forEach((name, kernel) -> {
            NDArray found = kernel.apply(w -> w);
            NDArray expected = kernel.apply(w -> Kernels.cast(w, Precision.F32));
            assertEquals(Precision.F32, Precision.of(found), name);
            assertEquals(expected.getShape(), found.getShape(), name);
            assertArrayEquals(Kernels.floats(expected), Kernels.floats(found), name);
        });
        assertEquals(stored, Precision.of(Kernels.embedding(ids, matrix)), "rows are picked, the table is not cast");
    }
}
