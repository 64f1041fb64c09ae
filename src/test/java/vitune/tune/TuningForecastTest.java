package vitune.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitune.data.InstructionSet;
import vitune.model.Part;
import vitune.model.Preset;
import vitune.model.VisionLanguageModel;
import vitune.tensor.Precision;

/** The arithmetic of a forecast; how near it comes is what {@link ForecastBenchmark} measures. */
class TuningForecastTest {
    private static final double MEGA = 1 << 20;

    private static Workload work(Preset preset, boolean language, Precision stored, int rows) {
        Map<Part, PartLoad> parts = new EnumMap<>(Part.class);
        parts.put(Part.VISION, new PartLoad(false, 0, stored));
        parts.put(Part.CONNECTOR, new PartLoad(true, 0, stored));
        parts.put(Part.LANGUAGE, new PartLoad(language, 0, stored));
        int tokens = preset.config().queries() + 64;
        return new Workload(preset.config(), parts, Precision.F32, false, rows, tokens, rows * 64, rows, 0, true, rows);
    }

    private static TuningForecast forecast(Workload work, long gigabytes) {
        return new TuningForecast("instruct", work, 10, OptionalLong.of(gigabytes << 30), false);
    }

    /**
     * The sizes of {@code small}: 8 pictures of 65 positions, 16 queries, 80 positions of text. Products by hand: 12 D²
     * a position and block, 4 positions D for attention, twice each; a weight's gradient costs as much again, and so does
     * that of an input.
     */
    @Test
    void operationsAreCountedAsByHand() {
        double vision = 8 * (64 * 2.0 * 588 * 256 + 6 * 65 * (24.0 * 256 * 256 + 4.0 * 65 * 256));
        double queries = 8 * 16.0;
        double self = queries * (8.0 * 256 * 256 + 4.0 * 16 * 256);
        double crossLinear = queries * 4.0 * 256 * 256 + 8 * 65 * 4.0 * 256 * 256;
        double cross = crossLinear + queries * 4.0 * 65 * 256;
        double connector = 4 * (self + queries * 16.0 * 256 * 256) + 2 * cross + queries * 2.0 * 256 * 384;
        double language = 6 * 640 * (24.0 * 384 * 384 + 4.0 * 80 * 384);
        double head = 512 * 2.0 * 384 * 4000;
        MemoryDemand align = MemoryDemand.of(work(Preset.SMALL, false, Precision.F32, 8));
        assertEquals(vision + connector + language + head, align.forward(), 1);
        assertEquals(
                2 * connector + language + 6 * 640 * 4.0 * 80 * 384 + head, align.backward(), 0.02 * align.backward());
        MemoryDemand instruct = MemoryDemand.of(work(Preset.SMALL, true, Precision.F32, 8));
        assertEquals(2 * (connector + language + head), instruct.backward(), 0.02 * instruct.backward());
    }

    @Test
    void weightsGradientsAndMomentsAreThoseOfThePlan() {
        MemoryDemand demand = MemoryDemand.of(work(Preset.SMALL, false, Precision.BF16, 8));
        assertEquals(2 * 4906752, demand.weights().get(Part.VISION));
        assertEquals(4 * 3789696, demand.weights().get(Part.CONNECTOR), "a master");
        assertEquals(4 * 3789696, demand.gradients().get(Part.CONNECTOR));
        assertEquals(8 * 3789696, demand.optimizer().get(Part.CONNECTOR));
        assertEquals(2 * 12380928, demand.weights().get(Part.LANGUAGE));
        assertEquals(0, demand.gradients().get(Part.LANGUAGE));
        assertEquals(0, demand.activations().get(Part.VISION), "it leaves no graph");
    }

    /** One block of OPT, trained in f32: 12 N D numbers and N H for attention; frozen, 10 N D. */
    @Test
    void activationsAreThoseThatPyTorchKeeps() {
        long n = 8 * 80 * 384;
        long row = 8 * 80 * 6;
        assertEquals(6 * 4 * (12 * n + row), language(work(Preset.SMALL, true, Precision.F32, 8)));
        assertEquals(6 * 4 * (10 * n + row), language(work(Preset.SMALL, false, Precision.F32, 8)));
        long again = language(work(Preset.SMALL, true, Precision.F32, 8).withRecompute(true));
        assertEquals(4 * (6 * n + 12 * n + row), again, "what goes into six layers, and one layer");
    }

    private static long language(Workload work) {
        return MemoryDemand.of(work).activations().get(Part.LANGUAGE);
    }

