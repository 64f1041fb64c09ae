package vitune.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
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
        assertEquals(List.of(bias), parameters.trained().arrays());
        assertEquals("Parameters[tiny: 2 arrays, 16 numbers, 4 trained]", parameters.toString());
    }

    @Test
    void hashesSeeEveryBit() {
        String all = parameters.hash();
        String frozen = parameters.hash("model.fc.weight");
        InPlace.add(bias, Kernels.cast(m.create(new float[] {0, 0, 0, 1e-30f}), Precision.BF16), 1);
        assertNotEquals(all, parameters.hash());
        assertEquals(frozen, parameters.hash("model.fc.weight"));
        // python -c "import hashlib,struct;print(hashlib.sha256(struct.pack('<12f',*[1]*12)).hexdigest())"
        assertEquals("6ea78411bee8a810b9a18819c5a4ac7c827e71678cc4d1db9a0ab8c8d8a9b2e2", frozen);
    }

    @Test
    void closingClosesTheArrays() {
        parameters.close();
        assertThrows(IllegalStateException.class, weight::getFloat);
    }
}
