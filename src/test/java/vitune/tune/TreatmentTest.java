package vitune.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitune.data.InstructionSample;
import vitune.data.InstructionSet;
import vitune.data.ResponseType;
import vitune.data.Turn;
import vitune.model.Adapters;
import vitune.model.Lora;
import vitune.model.Part;
import vitune.model.VisionLanguageModel;

/** What a stage does with each part: frozen, in full, by low-rank adapters, at a rate of its own. */
class TreatmentTest {
    @TempDir
    Path folder;

    private final VisionLanguageModel model = load();

    private static final InstructionSet DATA = InstructionSet.of(IntStream.range(0, 8)
            .mapToObj(i -> new InstructionSample(
                    "sample-" + i,
                    List.of(),
                    ResponseType.CONVERSATION,
                    List.of(new Turn("what is " + i, "it ".repeat(1 + i % 4))),
                    Map.of()))
            .toList());

    private static VisionLanguageModel load() {
        return TinyRuns.model("blip2-opt");
    }

    @AfterEach
    void close() {
        model.close();
    }

    private static Stage stage(Treatment language) {
        return Stage.instruct()
                .withPlan(new FreezePlan(Treatment.FROZEN, Treatment.FROZEN, language))
                .withBatch(4)
                .withLearningRate(1e-2)
                .withEpochs(4);
    }

    private static String hash(VisionLanguageModel model, Predicate<String> names) {
        return model.parameters().select(names).hash();
    }

    @Test
    void adaptersLearnAndWeightsStayTheBytesTheyWere() {
        String base = hash(model, name -> !Adapters.owns(name));
        TuningRun run = new Tuner(model).run(stage(Treatment.lora(Lora.of(4))), DATA);
        assertEquals(base, hash(model, name -> !Adapters.owns(name)));
        assertTrue(run.lastLoss() < run.firstLoss(), run.toString());
        assertEquals(
                model.adapters().layers().size() * 2L,
                model.parameters().select(Adapters::owns).size());
        assertEquals(model.parameters().select(Adapters::owns).count(), run.trained());
        model.adapters().merge();
        assertNotEquals(base, hash(model, name -> !Adapters.owns(name)));
    }

    /** A second stage goes on with the adapters of the first; one in full is refused until they are merged. */
    @Test
    void adaptersOutliveTheStage() {
        Stage low = stage(Treatment.lora(Lora.of(2)));
        TuningRun first = new Tuner(model).run(low, DATA);
        TuningRun second = new Tuner(model).run(low, DATA);
        assertEquals(first.endHash(), second.startHash());
        assertTrue(second.firstLoss() < first.firstLoss());
        var error = assertThrows(IllegalStateException.class, () -> new Tuner(model).run(stage(Treatment.FULL), DATA));
        assertEquals(
                "the language model is to be trained in full, and has adapters on "
                        + model.adapters().layers().size() + " layers: merge() them first",
                error.getMessage());
        model.adapters().merge();
        TuningRun full = new Tuner(model).run(stage(Treatment.FULL), DATA);
        assertEquals(second.lastLoss(), full.firstLoss(), 0.3 * second.lastLoss());
    }

    /** Dropout and recomputing too: N steps = k steps, a cut, N - k steps in a fresh model, to the bit. */
    @Test
    void anInterruptedRunWithDropoutGoesOnToTheSameBits() {
        Random random = new Random(8);
        for (int i = 0; i < 6; i++) {
            Stage stage = stage(Treatment.lora(Lora.of(2).withDropout(0.3)))
                    .withMicroBatch(1 + random.nextInt(4))
                    .withRecompute(i % 2 == 1)
                    .withSeed(random.nextInt(1000));
            Path place = folder.resolve("run" + i);
            int cutAt = 1 + random.nextInt(6);
            try (VisionLanguageModel whole = load();
                    VisionLanguageModel cut = load();
                    VisionLanguageModel rest = load()) {
                TuningRun expected = new Tuner(whole).run(stage, DATA);
                assertThrows(
                        CancellationException.class,
                        () -> new Tuner(cut, place)
                                .onStep(step -> {
                                    if (step.step() == cutAt)
                                        Thread.currentThread().interrupt();
                                })
                                .run(stage, DATA));
                TuningRun got = new Tuner(rest, place).run(stage, DATA);
                assertEquals(expected.endHash(), got.endHash(), stage.toString());
            }
        }
    }

