package vitune.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitune.data.InstructionSample;
import vitune.data.InstructionSet;
import vitune.model.VisionLanguageModel;
import vitune.tensor.Precision;

/** N = k + (N - k), to the bit, over random stages, cuts and damages. */
class ResumeTest {
    private static final int CASES = 200;

    @TempDir
    static Path temp;

    private static InstructionSet data;

    @BeforeAll
    static void draw() {
        data = TinyRuns.data(temp, 7);
    }

    /** How a run is cut: asked to stop, after a step or at any moment, or broken off, with its newest state damaged or not. */
    private enum Cut {
        INTERRUPTED,
        AT_ANY_MOMENT,
        BROKEN_OFF,
        TRUNCATED,
        FLIPPED
    }

    private static final class BrokenOff extends RuntimeException {}

    @Test
    void aRunThatWasCutEndsAtTheSameBits() throws IOException {
        SplittableRandom random = new SplittableRandom(5);
        int[] cuts = new int[Cut.values().length];
        int damaged = 0;
        for (int i = 0; i < CASES; i++) {
            String family = random.nextInt(3) == 0 ? "llava-llama" : "blip2-opt";
            Stage drawn = stage(random);
            InstructionSet some = TinyRuns.first(data, 1 + random.nextInt(data.size()));
            boolean single =
                    drawn.epochs() == 1 && some.size() <= drawn.batch(); // one step of warm-up would learn nothing
            Stage stage = single ? drawn.withWarmupRatio(0) : drawn;
            String what = "case " + i + ": " + family + ", " + some.size() + " samples, " + stage;
            TuningRun whole;
            String frozen;
            try (VisionLanguageModel model = TinyRuns.model(family)) {
                frozen = frozenHash(model, stage);
                whole = new Tuner(model).run(stage, some);
                assertEquals(frozen, frozenHash(model, stage), what);
            }
            Path folder = Files.createDirectory(temp.resolve("run" + i));
            for (int again = random.nextInt(2); again >= 0; again--) {
                Cut cut = Cut.values()[random.nextInt(cuts.length)];
                cuts[cut.ordinal()]++;
                cut(
                        family,
                        stage,
                        some,
                        folder,
                        cut,
                        1 + random.nextInt(whole.steps().size()),
                        random);
            }
            List<String> warnings = new ArrayList<>();
            List<Integer> told = new ArrayList<>();
            try (VisionLanguageModel model = TinyRuns.model(family)) {
                TuningRun rest = new Tuner(model, folder)
                        .onWarning(warnings::add)
                        .onStep(step -> told.add(step.step()))
                        .run(stage, some);
                assertEquals(whole.endHash(), rest.endHash(), what);
                assertEquals(losses(whole), losses(rest), what);
                assertEquals(IntStream.rangeClosed(1, told.size()).boxed().toList(), told, what);
                assertEquals(frozen, frozenHash(model, stage), what);
            }
            damaged += warnings.size();
            assertTrue(
                    warnings.stream().allMatch(w -> w.matches("(?s).*state-\\d+\\.safetensors is damaged .*")), what);
        }
        assertTrue(IntStream.of(cuts).allMatch(n -> n >= 30), List.of(cuts).toString());
        assertTrue(damaged > 40, damaged + " damaged states were met");
    }

    /** A text without a picture does not reach the connector, whose moments decay all the same: also where a run went on. */
    @Test
    void aRunWithTextsAloneEndsAtTheSameBits() throws IOException {
        List<InstructionSample> samples = new ArrayList<>();
        for (InstructionSample sample : data.samples().subList(0, 6)) {
            samples.add(sample);
            samples.add(new InstructionSample(
                    "text of " + sample.id(), List.of(), sample.type(), sample.turns(), Map.of()));
        }
        InstructionSet mixed = InstructionSet.of(samples);
        Stage stage = Stage.instruct()
                .withPrecision(Precision.F32)
                .withBatch(1)
                .withLearningRate(1e-2)
                .withEpochs(1);
        TuningRun whole;
        try (VisionLanguageModel model = TinyRuns.model("blip2-opt")) {
            whole = new Tuner(model).run(stage, mixed);
        }
        for (int at = 1; at < whole.steps().size(); at++) {
            Path folder = Files.createDirectory(temp.resolve("mixed" + at));
            int last = at;
            try (VisionLanguageModel model = TinyRuns.model("blip2-opt")) {
                Tuner tuner = new Tuner(model, folder).onStep(step -> {
                    if (step.step() == last) Thread.currentThread().interrupt();
                });
                assertThrows(CancellationException.class, () -> tuner.run(stage, mixed));
            }
            try (VisionLanguageModel model = TinyRuns.model("blip2-opt")) {
                assertEquals(
                        whole.endHash(),
                        new Tuner(model, folder).run(stage, mixed).endHash(),
                        "cut after " + at);
            }
        }
    }

