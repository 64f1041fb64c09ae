package vitune.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ParametersTest {
    private final NDManager m = Fixture.manager();
    private final NDArray weight = m.ones(new Shape(4, 3));
    private final NDArray bias = Kernels.zeros(m, new Shape(4), Precision.BF16);
    private final Parameters parameters =
            new Parameters("tiny").put("model.fc.weight", weight).put("model.fc.bias", bias);

    @AfterEach
    void closeManager() {
        m.close();
    }

    @Test
    void requireNamesWhatCameAndWhatWasExpected() {
        assertSame(weight, parameters.require("model.fc.weight", 4, 3));
        assertSame(weight, parameters.require("model.fc.weight", -1, 3));
        var shape = assertThrows(CheckpointException.class, () -> parameters.require("model.fc.weight", 3, 4));
        assertEquals("tiny: model.fc.weight: expected (3, 4), found (4, 3)", shape.getMessage());
        assertThrows(CheckpointException.class, () -> parameters.require("model.fc.bias", 4, 1));
        var name = assertThrows(CheckpointException.class, () -> parameters.require("fc.weight", 4, 3));
        assertEquals(
                "tiny: fc.weight: expected (4, 3), found none of that name (but model.fc.weight)", name.getMessage());
        assertThrows(CheckpointException.class, () -> parameters.require("nothing"));
        assertThrows(CheckpointException.class, () -> parameters.put("model.fc.bias", bias));
    }

    @Test
    void orderCountAndSelection() {
        assertEquals(
                List.of("model.fc.weight", "model.fc.bias"),
                List.copyOf(parameters.asMap().keySet()));
        assertEquals(16, parameters.count());
        assertEquals(
                List.of(bias), parameters.select(name -> name.endsWith("bias")).arrays());
        assertTrue(parameters.has("model.fc.bias"));
        assertFalse(parameters.has("bias"));
    }

    @Test
    void aPlanTrainsExactlyWhatItNames() {
        parameters.train(name -> name.endsWith("weight"));
        assertEquals(List.of(weight), parameters.trained().arrays());
        parameters.train(name -> name.endsWith("bias"));
        assertEquals(Set.of("model.fc.bias"), parameters.trained().asMap().keySet());
        assertEquals("Parameters[tiny: 2 arrays, 16 numbers, 4 trained]", parameters.toString());
    }

    @Test
    void hashesSeeEveryBit() {
        String all = parameters.hash();
        long checksum = parameters.checksum();
        String frozen = parameters.hash("model.fc.weight");
        InPlace.add(bias, Kernels.cast(m.create(new float[] {0, 0, 0, 1e-30f}), Precision.BF16), 1);
        assertNotEquals(all, parameters.hash());
        assertNotEquals(checksum, parameters.checksum());
        assertEquals(frozen, parameters.hash("model.fc.weight"));
        // python -c "import hashlib,struct;print(hashlib.sha256(struct.pack('<12f',*[1]*12)).hexdigest())"
        assertEquals("6ea78411bee8a810b9a18819c5a4ac7c827e71678cc4d1db9a0ab8c8d8a9b2e2", frozen);
    }

    @Test
    void whatIsTrainedIsAnF32MasterInEveryView() {
        InPlace.assign(bias, m.create(new float[] {1.5f, -2, 0, 3}));
        Parameters before = parameters.select(name -> name.endsWith("bias"));
        Map<String, NDArray> map = before.asMap();
        assertEquals(Precision.BF16, Precision.of(map.get("model.fc.bias")));
        try (NDScope scope = new NDScope()) { // the master outlives it
            scope.suppressNotUsedWarning();
            parameters.train(name -> name.endsWith("bias"));
        }
        NDArray master = parameters.require("model.fc.bias");
        assertSame(master, before.require("model.fc.bias"));
        assertSame(master, map.get("model.fc.bias"));
        assertSame(master, map.values().iterator().next());
        assertEquals(Precision.F32, Precision.of(master));
        assertArrayEquals(new float[] {1.5f, -2, 0, 3}, master.toFloatArray());
        assertTrue(master.hasGradient());
        assertEquals("model.fc.bias", master.getName());
        assertEquals(Precision.BF16, parameters.stored("model.fc.bias"));
        assertEquals(Precision.F32, parameters.stored("model.fc.weight"));
        assertTrue(((PtNDArray) bias).isReleased(), "the stored array is freed");
        assertThrows(IllegalStateException.class, () -> Kernels.floats(bias), "and says so");
        parameters.train(name -> false);
        assertSame(master, parameters.require("model.fc.bias"), "a master stays");
        assertFalse(master.hasGradient());
    }

    @Test
    void whatIsFrozenAgainFreesItsGradientAndStartsFromZero() {
        for (int round = 0; round < 3; round++) {
            parameters.train(name -> name.endsWith("weight"));
            try (Gradients recording = Gradients.record()) {
                recording.backward(weight.mul(2).sum());
            }
            NDArray gradient = Gradients.of(weight, m);
            assertArrayEquals(
                    new float[] {2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2}, gradient.toFloatArray(), "round " + round);
            parameters.train(name -> false);
            assertEquals(0, Gradients.of(weight, m).size());
            assertFalse(weight.hasGradient());
            assertEquals(1, weight.getFloat(3, 2));
        }
    }

    @Test
    void aFrozenArrayKeepsItsBytesAndItsPrecision() {
        String frozen = parameters.hash("model.fc.bias");
        parameters.train(name -> name.endsWith("weight"));
        assertSame(weight, parameters.require("model.fc.weight"), "f32 needs no master");
        assertSame(bias, parameters.require("model.fc.bias"));
        assertEquals(frozen, parameters.hash("model.fc.bias"));
    }

    @Test
    void tiedNamesStayOneArray() {
        parameters.put("head.bias", bias);
        Parameters other = parameters.select(name -> name.startsWith("head"));
        parameters.select(name -> name.startsWith("model")).train(name -> name.endsWith("bias"));
        assertSame(parameters.require("model.fc.bias"), parameters.require("head.bias"));
        assertSame(parameters.require("model.fc.bias"), other.require("head.bias"));
        parameters.train("head.bias"::equals);
        assertTrue(parameters.require("model.fc.bias").hasGradient(), "one of its names is trained");
    }

    @Test
    void wholeNumbersCannotBeTrained() {
        parameters.put("ids", m.create(new long[] {1}));
        var refusal = assertThrows(CheckpointException.class, () -> parameters.train(name -> true));
        assertEquals("tiny: ids: expected floating point numbers to train, found I64", refusal.getMessage());
        assertSame(bias, parameters.require("model.fc.bias"), "nothing was replaced");
    }

    @Test
    void mastersLearnThroughBf16Activations() {
        NDArray x = Kernels.cast(m.ones(new Shape(2, 3)), Precision.BF16);
        parameters.train(name -> true);
        try (Gradients gradients = Gradients.record()) {
            NDArray y =
                    Kernels.linear(x, parameters.require("model.fc.weight"), parameters.require("model.fc.bias", 4));
            gradients.backward(Kernels.cast(y, Precision.F32).sum());
        }
        NDArray gradient = Gradients.of(parameters.require("model.fc.bias"), m);
        assertArrayEquals(new float[] {2, 2, 2, 2}, gradient.toFloatArray());
    }

    @Test
    void closingClosesTheArrays() {
        parameters.close();
        assertThrows(IllegalStateException.class, weight::getFloat);
    }
}