    /** Logits of 16 x 1024 places are 2 GiB; as many as take 64 MiB are there at once, and made once more on the way back. */
    @Test
    void scoresOfALargeVocabularyAreThereInPieces() {
        Workload few = work(Preset.LLAVA_1_5_7B, false, Precision.BF16, 8);
        Workload many =
                new Workload(few.config(), few.parts(), Precision.BF16, false, 16, 2048, 16 * 1024, 16, 0, true, 16);
        assertTrue(MemoryDemand.of(many).scores() <= 3L * (64 << 20));
        double head = 2.0 * 32064 * 4096;
        assertTrue(8 * 64 < few.config().language().placesAtOnce());
        Workload more = new Workload(few.config(), few.parts(), Precision.BF16, false, 8, 2048, 524, 8, 0, true, 8);
        MemoryDemand pieces = MemoryDemand.of(more);
        MemoryDemand whole = MemoryDemand.of(
                new Workload(few.config(), few.parts(), Precision.BF16, false, 8, 2048, 523, 8, 0, true, 8));
        assertEquals(head, pieces.forward() - whole.forward(), 1e-3 * head);
        assertEquals(head * 525, pieces.backward() - whole.backward(), 1e-3 * 525 * head);
    }

    @Test
    void savingsSaveWhatTheySay() {
        Workload work = work(Preset.MIDDLE, true, Precision.F32, 16);
        MemoryDemand plain = MemoryDemand.of(work);
        MemoryDemand lora = MemoryDemand.of(work.withPart(Part.LANGUAGE, load -> load.adapted(16)));
        long adapters = 8 * (4 * 16 * (768 + 768) + 2 * 16 * (768 + 3072));
        assertEquals(4 * adapters, lora.gradients().get(Part.LANGUAGE));
        assertEquals(4 * (69780480L + adapters), lora.weights().get(Part.LANGUAGE));
        assertTrue(lora.backward() < 0.8 * plain.backward());
        MemoryDemand again = MemoryDemand.of(work.withRecompute(true));
        assertTrue(again.peak() < plain.peak() && again.backward() > plain.backward());
        MemoryDemand fewer = MemoryDemand.of(work.withRows(4));
        assertEquals(plain.forward(), 4 * fewer.forward(), 1e-9 * plain.forward());
        MemoryDemand seen = MemoryDemand.of(work.withCachedPictures(1000));
        assertEquals(4L * 1000 * 257 * 512, seen.cache());
        assertTrue(seen.look() > 0 && seen.forward() < plain.forward());
        MemoryDemand half = MemoryDemand.of(work.withCompute(Precision.BF16).withCachedPictures(1000));
        assertEquals(2L * 1000 * 257 * 512, half.cache(), "in the precision of the stage");
    }

    /** Features of a hundred million pictures: too many for a machine, and no matter where they are kept elsewhere. */
    @Test
    void featuresCountWhereTheyAreKept() {
        Workload work = work(Preset.MIDDLE, false, Precision.F32, 4).withCachedPictures(100_000_000);
        MemoryDemand memory = MemoryDemand.of(work);
        MemoryDemand disk = MemoryDemand.of(work.withFeaturesElsewhere());
        assertTrue(memory.peak() > 4L * 100_000_000 * 257 * 512);
        assertEquals(0, disk.cache());
        assertTrue(disk.peak() < 4L << 30, disk.toString());
        assertEquals(memory.look(), disk.look(), "they are seen once all the same");
        assertTrue(forecast(work, 16).withMemory(16L << 30, true).fits(), "the host keeps them");
        assertFalse(forecast(work, 16).fits());
    }

    @Test
    void theForecastKnowsTheCache(@TempDir Path folder) {
        InstructionSet data = TinyRuns.data(folder, 6);
        try (VisionLanguageModel model = TinyRuns.model("blip2-opt")) {
            Stage stage = TinyRuns.stage(3);
            long kept = TuningForecast.of(model, stage, data, FeatureCache.memory())
                    .demand()
                    .cache();
            assertTrue(kept > 0);
            assertEquals(
                    kept, TuningForecast.of(model, stage, data).demand().cache(), "three epochs: memory is fastest");
            TuningForecast once = TuningForecast.of(model, stage.withEpochs(1), data);
            assertEquals(0, once.demand().cache() + (long) once.demand().look(), "one epoch: nothing is gained");
            TuningForecast disk = TuningForecast.of(model, stage, data, FeatureCache.disk(folder));
            assertEquals(0, disk.demand().cache());
            assertTrue(disk.demand().look() > 0);
        }
    }

    @Test
    void aPlanThatDoesNotFitIsRefusedWithThreeWays() {
        forecast(work(Preset.MIDDLE, true, Precision.F32, 16), 16).requireFits();
        TuningForecast tight = forecast(work(Preset.MIDDLE, true, Precision.F32, 64), 3);
        assertFalse(tight.fits());
        List<Remedy> ways = tight.ways();
        assertEquals(3, ways.size());
        for (Remedy way : ways) assertTrue(way.forecast().fits(), way.toString());
        for (int i = 1; i < ways.size(); i++) {
            assertTrue(ways.get(i - 1).forecast().operations()
                    <= ways.get(i).forecast().operations());
        }
        var refused = assertThrows(IllegalStateException.class, tight::requireFits);
        String[] lines = refused.getMessage().split("\\R");
        assertEquals(4, lines.length, refused.getMessage());
        assertTrue(
                lines[0].matches("instruct does not fit: forecast [\\d.]+ GiB, memory 3.00 GiB; it fits with"),
                lines[0]);
        assertTrue(lines[1].matches("  1\\. .+: [012].\\d\\d GiB, .*work"), lines[1]);
        var hopeless = assertThrows(
                IllegalStateException.class,
                () -> forecast(work(Preset.LLAVA_1_5_7B, true, Precision.F32, 4), 1)
                        .requireFits());
        assertTrue(hopeless.getMessage().endsWith("memory 1.00 GiB; no saving known here is enough"));
    }

