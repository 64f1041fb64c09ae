package vitune.tensor;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.EngineException;
import org.junit.jupiter.api.Test;

class KernelModuleTest {
    /** A module that asks for an operation of another build is left out; one that is wrong in itself is not. */
    @Test
    void onlyAnOperationThatIsNotThereIsForgiven() {
        assertNull(KernelModule.optional("absent.py", "Absent"));
        var fault = assertThrows(EngineException.class, () -> KernelModule.optional("broken.py", "Broken"));
        assertTrue(fault.getMessage().contains("'product'"), fault.getMessage());
    }
}
