package vitune.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import vitune.model.Preset;

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
                "learningRate must be > 0, got -1.0",
                refused(() -> Stage.align().withLearningRate(-1)));
        assertEquals(
                "warmupRatio must be in [0, 1), got 1.0",
                refused(() -> Stage.align().withWarmupRatio(1)));
        assertEquals(
                "name must be letters, digits, '-', '_' or '.', got \"a/b\"",
                refused(() -> Stage.align().withName("a/b")));
    }

    private static String refused(Runnable work) {
        return assertThrows(IllegalArgumentException.class, work::run).getMessage();
    }
}
