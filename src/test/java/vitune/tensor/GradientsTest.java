package vitune.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GradientsTest {
    private final NDManager m = Fixture.manager();
    private final NDArray x = m.create(new float[] {1, 2, 3});

    @BeforeEach
    void train() {
        x.setRequiresGradient(true);
    }

    @AfterEach
    void closeManager() {
        m.close();
    }

    private float[] gradient() {
        return Gradients.of(x, m).toFloatArray();
    }

    @Test
    void gradientsAddUpUntilZeroed() {
        assertNull(Gradients.of(x, m));
        try (Gradients gradients = Gradients.record()) {
            gradients.backward(Kernels.scale(x, 2).sum());
            gradients.backward(Kernels.scale(x, 3).sum());
        }
        try (Gradients gradients = Gradients.record()) {
            gradients.backward(Kernels.scale(x, 4).sum());
        }
        assertArrayEquals(new float[] {9, 9, 9}, gradient());
        Gradients.zero(List.of(x));
        assertArrayEquals(new float[3], gradient());
    }

    @Test
    void anUpstreamGradientIsCarriedOn() {
        try (Gradients gradients = Gradients.record()) {
            gradients.backward(x.square(), m.create(new float[] {10, 20, 30}));
        }
        assertArrayEquals(new float[] {20, 80, 180}, gradient());
    }

    @Test
    void offLeavesNoGraphAndRestoresTheModeEvenAfterAnException() {
        try (Gradients gradients = Gradients.record()) {
            NDArray dead = Gradients.off(() -> {
                assertFalse(Gradients.recording());
                return Kernels.scale(x, 2);
            });
            assertTrue(Gradients.recording());
            assertThrows(EngineException.class, () -> gradients.backward(dead.sum()));
            assertThrows(
                    ArithmeticException.class,
                    () -> Gradients.off((Runnable) () -> {
                        throw new ArithmeticException();
                    }));
            assertTrue(Gradients.recording());
            gradients.backward(dead.mul(x).sum());
        }
        assertFalse(Gradients.recording());
        assertArrayEquals(new float[] {2, 4, 6}, gradient());
    }

    @Test
    void offIsOffOnThisThreadOnly() {
        Gradients.off(() -> {
            assertTrue(CompletableFuture.supplyAsync(Gradients::recording, task -> new Thread(task).start())
                    .join());
            assertFalse(Gradients.recording());
        });
    }

    @Test
    void oneRecordingPerJvmOnOneThread() {
        try (Gradients gradients = Gradients.record()) {
            assertThrows(IllegalStateException.class, Gradients::record);
            assertTrue(Gradients.recording());
            var elsewhere = CompletableFuture.runAsync(gradients::close, task -> new Thread(task).start());
            var refusal = assertThrows(CompletionException.class, elsewhere::join);
            assertTrue(refusal.getCause() instanceof IllegalStateException);
            Gradients.off(() -> {
                assertThrows(IllegalStateException.class, Gradients::record);
                assertFalse(Gradients.recording(), "a refusal changes nothing");
            });
        }
        Gradients.record().close();
    }

    @Test
    void aLossIsOneF32Number() {
        try (Gradients gradients = Gradients.record()) {
            var vector = assertThrows(IllegalArgumentException.class, () -> gradients.backward(x));
            assertEquals("loss must be one f32 number, got float32 (3)", vector.getMessage());
            NDArray low = Kernels.cast(x, Precision.BF16).sum();
            assertThrows(IllegalArgumentException.class, () -> gradients.backward(low));
        }
    }

    /** Micro-batches, optimiser, frozen forward, weights on the left: nothing stays on the model's manager. */
    @Test
    void threeHundredStepsLeaveNothingBehind() {
        NDArray w = m.randomNormal(new Shape(8, 8));
        NDArray frozen = Kernels.cast(m.randomNormal(new Shape(8, 8)), Precision.BF16);
        w.setRequiresGradient(true);
        List<NDArray> p = List.of(w);
        List<NDArray> first = List.of(w.zerosLike());
        List<NDArray> second = List.of(w.zerosLike());
        NDArray data = m.randomNormal(new Shape(4, 8));
        int before = 0;
        for (int step = 1; step <= 300; step++) {
            try (NDScope scope = new NDScope();
                    Gradients gradients = Gradients.record()) {
                scope.suppressNotUsedWarning();
                NDArray low = Kernels.cast(data, Precision.BF16);
                NDArray seen = Gradients.off(() -> Kernels.gelu(Kernels.linear(low, frozen)));
                NDArray y = Kernels.linear(seen, Kernels.logSoftmax(w.transpose()));
                gradients.backward(Kernels.crossEntropySum(y, m.create(new long[] {1, 2, -100, 3}))
                        .div(3));
                List<NDArray> g = List.of(Gradients.of(w, m));
                InPlace.clipGlobalNorm(g, 1, 1);
                InPlace.adamW(p, g, first, second, step, 1e-2, 0.9, 0.999, 0, 1e-8);
                Gradients.zero(p);
            }
            before = step == 1 ? m.getManagedArrays().size() : before;
        }
        assertEquals(before, m.getManagedArrays().size());
        assertTrue(Kernels.isFinite(w));
    }

    /** A chain of two segments that share a factor: computed once plainly, twice where it is computed again. */
    @Test
    void segmentsAreComputedAgainOnlyWhereAsked() {
        for (boolean recompute : new boolean[] {false, true}) {
            int[] calls = {0};
            Gradients.zero(List.of(x));
            try (Gradients gradients = Gradients.record(1, recompute)) {
                assertEquals(recompute, Gradients.recomputes());
                NDArray factor = Gradients.segment(List.of(), none -> x.mul(2));
                NDArray y = x;
                for (int i = 0; i < 2; i++) {
                    y = Gradients.segment(List.of(y, factor), in -> {
                        calls[0]++;
                        return in.get(0).mul(in.get(1));
                    });
                }
                gradients.backward(y.sum()); // x (2x)² = 4x³
            }
            assertEquals(recompute ? 4 : 2, calls[0]);
            assertArrayEquals(new float[] {12, 48, 108}, gradient());
            assertFalse(Gradients.recomputes());
        }
    }

    /** The passes of a step have seeds side by side: no segment of one draws what any of another does. */
    @Test
    void segmentsOfPassesSideBySideDrawApart() {
        Set<String> drawn = new HashSet<>();
        for (long seed : new long[] {1, 2, 3, 1_000_004}) {
            try (NDScope scope = new NDScope();
                    Gradients gradients = Gradients.record(seed, true)) {
                scope.suppressNotUsedWarning();
                NDArray y = x;
                for (int i = 0; i < 4; i++) {
                    y = Gradients.segment(y, in -> {
                        NDArray mask = m.randomUniform(0, 1, new Shape(3));
                        drawn.add(Arrays.toString(mask.toFloatArray()));
                        return in.mul(mask);
                    });
                }
                gradients.backward(y.sum());
            }
        }
        assertEquals(4 * 4, drawn.size(), "the same again on the way back");
    }

    /** A recording that is given up frees what its segments kept. */
    @Test
    void aRecordingGivenUpLeavesNothing() {
        int before = arrays();
        try (NDScope scope = new NDScope();
                Gradients gradients = Gradients.record(1, true)) {
            scope.suppressNotUsedWarning();
            Gradients.segment(x, in -> in.mul(2));
            assertTrue(arrays() > before, gradients + " keeps what came out");
        }
        assertEquals(before, arrays());
    }

    private int arrays() {
        return ((ai.djl.ndarray.BaseNDManager) m).getManagedArrays().size();
    }
}