    /** Between what a plain stage needs and what one with recomputed layers does, layers are recomputed; below, refused. */
    @Test
    void layersAreRecomputedWhereOnlyThatFits() {
        Workload work = work(Preset.MIDDLE, true, Precision.F32, 64);
        TuningForecast plain = forecast(work, 1000);
        long most = plain.peakBytes();
        long least = plain.with(work.withRecompute(true)).peakBytes();
        assertTrue(least < most);
        Stage stage = Stage.instruct().withPrecision(Precision.F32);
        assertFalse(plain.withMemory(most, false).fitting(stage).recompute());
        assertTrue(plain.withMemory(most - 1, false).fitting(stage).recompute());
        assertTrue(plain.withMemory(least, false).fitting(stage).recompute());
        assertThrows(
                IllegalStateException.class,
                () -> plain.withMemory(least - 1, false).fitting(stage));
    }

    @Test
    void theTableAddsUp() {
        TuningForecast forecast = forecast(work(Preset.MIDDLE, true, Precision.F32, 4), 16);
        double[] rows = forecast.table().doubleColumn("MiB").asDoubleArray();
        double sum = 0;
        for (int i = 0; i + 1 < rows.length; i++) sum += rows[i];
        assertEquals(rows[rows.length - 1], sum, 0.05 * rows.length);
        assertEquals(forecast.peakBytes() / MEGA, sum, 0.05 * rows.length);
        assertEquals(
                -50.0,
                forecast.beside(2 * forecast.peakBytes())
                        .doubleColumn("error %")
                        .get(0),
                0.01);
        assertEquals(forecast.operations() / 1e9, forecast.seconds(1e9), 1e-3);
    }

    @Test
    void memoryThatRanOutIsSaidWithTheForecast() {
        TuningForecast tight = forecast(work(Preset.MIDDLE, true, Precision.F32, 64), 3);
        var failure = tight.ranOut("CUDA out of memory. Tried to allocate 2.00 GiB", new RuntimeException());
        assertTrue(
                failure.getMessage()
                        .startsWith(
                                "instruct ran out of memory (CUDA out of memory. Tried to allocate 2.00 GiB): forecast "),
                failure.getMessage());
        assertEquals(4, failure.getMessage().split("\\R").length);
    }

    /** The forecast fits, or no size is known: what takes less is told, and never nothing at all. */
    @Test
    void memoryThatRanOutAlthoughItShouldFitIsToldWithWaysThatTakeLess() {
        Workload work = work(Preset.MIDDLE, true, Precision.F32, 64);
        var unknown = new TuningForecast("instruct", work, 10, OptionalLong.empty(), false);
        for (TuningForecast fitting : List.of(forecast(work, 1000), unknown)) {
            assertTrue(fitting.fits());
            String[] lines = fitting.ranOut("Tried to allocate", new RuntimeException())
                    .getMessage()
                    .split("\\R");
            assertEquals(4, lines.length, String.join("\n", lines));
            assertTrue(lines[0].endsWith("; it takes less with"), lines[0]);
            for (int i = 1; i < 4; i++) {
                assertTrue(lines[i].matches("  " + i + "\\. \\p{Alpha}.+: [\\d.]+ GiB, .*work"), lines[i]);
                double gigabytes = Double.parseDouble(lines[i].replaceAll(".*: ([\\d.]+) GiB.*", "$1"));
                assertTrue(gigabytes * (1L << 30) < 0.81 * fitting.peakBytes(), lines[i]);
            }
        }
    }

    /** 2.65 B masters, gradients and two moments alone are 42 GB. */
    @Test
    void sizesThatAreNotHereAreForecastToo() {
        Stage stage = Stage.instruct().withBatch(8).withPrecision(Precision.BF16);
        TuningForecast forecast = TuningForecast.of(Preset.BLIP2_OPT_2_7B.config(), stage, Precision.BF16, 96, 800);
        double gigabytes = forecast.peakBytes() / 1e9;
        assertTrue(gigabytes > 45 && gigabytes < 75, forecast.toString());
        assertTrue(forecast.withMemory(80L << 30, true).fits());
        assertFalse(forecast.withMemory(40L << 30, true).fits());
        assertEquals(300 * forecast.stepOperations(), forecast.operations(), 1);
    }
}
