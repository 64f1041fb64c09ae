package vitune.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vitune.tune.TinyRuns.stage;

import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitune.data.InstructionSample;
import vitune.data.InstructionSet;
import vitune.data.ResponseType;
import vitune.data.Turn;
import vitune.model.ChatTemplate;
import vitune.model.Lora;
import vitune.model.Part;
import vitune.model.VisionLanguageModel;
import vitune.tensor.InPlace;
import vitune.tensor.Kernels;
import vitune.tensor.Precision;

/** The loop, on a model of a few thousand weights and twelve conversations of unequal length. */
class TunerTest {
    @TempDir
    static Path pictures;

    @TempDir
    Path folder;

    private static InstructionSet data;
    private final VisionLanguageModel model = load();

    @BeforeAll
    static void draw() {
        data = TinyRuns.data(pictures, 12);
    }

    private static VisionLanguageModel load() {
        return TinyRuns.model("blip2-opt");
    }

    @AfterEach
    void close() {
        model.close();
    }

    private String hash() {
        return model.parameters().hash();
    }

    @Test
    void lossFallsAndTheRunSaysWhatWasTrained() {
        TuningRun run = new Tuner(model).run(stage(6), data);
        assertEquals(18, run.steps().size());
        assertTrue(run.lastLoss() < 0.7 * run.firstLoss(), run.toString());
        assertEquals(hash(), run.endHash());
        assertNotEquals(run.startHash(), run.endHash());
        assertEquals(model.parameters().count(), run.trained() + run.frozen());
    }

    @Test
    void alignmentTouchesTheConnectorOnly() {
        String language = partHash(Part.LANGUAGE);
        String vision = partHash(Part.VISION);
        String connector = partHash(Part.CONNECTOR);
        new Tuner(model).run(Stage.align().withBatch(4), data);
        assertEquals(language, partHash(Part.LANGUAGE));
        assertEquals(vision, partHash(Part.VISION));
        assertNotEquals(connector, partHash(Part.CONNECTOR));
        assertEquals(0, model.parameters().trained().size(), "nothing is left open to gradients");
    }