    /** The same run with layers computed again: the same curve, to rounding. */
    @Test
    void recomputingChangesNothing() {
        for (Treatment language : List.of(Treatment.FULL, Treatment.lora(Lora.of(2)))) {
            try (VisionLanguageModel one = load();
                    VisionLanguageModel two = load()) {
                double[] plain = new Tuner(one).run(stage(language), DATA).losses();
                double[] again = new Tuner(two)
                        .run(stage(language).withRecompute(true), DATA)
                        .losses();
                for (int i = 0; i < plain.length; i++) assertEquals(plain[i], again[i], 1e-4 * plain[i]);
            }
        }
    }

    /** AdamW's first step moves a weight by its rate, whatever the gradient: twice the rate, twice as far. */
    @Test
    void aPartHasARateOfItsOwn() {
        var plan = new FreezePlan(Treatment.FROZEN, Treatment.FROZEN, Treatment.FULL.withLearningRate(3e-4));
        Stage own = Stage.instruct()
                .withBatch(8)
                .withEpochs(1)
                .withLearningRate(1e-2)
                .withWarmupRatio(0);
        try (VisionLanguageModel other = load()) {
            new Tuner(model).run(own.withPlan(plan), DATA);
            new Tuner(other).run(own.withPlan(stage(Treatment.FULL).plan()).withLearningRate(3e-4), DATA);
            assertEquals(other.parameters().hash(), model.parameters().hash());
        }
        assertEquals(3e-4, own.withPlan(plan).learningRate(Part.LANGUAGE));
        assertEquals(1e-2, own.withPlan(plan).learningRate(Part.CONNECTOR));
    }

    @Test
    void impossibleOnesAreRefused() {
        assertEquals(
                "a frozen part has no learning rate, got 0.1",
                assertThrows(IllegalArgumentException.class, () -> Treatment.FROZEN.withLearningRate(0.1))
                        .getMessage());
        assertEquals(
                "learningRate must be > 0 and finite, got 0.0",
                assertThrows(IllegalArgumentException.class, () -> Treatment.FULL.withLearningRate(0))
                        .getMessage());
        assertEquals(
                "vision frozen, connector full at 0.001, language Lora[rank=4, alpha=8.0, dropout=0.0, targets=[]]",
                FreezePlan.lora(Lora.of(4))
                        .with(Part.CONNECTOR, Treatment.FULL.withLearningRate(1e-3))
                        .toString());
    }

    /** LLaVA takes what the last block but one says: the last block and the norm behind it have nothing to learn. */
    @Test
    void whatAnEncoderDoesNotUseKeepsItsBytes() {
        InstructionSet pictures = TinyRuns.data(folder, 4);
        Lora lora = Lora.of(2).withTargets("fc1", "fc2");
        for (Treatment eye : List.of(Treatment.FULL, Treatment.lora(lora))) {
            try (VisionLanguageModel llava = TinyRuns.model("llava-llama")) {
                int last = llava.config().vision().layers() - 1;
                String block = "vision_tower.encoder.layers." + last + ".";
                Predicate<String> idle =
                        name -> name.startsWith(block) || name.startsWith("vision_tower.post_layernorm");
                Predicate<String> busy = name -> Part.of(name) == Part.VISION && !idle.test(name);
                String unused = hash(llava, idle.and(name -> !Adapters.owns(name)));
                Stage stage = Stage.instruct()
                        .withPlan(new FreezePlan(eye, Treatment.FULL, Treatment.FULL))
                        .withBatch(2)
                        .withEpochs(2);
                String before = hash(llava, busy);
                TuningRun run = new Tuner(llava).run(stage, pictures);
                assertEquals(4, run.steps().size());
                assertEquals(unused, hash(llava, idle.and(name -> !Adapters.owns(name))), eye.toString());
                assertNotEquals(before, hash(llava, busy));
                assertTrue(run.frozen() >= llava.parameters().select(idle).count());
            }
        }
    }
}
