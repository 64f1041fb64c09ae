package vitune.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Test;
import vitune.tensor.Engines;

class KvCacheTest {
    private static NDArray tokens(NDManager manager, int from, int count) {
        return manager.arange(from * 12, (from + count) * 12, 1, DataType.FLOAT32)
                .reshape(count, 2, 2, 3)
                .transpose(1, 2, 0, 3); // [B, H, T, d]
    }

    /** Over several refills of its room, and rows taken in between: the same numbers as joining everything. */
    @Test
    void whatWasAddedIsThereInOrder() {
        try (NDManager manager = Engines.newManager();
                KvCache cache = new KvCache(1, manager)) {
            cache.addKeys(0, tokens(manager, 0, 5));
            for (int i = 5; i < 150; i++) {
                assertEquals(
                        new Shape(2, 2, i + 1, 3),
                        cache.addKeys(0, tokens(manager, i, 1)).getShape());
                if (i == 7 || i == 80) cache.take(new int[] {1, 0});
            }
            NDArray all = tokens(manager, 0, 150);
            NDArray kept = cache.keys(0);
            float[] swapped = all.get("0, :, 10:80").toFloatArray(); // written between the two exchanges
            assertArrayEquals(swapped, kept.get("1, :, 10:80").toFloatArray());
            assertArrayEquals(
                    all.get(":, :, :8").toFloatArray(), kept.get(":, :, :8").toFloatArray());
            assertArrayEquals(
                    all.get(":, :, 81:").toFloatArray(), kept.get(":, :, 81:").toFloatArray());
        }
    }
}