    /** Nothing is left behind: no adapters, no changed byte, and the next run begins. */
    @Test
    void whatIsRefusedChangesNothing() {
        String before = hash();
        Stage low = stage(1).withPlan(FreezePlan.lora(Lora.of(2)));
        assertEquals(
                "the data must hold at least one sample, got 0",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new Tuner(model).run(low, InstructionSet.of(List.of())))
                        .getMessage());
        assertEquals(
                "align would learn nothing: 1 step of warm-up, at a learning rate of 0; expected more samples than a batch "
                        + "(128), more epochs, a smaller batch, or withWarmupRatio(0)",
                assertThrows(IllegalArgumentException.class, () -> new Tuner(model).run(Stage.align(), data))
                        .getMessage());
        var listening = new Tuner(model)
                .onStep(step -> assertEquals(
                        "instruct: another run is training in this JVM; wait for it, or interrupt it",
                        assertThrows(IllegalStateException.class, () -> new Tuner(model).run(stage(1), data))
                                .getMessage()));
        assertEquals(0, model.adapters().layers().size());
        assertEquals(before, hash());
        assertEquals(3, listening.run(stage(1), data).steps().size());
    }

    private String partHash(Part part) {
        return model.parameters().select(name -> Part.of(name) == part).hash();
    }

    /** Rows of unequal length: a mean of means would differ in the second digit. */
    @Test
    void microBatchesAndPackingDoNotChangeTheLoss() {
        TuningRun whole = new Tuner(model).run(stage(2), data);
        for (Stage stage : List.of(
                stage(2).withMicroBatch(1),
                stage(2).withMicroBatch(3),
                stage(2).withPacked(true),
                stage(2).withPacked(true).withMicroBatch(3))) {
            try (VisionLanguageModel other = load()) {
                TuningRun parts = new Tuner(other).run(stage, data);
                for (int i = 0; i < whole.steps().size(); i++) {
                    assertEquals(whole.losses()[i], parts.losses()[i], 1e-4 * whole.losses()[i]);
                    assertEquals(
                            whole.steps().get(i).gradNorm(),
                            parts.steps().get(i).gradNorm(),
                            1e-3 * whole.steps().get(i).gradNorm());
                }
            }
        }
    }

    @Test
    void oneSeedGivesOneResult() {
        new Tuner(model).run(stage(2), data);
        try (VisionLanguageModel again = load();
                VisionLanguageModel other = load()) {
            new Tuner(again).run(stage(2), data);
            new Tuner(other).run(stage(2).withSeed(9), data);
            assertEquals(hash(), again.parameters().hash());
            assertNotEquals(hash(), other.parameters().hash());
        }
    }

    /** N steps = k steps, a cut, and N - k steps in a fresh model: to the bit. */
    @Test
    void anInterruptedRunGoesOnToTheSameBits() {
        TuningRun whole = new Tuner(model).run(stage(3), data);
        try (VisionLanguageModel cut = load()) {
            Tuner tuner = new Tuner(cut, folder).onStep(step -> {
                if (step.step() == 4) {
                    Thread.currentThread().interrupt();
                }
            });
            var stopped = assertThrows(CancellationException.class, () -> tuner.run(stage(3), data));
            assertTrue(
                    stopped.getMessage()
                            .startsWith("instruct was interrupted after step 4 of 9; the same call goes on from there"),
                    stopped.getMessage());
        }
        try (VisionLanguageModel fresh = load()) {
            TuningRun rest = new Tuner(fresh, folder).run(stage(3), data);
            assertEquals(hash(), fresh.parameters().hash());
            assertEquals(
                    whole.steps().stream().map(Step::loss).toList(),
                    rest.steps().stream().map(Step::loss).toList());
        }
    }

    /** In a notebook the interrupted cell is run again, on the model as it stands: that is the same run, not another one. */
    @Test
    void theSameCallGoesOnWithTheModelAsItStands() {
        TuningRun whole = new Tuner(model).run(stage(3), data);
        try (VisionLanguageModel cut = load()) {
            Tuner tuner = new Tuner(cut, folder);
            for (int at : List.of(2, 4)) {
                Tuner stops = tuner.onStep(step -> {
                    if (step.step() == at) Thread.currentThread().interrupt();
                });
                assertThrows(CancellationException.class, () -> stops.run(stage(3), data));
            }
            TuningRun rest = tuner.run(stage(3), data);
            assertEquals(hash(), cut.parameters().hash());
            assertEquals(whole.startHash(), rest.startHash());
            assertEquals(9, rest.steps().size());
            assertEquals(1, Runs.table(folder).rowCount());
            TuningRun more = tuner.run(stage(3), data);
            assertEquals(rest.endHash(), more.startHash(), "what is finished is where another run begins");
        }
    }

    @Test
    void theStateOfAnotherRunIsNotUsed() {
        new Tuner(model, folder).run(stage(1), data);
        try (VisionLanguageModel fresh = load()) {
            int[] steps = {0};
            new Tuner(fresh, folder).onStep(step -> steps[0]++).run(stage(1).withSeed(5), data);
            assertEquals(3, steps[0]);
        }
    }

    @Test
    void aLossThatIsNotFiniteStopsAndNamesTheSamples() {
        var bias = model.parameters().require("language_projection.bias");
        InPlace.assign(bias, bias.mul(Float.NaN));
        var error = assertThrows(DivergedException.class, () -> new Tuner(model).run(stage(1), data));
        assertTrue(
                error.getMessage()
                        .matches("instruct, step 1: not finite \\(loss NaN, gradient norm NaN\\) on samples "
                                + "sample-\\d+, .*; the weights are those before this step"),
                error.getMessage());
        assertEquals(4, error.samples().size());
    }

    /** A weight that no layer reads: the plan fails at the first step, not at the end. */
    @Test
    void aPlanThatTrainsWhatNoGradientReachesFailsAtOnce() {
        model.parameters().put("language_model.idle.weight", model.manager().ones(new Shape(2, 2)));
        int[] steps = {0};
        var error = assertThrows(
                IllegalStateException.class,
                () -> new Tuner(model).onStep(step -> steps[0]++).run(stage(2), data));
        assertTrue(
                error.getMessage().endsWith("no gradient reached: [language_model.idle.weight]"), error.getMessage());
        assertEquals(0, steps[0]);
    }

    /** The first step sees texts alone, so the fault shows at the first that sees a picture. */
    @Test
    void aPlanThatTrainsWhatNoGradientReachesFailsAtTheFirstPicture() {
        model.parameters().put("language_model.idle.weight", model.manager().ones(new Shape(2, 2)));
        Stage stage = stage(3).withBatch(1);
        Examples.Group first;
        try (Examples examples =
                new Examples(model, data, Examples.render(model, data), stage, FeatureCache.none(), seen -> {})) {
            first = examples.group(stage, 0);
        }
        List<InstructionSample> samples = new ArrayList<>(data.samples());
        samples.replaceAll(sample -> sample == samples.get(first.samples().get(0)) ? withoutPicture(sample) : sample);
        int[] steps = {0};
        var error = assertThrows(
                IllegalStateException.class,
                () -> new Tuner(model).onStep(step -> steps[0]++).run(stage, InstructionSet.of(samples)));
        assertTrue(
                error.getMessage().endsWith("no gradient reached: [language_model.idle.weight]"), error.getMessage());
        assertEquals(1, steps[0]);
    }

    private static InstructionSample withoutPicture(InstructionSample sample) {
        return new InstructionSample(sample.id(), List.of(), sample.type(), sample.turns(), Map.of());
    }

    @Test
    void aPlanThatOnlyPicturesReachIsRefusedWithoutOne() {
        var texts = InstructionSet.of(
                data.samples().stream().map(TunerTest::withoutPicture).toList());
        int[] steps = {0};
        for (Treatment vision : List.of(Treatment.FROZEN, Treatment.FULL)) {
            Treatment connector = vision.equals(Treatment.FULL) ? Treatment.FROZEN : Treatment.FULL;
            var plan = new FreezePlan(vision, connector, Treatment.FULL);
            var error = assertThrows(
                    IllegalArgumentException.class,
                    () -> new Tuner(model).onStep(step -> steps[0]++).run(stage(1).withPlan(plan), texts));
            assertEquals(
                    "instruct trains what only pictures reach (" + plan
                            + "): at least one sample must have a picture, got none in 12 samples",
                    error.getMessage());
        }
        assertEquals(0, steps[0]);
        var language = new FreezePlan(Treatment.FROZEN, Treatment.FROZEN, Treatment.FULL);
        assertEquals(
                3,
                new Tuner(model).run(stage(1).withPlan(language), texts).steps().size());
    }

    /** The gradients of a failed step must not leak into the next run. */
    @Test
    void aRunAfterAFailedOneEqualsAFreshOne() {
        try (VisionLanguageModel fresh = load()) {
            new Tuner(fresh).run(stage(1), data);
            var bias = model.parameters().require("language_projection.bias");
            var good = Kernels.keep(bias, model.manager());
            InPlace.assign(bias, bias.mul(Float.NaN));
            assertThrows(ArithmeticException.class, () -> new Tuner(model).run(stage(1), data));
            InPlace.assign(bias, good);
            new Tuner(model).run(stage(1), data);
            assertEquals(fresh.parameters().hash(), hash());
        }
    }

    /** Steps made before are told again, so that a curve is whole. */
    @Test
    void aFinishedRunIsToldFromItsState() {
        TuningRun first = new Tuner(model, folder).run(stage(1), data);
        try (VisionLanguageModel fresh = load()) {
            List<Step> told = new ArrayList<>();
            new Tuner(fresh, folder).onStep(told::add).run(stage(1), data);
            assertEquals(first.steps(), told);
            assertEquals(hash(), fresh.parameters().hash());
        }
    }

    @Test
    void anotherTemplateIsAnotherRun() {
        new Tuner(model, folder).run(stage(1), data);
        try (VisionLanguageModel fresh = load()) {
            TuningRun run = new Tuner(fresh.withTemplate(ChatTemplate.v1()), folder).run(stage(1), data);
            assertNotEquals(hash(), run.endHash());
        }
    }

    @Test
    void bf16ComputesCloseToF32OnTheSameMasters() {
        TuningRun exact = new Tuner(model).run(stage(1), data);
        try (VisionLanguageModel other = load()) {
            TuningRun half = new Tuner(other).run(stage(1).withPrecision(Precision.BF16), data);
            assertNotEquals(exact.losses()[0], half.losses()[0]);
            assertEquals(exact.losses()[0], half.losses()[0], 0.02 * exact.losses()[0]);
            assertEquals(exact.lastLoss(), half.lastLoss(), 0.05 * exact.lastLoss());
        }
    }

    /** 300 steps leave as many arrays as three did. */
    @Test
    void stepsLeaveNoArraysBehind() {
        new Tuner(model).run(stage(1), data);
        int before = ((BaseNDManager) model.manager()).getManagedArrays().size();
        new Tuner(model).run(stage(100), data);
        assertEquals(
                before, ((BaseNDManager) model.manager()).getManagedArrays().size());
    }

    @Test
    void samplesLongerThanTheModelAreCut() {
        var longer = InstructionSet.of(List.of(new InstructionSample(
                "long", List.of(), ResponseType.SUMMARY, List.of(new Turn("say", "it ".repeat(90))), Map.of())));
        var connector = new FreezePlan(Treatment.FROZEN, Treatment.FROZEN, Treatment.FULL);
        TuningRun run = new Tuner(model).run(stage(2).withPlan(connector), longer);
        assertTrue(
                run.steps().get(0).supervisedTokens() < 64,
                run.steps().get(0).supervisedTokens() + " tokens of 64 positions");
        var never = InstructionSet.of(List.of(new InstructionSample(
                "asks", List.of(), ResponseType.SUMMARY, List.of(new Turn("say ".repeat(90), "it")), Map.of())));
        var error = assertThrows(IllegalArgumentException.class, () -> new Tuner(model).run(stage(1), never));
        assertTrue(
                error.getMessage()
                        .matches(
                                "sample asks has \\d+ tokens, the model 64 positions: no token of an answer is left to learn"),
                error.getMessage());
    }

    /** An answer is left to learn, but the picture of a later turn is not: told before the first step, with the sample. */
    @Test
    void aPictureThatIsCutAwayIsToldAtOnce() {
        List<InstructionSample> samples = new ArrayList<>(data.samples());
        samples.set(
                7,
                samples.get(7)
                        .withTurns(List.of(new Turn("say", "it ".repeat(300)), new Turn("<image>\nwhat is it", "it"))));
        try (VisionLanguageModel llava = TinyRuns.model("llava-llama")) {
            int[] steps = {0};
            var error = assertThrows(
                    IllegalArgumentException.class,
                    () -> new Tuner(llava).onStep(step -> steps[0]++).run(stage(1), InstructionSet.of(samples)));
            assertTrue(
                    error.getMessage()
                            .matches("sample sample-7 has \\d+ tokens, the model 256 positions: "
                                    + "0 of the 16 tokens of its picture are left, expected all"),
                    error.getMessage());
            assertEquals(0, steps[0]);
        }
    }

    @Test
    void refusesWhatCannotBeTrained() {
        var nothing = new FreezePlan(Treatment.FROZEN, Treatment.FROZEN, Treatment.FROZEN);
        assertEquals(
                "the plan trains nothing: vision frozen, connector frozen, language frozen",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new Tuner(model).run(stage(1).withPlan(nothing), data))
                        .getMessage());
        assertEquals(
                "the data must hold at least one sample, got 0",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new Tuner(model).run(stage(1), InstructionSet.of(List.of())))
                        .getMessage());
    }
}
