package vitune.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vitune.tensor.Fixture.close;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clipping and AdamW beside PyTorch's clip_grad_norm_ and AdamW (make_reference.py), and other changes in place. */
class TrainingKernelsTest {
    private final NDManager m = Fixture.manager();
    private final Parameters reference = Parameters.read(Fixture.resource("reference.safetensors"), m);

    @AfterEach
    void closeManager() {
        m.close();
    }

    private List<NDArray> pair(String name) {
        return Stream.of(0, 1).map(i -> reference.require(name + "." + i)).toList();
    }

    @Test
    void threeStepsEqualPyTorch() {
        List<NDArray> p = pair("adamw.start");
        p.forEach(leaf -> leaf.setRequiresGradient(true));
        List<NDArray> first = p.stream().map(NDArray::zerosLike).toList();
        List<NDArray> second = p.stream().map(NDArray::zerosLike).toList();
        float[] norms = reference.require("adamw.norms").toFloatArray();
        for (int step = 0; step < 3; step++) {
            List<NDArray> gradients = pair("adamw.gradient." + step);
            assertEquals(norms[step], InPlace.clipGlobalNorm(gradients, 2.5, 1), 1e-5 * norms[step]);
            InPlace.adamW(p, gradients, first, second, step + 1, 0.1, 0.9, 0.99, 0.05, 1e-8);
            for (int i = 0; i < 2; i++) {
                close(gradients.get(i), pair("adamw.clipped." + step).get(i), 1e-6, "clipped, step " + step);
                close(p.get(i), pair("adamw.after." + step).get(i), 2e-6, "parameter " + i + ", step " + step);
            }
        }
        assertTrue(p.get(0).hasGradient(), "still a leaf");
    }

    @Test
    void anInfiniteMaximumOnlyMeasures() {
        NDArray g = m.create(new float[] {3, 4});
        assertEquals(5, InPlace.clipGlobalNorm(List.of(g), Double.POSITIVE_INFINITY, 1));
        assertArrayEquals(new float[] {3, 4}, g.toFloatArray());
        assertEquals(0, InPlace.clipGlobalNorm(List.of(), 1, 1));
        NDArray broken = m.create(new float[] {Float.NaN, 4});
        assertTrue(Double.isNaN(InPlace.clipGlobalNorm(List.of(broken), 1, 1)));
    }

    @Test
    void theNormCountsEveryPrecision() {
        NDArray low = Kernels.cast(m.create(new float[] {3}), Precision.BF16);
        NDArray high = m.create(new float[] {4});
        assertEquals(5, InPlace.clipGlobalNorm(List.of(low, high), 2.5, 1), 1e-6);
        assertEquals(1.5, Kernels.floats(low)[0], 1e-2);
        assertEquals(2, high.getFloat(), 1e-5);
    }

    @Test
    void badArguments() {
        List<NDArray> one = List.of(m.ones(new Shape(2)));
        assertThrows(IllegalArgumentException.class, () -> InPlace.clipGlobalNorm(one, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> InPlace.clipGlobalNorm(one, Double.NaN, 1));
        assertThrows(IllegalArgumentException.class, () -> InPlace.adamW(one, List.of(), one, one, 1, 1, 0, 0, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> InPlace.adamW(one, one, one, one, 0, 1, 0, 0, 0, 1));
    }

    @Test
    void assignCopiesIntoTheSameArray() {
        NDArray target = m.zeros(new Shape(2));
        target.setRequiresGradient(true);
        NDArray low = Kernels.cast(m.create(new float[] {1.5f, -2}), Precision.BF16);
        InPlace.assign(target, low);
        InPlace.add(target, low, -0.5);
        assertArrayEquals(new float[] {0.75f, -1}, target.toFloatArray());
        assertTrue(target.hasGradient());
        NDArray shorter = m.ones(new Shape(1));
        var wrong = assertThrows(IllegalArgumentException.class, () -> InPlace.assign(target, shorter));
        assertEquals("cannot assign (1) to (2)", wrong.getMessage());
    }

    @Test
    void finite() {
        assertTrue(Kernels.isFinite(m.create(new float[] {1, 2})));
        assertFalse(Kernels.isFinite(m.create(new float[] {1, Float.NaN})));
        assertFalse(Kernels.isFinite(Kernels.cast(m.create(new float[] {Float.NEGATIVE_INFINITY}), Precision.BF16)));
    }
}
