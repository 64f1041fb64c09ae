package vitune.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import vitune.tensor.Engines;
import vitune.tensor.Kernels;

class PaddingTest {
    private static Padding row(long... mask) {
        return new Padding(mask, mask.length, mask.length);
    }

    private static void positions(long[] expected, Padding padding) {
        try (NDManager manager = Engines.newManager()) {
            assertArrayEquals(expected, padding.positions(2, manager).toLongArray());
        }
    }

    @Test
    void positionsBeginAnewWithEachSampleAndEachRow() {
        positions(new long[] {2, 3, 4, 1}, row(1, 1, 1, 0));
        positions(new long[] {1, 1, 2, 3}, row(0, 0, 1, 1));
        positions(new long[] {2, 1, 3}, row(1, 0, 1)); // a hole is no end
        positions(new long[] {2, 3, 2, 2, 3, 1}, row(1, 1, 2, 3, 3, 0));
        positions(new long[] {2, 3, 2, 2, 3, 4}, new Padding(new long[] {1, 1, 2, 1, 1, 1}, 3, 3));
        positions(new long[] {3, 4}, new Padding(new long[] {0, 1, 1, 1, 1, 1}, 3, 1)); // behind a cache
        assertEquals(3, row(1, 1, 2, 2, 2, 3, 0).longest());
        assertEquals(
                "the model has 2 positions, got a sequence of 3 tokens, image tokens included",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> row(1, 1, 2, 2, 2, 3).requireAtMost(2))
                        .getMessage());
    }

    @Test
    void whatIsNotPackedKeepsTheFastPath() {
        try (NDManager manager = Engines.newManager()) {
            NDArray right = manager.create(new long[] {1, 1, 1, 1, 1, 0}, new Shape(2, 3));
            assertNull(Padding.of(right, 3).hide(right), "nothing to hide");
            NDArray left = manager.create(new long[] {1, 1, 1, 0, 1, 1}, new Shape(2, 3));
            assertEquals(
                    new Shape(2, 1, 1, 3),
                    Objects.requireNonNull(Padding.of(left, 3).hide(left)).getShape());
            assertFalse(Padding.of(left, 3).packed());
        }
    }

    @Test
    void aTokenSeesItsOwnSampleAlone() {
        try (NDManager manager = Engines.newManager()) {
            NDArray mask = manager.create(new long[] {1, 1, 2, 0}, new Shape(1, 4));
            assertTrue(Padding.of(mask, 4).packed());
            NDArray hide = Objects.requireNonNull(Padding.of(mask, 4).hide(mask));
            assertEquals(new Shape(1, 1, 4, 4), hide.getShape());
            float no = -30000;
            assertArrayEquals(
                    new float[] {0, 0, no, no, 0, 0, no, no, no, no, 0, no, no, no, no, 0},
                    Kernels.floats(hide),
                    1e-9f);
            assertEquals(
                    "packed samples are there to be learned; only one sample a row goes on",
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> Padding.of(mask, 1).hide(mask))
                            .getMessage());
        }
    }

    @Test
    void aPackedBatchNumbersItsSamples() {
        try (NDManager manager = Engines.newManager()) {
            Rendered two = new Rendered(new long[] {4, 5}, new long[] {-100, 5}, 0);
            Rendered one = new Rendered(new long[] {6}, new long[] {-100}, 0);
            Batch batch = Batch.packed(List.of(List.of(two, one), List.of(two)), 9, manager);
            assertArrayEquals(new long[] {4, 5, 6, 4, 5, 9}, batch.ids().toLongArray());
            assertArrayEquals(
                    new long[] {-100, 5, -100, -100, 5, -100}, batch.labels().toLongArray());
            assertArrayEquals(new long[] {1, 1, 2, 1, 1, 0}, batch.mask().toLongArray());
        }
    }
}