    private static Stage stage(SplittableRandom random) {
        FreezePlan plan = switch (random.nextInt(4)) {
            case 0 -> FreezePlan.align();
            case 1 -> new FreezePlan(Treatment.FROZEN, Treatment.FROZEN, Treatment.FULL);
            case 2 -> FreezePlan.instruct();
            default -> new FreezePlan(Treatment.FULL, Treatment.FULL, Treatment.FROZEN);
        };
        int batch = 1 + random.nextInt(4);
        return Stage.instruct()
                .withPlan(plan)
                .withBatch(batch)
                .withMicroBatch(1 + random.nextInt(batch))
                .withEpochs(1 + random.nextInt(2))
                .withLearningRate(Math.pow(10, -4 + 2 * random.nextDouble()))
                .withWarmupRatio(random.nextDouble(0.5))
                .withWeightDecay(random.nextInt(2) * 0.1)
                .withMaxGradNorm(random.nextBoolean() ? 1 : 0.1)
                .withPrecision(random.nextInt(6) == 0 ? Precision.BF16 : Precision.F32)
                .withSeed(random.nextLong(1000));
    }

    /** Runs up to a step and no further; a run that is past it already goes to its end. */
    private static void cut(
            String family, Stage stage, InstructionSet some, Path folder, Cut cut, int at, SplittableRandom random)
            throws IOException {
        Thread runs = Thread.currentThread();
        long moment = random.nextLong(150_000_000); // nanoseconds
        Thread other = new Thread(() -> {
            LockSupport.parkNanos(moment);
            runs.interrupt();
        });
        try (VisionLanguageModel model = TinyRuns.model(family)) {
            if (cut == Cut.AT_ANY_MOMENT) {
                other.start();
            }
            new Tuner(model, folder)
                    .onWarning(warning -> {
                        if (!warning.contains("is damaged")) {
                            throw new AssertionError(warning);
                        }
                    })
                    .withSaving(new Saving(Duration.ZERO, 1 + random.nextInt(3)))
                    .onStep(step -> {
                        if (step.step() == at && cut == Cut.INTERRUPTED) {
                            Thread.currentThread().interrupt();
                        } else if (step.step() == at && cut != Cut.AT_ANY_MOMENT) {
                            throw new BrokenOff(); // what a kill leaves: the states of the steps before
                        }
                    })
                    .run(stage, some);
        } catch (CancellationException | BrokenOff e) {
            assertFalse(cut != Cut.AT_ANY_MOMENT && Thread.interrupted());
        } finally {
            if (cut == Cut.AT_ANY_MOMENT) {
                join(other);
            }
            Thread.interrupted(); // of a run that was at its end already
        }
        List<Path> states = states(folder);
        if (cut.compareTo(Cut.TRUNCATED) >= 0 && !states.isEmpty()) {
            try (RandomAccessFile file = new RandomAccessFile(states.get(0).toFile(), "rw")) {
                long place = random.nextLong(file.length());
                if (cut == Cut.TRUNCATED) {
                    file.setLength(place);
                } else {
                    file.seek(place);
                    int old = file.read();
                    file.seek(place);
                    file.write(old ^ 1 << random.nextInt(8));
                }
            }
        }
    }

    private static void join(Thread other) {
        while (other.isAlive()) {
            try {
                other.join();
            } catch (InterruptedException e) {
                continue; // by the other itself
            }
        }
    }

    private static List<Path> states(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> file.toString().endsWith(".safetensors"))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
    }

    private static String frozenHash(VisionLanguageModel model, Stage stage) {
        return model.parameters()
                .select(stage.plan().trained(model.config()).negate())
                .hash();
    }

    private static List<Double> losses(TuningRun run) {
        return run.steps().stream().map(Step::loss).toList();
    }
}
