package vitune.tune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vitune.tensor.Engines;
import vitune.tensor.Gradients;
import vitune.tensor.Kernels;
import vitune.tensor.Parameters;
import vitune.tensor.Precision;

/** The scale of the loss in f16: when it changes, and that it changes nothing else. */
class LossScaleTest {
    private final NDManager manager = Engines.newManager();
    private final Parameters weights = new Parameters("test");

    @AfterEach
    void free() {
        manager.close();
    }

    private AdamW optimizer(LossScale scale, float... start) {
        weights.put("w" + weights.size(), manager.create(start));
        weights.train(name -> name.equals("w" + (weights.size() - 1)));
        AdamW optimizer = new AdamW(weights.trained(), 0.999, 0, 1, manager);
        optimizer.scale(scale);
        return optimizer;
    }

    /** loss = sum of w times x, in f16: its gradient is the scale times x, in f16 too. */
    private void backward(AdamW optimizer, float x) {
        try (NDScope scope = new NDScope();
                Gradients gradients = Gradients.record()) {
            scope.suppressNotUsedWarning();
            NDArray w = Kernels.cast(weights.trained().arrays().get(0), Precision.F16);
            NDArray product = Kernels.cast(w.mul(Kernels.cast(manager.create(x), Precision.F16)), Precision.F32);
            gradients.backward(Kernels.scale(product.sum(), optimizer.scale().factor()));
        }
    }

    @Test
    void anOverflowChangesNothingButTheScale() {
        try (AdamW optimizer = optimizer(LossScale.of(Precision.F16), 0.5f, -2)) {
            backward(optimizer, 3); // 3 times 65536 is no f16
            assertFalse(Double.isFinite(optimizer.step(0.1)));
            assertEquals(new LossScale(32768, 0), optimizer.scale());
            assertArrayEquals(new float[] {0.5f, -2}, weights.arrays().get(0).toFloatArray());
            backward(optimizer, 1); // the gradients of before are gone, else this were not finite
            assertEquals(Math.sqrt(2), optimizer.step(0.1), 1e-6);
            assertEquals(new LossScale(32768, 1), optimizer.scale());
            assertEquals(Precision.F32, Precision.of(weights.arrays().get(0)), "the master");
            assertEquals(0.4f, weights.arrays().get(0).toFloatArray()[0], 1e-6, "AdamW's first step is the rate");
        }
    }

    @Test
    void aScaledUpdateIsTheUnscaledOneToTheBit() {
        float[][] after = new float[2][];
        for (int i = 0; i < 2; i++) {
            try (AdamW optimizer = optimizer(i == 0 ? LossScale.NONE : new LossScale(1024, 0), 0.3f, 7)) {
                for (int step = 0; step < 3; step++) {
                    backward(optimizer, 1.7f + step);
                    optimizer.step(0.01);
                }
                after[i] = weights.arrays().get(i).toFloatArray();
            }
        }
        assertArrayEquals(after[0], after[1]);
    }

    @Test
    void itDoublesAfterTwoThousandGoodSteps() {
        LossScale scale = LossScale.of(Precision.F16);
        for (int step = 0; step < 1999; step++) scale = scale.kept();
        assertEquals(new LossScale(65536, 1999), scale);
        assertEquals(new LossScale(131072, 0), scale.kept());
        assertEquals(new LossScale(32768, 0), scale.halved());
        assertEquals(LossScale.NONE, LossScale.of(Precision.BF16));
        assertThrows(IllegalArgumentException.class, () -> new LossScale(0.5, 0));
    }

    @Test
    void itIsPartOfTheState() {
        try (AdamW optimizer = optimizer(new LossScale(4096, 17), 1);
                AdamW other = optimizer(LossScale.of(Precision.F16), 2)) {
            Parameters state = new Parameters("state");
            optimizer.state().forEach((name, array) -> state.put(name.replace("w0", "w1"), array));
            other.restore(state, 3, List.of());
            assertEquals(new LossScale(4096, 17), other.scale());
        }
        try (AdamW plain = optimizer(LossScale.NONE, 3)) {
            assertTrue(plain.state().keySet().stream().noneMatch(name -> name.contains("scale")));
        }
    }
}
