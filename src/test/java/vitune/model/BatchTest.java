package vitune.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;
import vitune.tensor.Engines;

class BatchTest {
    private static final long[] NONE = {};

    @Test
    void beforeAnEncoderIdsAndLabelsHaveWidthsOfTheirOwn() {
        try (NDManager manager = Engines.newManager()) {
            List<Rendered> rows = List.of(
                    Rendered.apart(new long[] {5, 6, 7, 1}, new long[] {8, 1}, 0),
                    Rendered.apart(new long[] {5, 1}, new long[] {8, 9, 1}, 0));
            Batch batch = Batch.of(rows, 0, manager);
            assertArrayEquals(new long[] {5, 6, 7, 1, 5, 1, 0, 0}, batch.ids().toLongArray());
            assertArrayEquals(new long[] {1, 1, 1, 1, 1, 1, 0, 0}, batch.mask().toLongArray());
            assertArrayEquals(new long[] {8, 1, -100, 8, 9, 1}, batch.labels().toLongArray());
            assertEquals(5, batch.supervised());
            assertArrayEquals(
                    batch.ids().toLongArray(),
                    Batch.prompts(rows, 0, manager).ids().toLongArray(),
                    "on the right too");
        }
    }

    @Test
    void aPromptForAnEncoderHasNothingToLearn() {
        try (NDManager manager = Engines.newManager()) {
            Batch batch = Batch.prompts(List.of(Rendered.apart(new long[] {5, 1}, NONE, 0)), 0, manager);
            assertEquals(0, batch.supervised());
        }
    }

    @Test
    void whatTheConnectorIsToldIsFilledUpOnTheRight() {
        try (NDManager manager = Engines.newManager()) {
            Rendered one = new Rendered(new long[] {4, 5}, new long[] {-100, 5}, 1);
            assertNull(Batch.of(List.of(one), 1, manager).instruction());
            Rendered two = new Rendered(new long[] {4}, new long[] {-100}, 2);
            Batch batch = Batch.prompts(
                            List.of(one.withInstruction(new long[] {2, 3}), two.withInstruction(new long[] {2, 7, 3})),
                            1,
                            manager)
                    .withFeatures(manager.zeros(new Shape(1, 1, 1)));
            assertNotNull(batch.instruction());
            assertArrayEquals(
                    new long[] {2, 3, 0, 2, 7, 3, 2, 7, 3},
                    batch.instruction().ids().toLongArray(),
                    "a row a picture");
            assertArrayEquals(
                    new long[] {1, 1, 0, 1, 1, 1, 1, 1, 1},
                    batch.instruction().mask().toLongArray());
            assertArrayEquals(new long[] {4, 5, 1, 4}, batch.ids().toLongArray(), "on the left");
        }
    }

    @Test
    void aCutKeepsTheEndOfWhatAnEncoderReads() {
        Rendered row = Rendered.apart(new long[] {5, 6, 7, 1}, new long[] {8, 9, 9, 1}, 0)
                .withInstruction(new long[] {2, 3});
        assertEquals(row, row.cut(4));
        assertEquals(
                Rendered.apart(new long[] {5, 6, 1}, new long[] {8, 9, 9}, 0).withInstruction(new long[] {2, 3}),
                row.cut(3));
        assertEquals(
                new Rendered(new long[] {4}, new long[] {-100}, 0),
                new Rendered(new long[] {4, 5}, new long[] {-100, 5}, 0).cut(1));
    }

    @Test
    void aTableShowsTheAnswerBehindWhatAnEncoderReads() {
        Tokenizer tokenizer = Tokenizer.read(Golden.folder());
        Table table = Rendered.apart(tokenizer.encode("Which?"), tokenizer.encode(" two"), 0)
                .table(tokenizer);
        int read = tokenizer.encode("Which?").length;
        assertEquals(read + tokenizer.encode(" two").length, table.rowCount());
        for (int i = 0; i < table.rowCount(); i++)
            assertEquals(i >= read, table.booleanColumn("learned").get(i));
    }

    @Test
    void withoutAnEncoderLabelsStandBesideIds() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> new Rendered(new long[2], new long[3], 0));
        assertEquals("labels must be as many as ids without an encoder, got 3 for 2", e.getMessage());
    }
}
