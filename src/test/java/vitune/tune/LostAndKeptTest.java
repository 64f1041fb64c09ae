package vitune.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vitune.tune.TinyRuns.stage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;
import vitune.data.InstructionSet;
import vitune.model.VisionLanguageModel;
import vitune.tensor.InPlace;

/** What a run leaves on the disk when all goes well, when the disk fails, and when the loss does. */
class LostAndKeptTest {
    private static final Saving ALWAYS = new Saving(Duration.ZERO, 2);

    @TempDir
    static Path pictures;

    @TempDir
    Path folder;

    private static InstructionSet data;

    @BeforeAll
    static void draw() {
        data = TinyRuns.data(pictures, 8);
    }

    private List<Path> files(String part) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> file.getFileName().toString().contains(part))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> names(List<Path> files) {
        return files.stream().map(file -> file.getFileName().toString()).toList();
    }

    /** While it goes, the last states; at its end the weights alone, a third of a state, which the same call ends with. */
    @Test
    void theLastStatesAreKeptAndAtTheEndTheWeightsAlone() throws IOException {
        long[] state = new long[1];
        TuningRun run;
        try (VisionLanguageModel model = TinyRuns.model("blip2-opt")) {
            run = new Tuner(model, folder)
                    .withSaving(ALWAYS)
                    .onStep(step -> {
                        if (step.step() == 6) state[0] = size("state-000004.safetensors", "state-000005.safetensors");
                    })
                    .run(stage(3), data);
        }
        assertEquals(List.of("state-000006.safetensors"), names(files("state")));
        long left = size("state-000006.safetensors");
        assertTrue(left > 4 * run.trained() && left < 0.4 * state[0] / 2, left + " of " + state[0]);
        assertEquals(List.of(), files(".part"));
        assertEquals(1, files("run.json").size());
        assertEquals(1, files("tfevents").size());
        Table runs = Runs.table(folder);
        assertEquals(Math.round(left / 1e6), runs.longColumn("disk MB").get(0), 1);
        try (VisionLanguageModel model = TinyRuns.model("blip2-opt")) {
            TuningRun again = new Tuner(model, folder).withSaving(ALWAYS).run(stage(3), data);
            assertEquals(run.endHash(), again.endHash());
            assertEquals(run.endHash(), model.parameters().hash());
            assertEquals(run.steps(), again.steps());
        }
        assertEquals(List.of("state-000006.safetensors"), names(files("state")));
    }

    /** JSON has no infinity: the run is written and read all the same. */
    @Test
    void aStageThatOnlyMeasuresItsNormIsWritten() throws IOException {
        Stage measured = stage(1).withMaxGradNorm(Double.POSITIVE_INFINITY);
        TuningRun run;
        try (VisionLanguageModel model = TinyRuns.model("blip2-opt")) {
            run = new Tuner(model, folder).withSaving(ALWAYS).run(measured, data);
        }
        assertTrue(Files.readString(files("run.json").get(0)).contains("\"maxGradNorm\": Infinity"));
        assertEquals("finished", Runs.table(folder).stringColumn("outcome").get(0));
        try (VisionLanguageModel model = TinyRuns.model("blip2-opt")) {
            assertEquals(
                    run.endHash(), new Tuner(model, folder).run(measured, data).endHash());
        }
    }

    private long size(String... names) {
        try {
            long sum = 0;
            for (String name : names) sum += Files.size(files(name).get(0));
            return sum;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Killed between its last step and its end, a run has full states of all steps: it ends as the others do. */
    @Test
    void aRunThatOnlyHadToEndLeavesTheWeightsAlone() throws IOException {
        try (VisionLanguageModel model = TinyRuns.model("blip2-opt")) {
            assertThrows(
                    CancellationException.class,
                    () -> new Tuner(model, folder)
                            .withSaving(ALWAYS)
                            .onStep(step -> {
                                if (step.step() == 6) Thread.currentThread().interrupt();
                            })
                            .run(stage(3), data));
        }
        assertTrue(Thread.interrupted() || files("state").size() == 2);
        assertEquals(2, files("state").size());
        try (VisionLanguageModel model = TinyRuns.model("blip2-opt")) {
            new Tuner(model, folder).run(stage(3), data);
        }
        assertEquals(List.of("state-000006.safetensors"), names(files("state")));
    }

    @Test
    void partsOfAKilledProcessAreCleared() throws IOException {
        try (VisionLanguageModel model = TinyRuns.model("blip2-opt")) {
            new Tuner(model, folder).run(stage(1), data);
            Files.writeString(files("state").get(0).resolveSibling(".state-000001.safetensors.0-0.part"), "half");
        }
        try (VisionLanguageModel model = TinyRuns.model("blip2-opt")) {
            new Tuner(model, folder).run(stage(1), data);
        }
        assertEquals(List.of(), files(".part"));
    }

    /**
     * The run's folder is moved away and a file lies in its place, so every write fails as on a disk that is full or gone;
     * two steps later it is back. The run goes on in memory, says so once, and ends at the same bits.
     */
    @Test
    void aDiskThatFailsStopsNothing() throws IOException {
        String whole;
        try (VisionLanguageModel model = TinyRuns.model("blip2-opt")) {
            whole = new Tuner(model).run(stage(4), data).endHash();
        }
        Path aside = folder.resolve("aside");
        List<String> warnings = new ArrayList<>();
        try (VisionLanguageModel model = TinyRuns.model("blip2-opt")) {
            TuningRun run = new Tuner(model, folder)
                    .withSaving(ALWAYS)
                    .onWarning(warnings::add)
                    .onStep(step -> change(step.step(), aside))
                    .run(stage(4), data);
            assertEquals(whole, run.endHash());
        }
        String text = String.join("\n", warnings);
        assertTrue(
                text.matches("(?s)instruct: cannot write .*state-000003\\.safetensors: it needs \\d+\\.\\d MB, .*"
                        + "training goes on, and every next save tries again.*"),
                text);
        assertEquals(1, warnings.size(), text); // not a line at every step
        assertEquals(List.of("state-000008.safetensors"), names(files("state")));
    }

    private void change(int step, Path aside) {
        try {
            if (step == 3) {
                Path place = Files.list(folder.resolve("instruct")).findFirst().orElseThrow();
                Files.move(place, aside);
                Files.writeString(place, "not a folder");
            } else if (step == 5) {
                Path place = Files.list(folder.resolve("instruct")).findFirst().orElseThrow();
                assertEquals(List.of("state-000001.safetensors", "state-000002.safetensors"), names(files("state")));
                Files.delete(place);
                Files.move(aside, place);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFolderThatCannotBeMadeIsToldBeforeTheFirstStep() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        try (VisionLanguageModel model = TinyRuns.model("blip2-opt")) {
            var error = assertThrows(UncheckedIOException.class, () -> new Tuner(model, file).run(stage(1), data));
            assertTrue(error.getMessage().startsWith("cannot write to " + file), error.getMessage());
        }
    }

    /** A learning rate that throws the weights away after step 25; the state before it is there, and the same call can go on. */
    @Test
    void aSpikeStopsBeforeItsStepAndTheStateIsKept() throws IOException {
        Stage stage = stage(30).withLearningRate(3e-3);
        DivergedException error;
        try (VisionLanguageModel model = TinyRuns.model("blip2-opt")) {
            String[] before = new String[1];
            Tuner tuner = new Tuner(model, folder).onStep(step -> {
                if (step.step() == 25) {
                    var head = model.parameters().require("language_model.model.decoder.embed_tokens.weight");
                    InPlace.assign(head, head.mul(40));
                    before[0] = model.parameters().hash();
                }
            });
            error = assertThrows(DivergedException.class, () -> tuner.run(stage, data));
            assertEquals(before[0], model.parameters().hash());
        }
        assertEquals(26, error.step());
        assertEquals(4, error.samples().size());
        assertTrue(error.getMessage().contains("the loss has left its curve"), error.getMessage());
        assertTrue(Double.isFinite(error.gradNorm()) && error.loss() > 5, error.getMessage());
        assertNotNull(error.kept());
        assertTrue(error.kept().endsWith("state-000025.safetensors") && Files.exists(error.kept()));
        Table runs = Runs.table(folder);
        assertEquals("diverged 25 of 60", runs.get(0, 2) + " " + runs.get(0, 3));
        try (VisionLanguageModel model = TinyRuns.model("blip2-opt")) {
            TuningRun run =
                    new Tuner(model, folder).withLossWatch(LossWatch.off()).run(stage, data);
            assertEquals(60, run.steps().size());
        }
    }

    @Test
    void aRunInMemoryNamesNoFile() {
        try (VisionLanguageModel model = TinyRuns.model("blip2-opt")) {
            var bias = model.parameters().require("language_projection.bias");
            InPlace.assign(bias, bias.mul(Float.NaN));
            assertNull(assertThrows(DivergedException.class, () -> new Tuner(model).run(stage(1), data))
                    .kept());
        }
    }

    @Test
    void everyRunIsARow() throws IOException {
        TuningRun run;
        try (VisionLanguageModel model = TinyRuns.model("blip2-opt")) {
            run = new Tuner(model, folder).run(stage(1), data);
            new Tuner(model, folder)
                    .run(Stage.align().withBatch(8).withWarmupRatio(0).withSeed(3), data);
        }
        Files.writeString(Files.createDirectory(folder.resolve("bad")).resolve("run.json"), "{\"steps\": ");
        Files.writeString(
                Files.createDirectory(folder.resolve("odd")).resolve("run.json"),
                "{\"steps\": [], \"stage\": {\"name\": \"x\"}, \"samples\": \"many\"}");
        Files.writeString(Files.createDirectory(folder.resolve("none")).resolve("run.json"), "{}");
        Files.write(Files.createDirectory(folder.resolve("bytes")).resolve("run.json"), new byte[] {'{', (byte) 0xff});
        Table runs = Runs.table(folder);
        assertEquals(6, runs.rowCount());
        assertEquals(4, runs.stringColumn("outcome").isEqualTo("not readable").size());
        assertEquals(
                List.of("not readable"),
                runs.where(runs.stringColumn("folder").isEqualTo("bad"))
                        .stringColumn("outcome")
                        .asList());
        Table instruct = runs.where(runs.stringColumn("stage").isEqualTo("instruct"));
        assertEquals("finished 2 of 2", instruct.get(0, 2) + " " + instruct.get(0, 3));
        assertEquals(run.firstLoss(), instruct.doubleColumn("first loss").get(0));
        assertEquals(run.lastLoss(), instruct.doubleColumn("last loss").get(0));
        assertEquals(
                Math.round(run.tokensPerSecond()),
                instruct.longColumn("tokens/s").get(0));
        assertEquals(
                run.dataHash().substring(0, 8), instruct.stringColumn("data").get(0));
        assertEquals(8, instruct.longColumn("samples").get(0));
        assertEquals(
                0, Runs.table(Files.createDirectory(folder.resolve("empty"))).rowCount());
    }

    /** Files come and go in the folder of a run that saves, also between a look at their names and one at their sizes. */
    @Test
    void runsAreListedWhileTheySave() throws Exception {
        Path run = Files.createDirectory(folder.resolve("one"));
        Files.writeString(run.resolve("run.json"), "{\"steps\": [], \"stage\": {\"name\": \"x\"}}");
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Void> saves = CompletableFuture.runAsync(() -> {
            for (int i = 0; !done.get(); i++) {
                try {
                    Files.writeString(run.resolve(".state-" + i % 20 + ".part"), "half");
                    if (i % 20 == 19) for (int j = 0; j < 20; j++) Files.delete(run.resolve(".state-" + j + ".part"));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
        try {
            for (int i = 0; i < 300; i++) {
                Table runs = Runs.table(folder);
                assertEquals("x", runs.stringColumn("stage").get(0));
            }
        } finally {
            done.set(true);
        }
        saves.get();
    }
}
