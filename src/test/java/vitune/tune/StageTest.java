package vitune.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Row;
import tech.tablesaw.api.Table;
import vitune.model.Preset;
import vitune.tensor.Precision;

class StageTest {
    /** Paper §4.2 and appendix C. */
    @Test
    void defaultsAreThePapers() {
        Stage align = Stage.align();
        Stage instruct = Stage.instruct();
        assertEquals("1 0.002 128", align.epochs() + " " + align.learningRate() + " " + align.batch());
        assertEquals("3 2.0E-5 32", instruct.epochs() + " " + instruct.learningRate() + " " + instruct.batch());
        assertEquals(0, instruct.weightDecay());
        assertEquals(0.03, instruct.warmupRatio());
    }

    @Test
    void plansSayWhichNamesAreTrained() {
        var align = FreezePlan.align().trained(Preset.SMALL.config());
        var instruct = FreezePlan.instruct().trained(Preset.SMALL.config());
        for (String name : new String[] {
            "query_tokens",
            "qformer.layernorm.weight",
            "language_projection.weight",
            "multi_modal_projector.linear.weight"
        }) {
            assertTrue(align.test(name) && instruct.test(name), name);
        }
        assertFalse(align.test("language_model.model.decoder.embed_tokens.weight"));
        assertTrue(instruct.test("language_model.model.decoder.embed_tokens.weight"));
        assertFalse(instruct.test("vision_model.post_layernorm.weight"));
    }

    @Test
    void errorsNameWhatCameAndWhatWasExpected() {
        assertEquals("epochs must be >= 1, got 0", refused(() -> Stage.align().withEpochs(0)));
        assertEquals(
                "microBatch must be in 1..128, got 200",
                refused(() -> Stage.align().withMicroBatch(200)));
        assertEquals(
                "learningRate must be > 0 and finite, got -1.0",
                refused(() -> Stage.align().withLearningRate(-1)));
        assertEquals(
                "learningRate must be > 0 and finite, got Infinity",
                refused(() -> Stage.align().withLearningRate(Double.POSITIVE_INFINITY)));
        assertEquals(
                "learningRate must be > 0 and finite, got Infinity",
                refused(() -> Treatment.FULL.withLearningRate(Double.POSITIVE_INFINITY)));
        assertEquals(
                "weightDecay must be >= 0 and finite, got Infinity",
                refused(() -> Stage.align().withWeightDecay(Double.POSITIVE_INFINITY)));
        assertEquals(
                "warmupRatio must be in [0, 1), got 1.0",
                refused(() -> Stage.align().withWarmupRatio(1)));
        for (String name : List.of("a/b", "..", "", "-x")) {
            assertEquals(
                    "name must be letters, digits, '_', '-' or '.', the last two not first, got \"" + name + "\"",
                    refused(() -> Stage.align().withName(name)));
        }
        assertEquals(
                "plan must not be null",
                assertThrows(NullPointerException.class, () -> Stage.align().withPlan(null))
                        .getMessage());
    }

    /** Each setting has a row, and a value of the paper where the paper has one. */
    @Test
    void theTableSetsEverySettingBesideThePapers() {
        Table align = Stage.align().tiny().withSeed(7).table();
        assertEquals(Stage.class.getRecordComponents().length - 1, align.rowCount(), "all but the name");
        assertEquals(List.of("setting", "value", "paper", "source"), align.columnNames());
        assertEquals("32 128 paper, appendix C", row(align, "batch"));
        assertEquals("7  ours", row(align, "seed"));
        Table instruct = Stage.instruct()
                .tiny()
                .withMaxGradNorm(Double.POSITIVE_INFINITY)
                .table();
        assertEquals("0.001 0.00002 paper, appendix C", row(instruct, "learningRate"));
        assertEquals("none  transformers' default", row(instruct, "maxGradNorm"));
        assertEquals(
                "BF16 BF16 paper, appendix C",
                row(Stage.instruct().withPrecision(Precision.BF16).table(), "precision"));
    }

    private static String row(Table table, String setting) {
        Row row = table.where(table.stringColumn("setting").isEqualTo(setting)).row(0);
        return row.getString("value") + " " + row.getString("paper") + " " + row.getString("source");
    }

    private static String refused(Runnable work) {
        return assertThrows(IllegalArgumentException.class, work::run).getMessage();
    }
}
