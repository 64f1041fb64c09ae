package vitune.tune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitune.data.ClipArt;
import vitune.data.Coco;
import vitune.data.ImageContext;
import vitune.data.InstructionSample;
import vitune.data.InstructionSet;
import vitune.data.Pairs;
import vitune.data.ResponseType;
import vitune.data.Turn;
import vitune.model.Batch;
import vitune.model.VisionLanguageModel;
import vitune.tensor.Precision;
import vitune.tensor.Safetensors;

/** Where features of pictures are kept changes nothing, and no file in the way does harm. */
class FeatureCacheTest {
    @TempDir
    static Path pictures;

    @TempDir
    Path folder;

    private static InstructionSet data;

    @BeforeAll
    static void draw() {
        List<ImageContext> scenes = Coco.read(ClipArt.draw(pictures.resolve("scenes"), 6, 3, Pairs.TUNING));
        data = InstructionSet.of(IntStream.range(0, 9)
                .mapToObj(i -> new InstructionSample(
                        "sample-" + i,
                        i == 8 ? List.of() : List.of(scenes.get(i % 6).image()),
                        ResponseType.CONVERSATION,
                        List.of(new Turn("what is it", "it ".repeat(1 + i % 3))),
                        Map.of()))
                .toList());
    }

    private static Stage stage() {
        return Stage.instruct()
                .withBatch(4)
                .withMicroBatch(3)
                .withLearningRate(1e-2)
                .withEpochs(2);
    }

    private static TuningRun run(String family, Stage stage, FeatureCache cache) {
        try (VisionLanguageModel model = TinyRuns.model(family)) {
            return new Tuner(model).withFeatureCache(cache).run(stage, data);
        }
    }

    private TuningRun onDisk() {
        return run("blip2-opt", stage(), FeatureCache.disk(folder));
    }

    private List<Path> files() throws IOException {
        try (var all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    @Test
    void lossesAreTheSameWhereverFeaturesAre() throws IOException {
        var language = new FreezePlan(Treatment.FROZEN, Treatment.FROZEN, Treatment.FULL);
        sameEverywhere("llava-llama", stage());
        sameEverywhere("blip2-opt", stage().withPrecision(Precision.BF16));
        sameEverywhere("blip2-opt", stage().withPlan(language).withName("language"));
        assertEquals(3, files().size());
    }

    /** To the bit where features are kept; to rounding where pictures are seen in other batches. */
    private void sameEverywhere(String family, Stage stage) {
        TuningRun memory = run(family, stage, FeatureCache.memory());
        for (FeatureCache cache : List.of(
                FeatureCache.disk(folder), // written
                FeatureCache.disk(folder), // read
                FeatureCache.fastest(folder))) {
            TuningRun kept = run(family, stage, cache);
            assertArrayEquals(memory.losses(), kept.losses(), family + " " + cache);
            assertEquals(memory.endHash(), kept.endHash());
        }
        double[] none = run(family, stage, FeatureCache.none()).losses();
        double slack = stage.precision() == Precision.F32 ? 1e-4 : 2e-2;
        for (int i = 0; i < none.length; i++) assertEquals(none[i], memory.losses()[i], slack * none[i]);
    }

    /** Tokens of a frozen connector instead of features: fewer numbers, the loss of the whole way. */
    @Test
    void aFrozenConnectorIsCachedToo() throws IOException {
        var language = new FreezePlan(Treatment.FROZEN, Treatment.FROZEN, Treatment.FULL);
        TuningRun both = run("blip2-opt", stage(), FeatureCache.disk(folder));
        TuningRun frozen = run("blip2-opt", stage().withPlan(language), FeatureCache.disk(folder));
        assertEquals(both.losses()[0], frozen.losses()[0], 1e-5 * both.losses()[0]);
        List<String> shapes = new ArrayList<>();
        for (Path file : files()) {
            try (Safetensors stored = Safetensors.open(file)) {
                shapes.add(stored.shape(stored.names().get(0)).toString());
            }
        }
        shapes.sort(null);
        assertEquals(List.of("(1, 17, 32)", "(1, 4, 32)"), shapes);
        // a connector that reads sees each instruction anew
        assertTrue(run("instructblip-llama", stage().withPlan(language), FeatureCache.memory())
                        .lastLoss()
                > 0);
    }

    @Test
    void aLaterRunWritesNothing() throws IOException {
        TuningRun first = onDisk();
        assertTrue(first.features().equals("disk (asked for)"), first.features());
        FileTime past = FileTime.fromMillis(1_000_000);
        for (Path file : files()) Files.setLastModifiedTime(file, past);
        onDisk();
        assertEquals(1, files().size());
        assertEquals(past, Files.getLastModifiedTime(files().get(0)));
        try (Safetensors stored = Safetensors.open(files().get(0))) {
            assertEquals(6, stored.names().size(), "each picture once");
        }
    }

    @Test
    void aBrokenFileIsNamedAndWrittenAgain() throws IOException {
        TuningRun good = onDisk();
        Path file = files().get(0);
        byte[] bytes = Files.readAllBytes(file);
        for (int length : new int[] {0, 7, 100, bytes.length - 1}) {
            Files.write(file, java.util.Arrays.copyOf(bytes, length));
            TuningRun again = onDisk();
            assertTrue(again.features().contains(file.getFileName() + ""), again.features());
            assertTrue(again.features().endsWith("removed, its pictures are seen again"), again.features());
            assertEquals(good.endHash(), again.endHash());
            assertArrayEquals(bytes, Files.readAllBytes(file));
        }
    }

    /** A part that is old was left by a process that was killed, a young one may be written now. */
    @Test
    void oldPartsAreCleared() throws IOException {
        onDisk();
        Path file = files().get(0);
        Path old = Files.writeString(file.resolveSibling("." + file.getFileName() + ".0-0.part"), "half");
        Path young = Files.writeString(file.resolveSibling("." + file.getFileName() + ".1-1.part"), "half");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofMinutes(61))));
        Files.setLastModifiedTime(young, FileTime.from(Instant.now().minus(Duration.ofMinutes(50))));
        assertEquals("disk (asked for)", onDisk().features());
        assertEquals(Set.of(young, file), Set.copyOf(files()));
    }

    @Test
    void aFileOfAnotherEncoderIsNamedAndLeftAlone() throws IOException {
        run("llava-llama", stage(), FeatureCache.disk(folder));
        Path foreign = files().get(0);
        TuningRun good = onDisk();
        Path own = files().stream()
                .filter(file -> !file.equals(foreign))
                .findFirst()
                .orElseThrow();
        assertTrue(!own.getParent().equals(foreign.getParent()), "an encoder has a folder of its own");
        Path stray = own.resolveSibling("stray.safetensors");
        Files.copy(foreign, stray);
        Files.copy(foreign, own, StandardCopyOption.REPLACE_EXISTING);
        TuningRun again = onDisk();
        assertTrue(again.features().contains("stray.safetensors: features of another encoder"), again.features());
        assertEquals(good.endHash(), again.endHash());
        assertTrue(Files.exists(stray));
        assertEquals(
                "disk (asked for)",
                run("llava-llama", stage(), FeatureCache.disk(folder)).features());
    }

    @Test
    void whatWasSeenBeforeAnInterruptIsKept() throws IOException {
        onDisk();
        byte[] whole = Files.readAllBytes(files().get(0));
        Files.delete(files().get(0));
        assertEquals("interrupted after 0 of 6 pictures were seen", interruptedAt(0));
        assertEquals(0, files().size());
        interruptedAt(6);
        assertArrayEquals(whole, Files.readAllBytes(files().get(0)));
    }

    private String interruptedAt(int pictures) {
        try (VisionLanguageModel model = TinyRuns.model("blip2-opt")) {
            Tuner tuner = new Tuner(model)
                    .withFeatureCache(FeatureCache.disk(folder))
                    .onPicture(seen -> {
                        if (seen == pictures) Thread.currentThread().interrupt();
                    });
            return assertThrows(CancellationException.class, () -> tuner.run(stage(), data))
                    .getMessage();
        }
    }

    @Test
    void theForecastChoosesWhereTheEncoderLooksLeast() {
        long gigabyte = 1L << 30;
        assertEquals("NONE", choice(100, 0, 100, true, gigabyte), "each picture once: nothing to gain");
        assertEquals("MEMORY", choice(100, 0, 300, false, gigabyte));
        assertEquals("NONE", choice(100_000, 0, 300_000, false, gigabyte), "100 GB in 1 GB, and no folder");
        assertEquals("DISK", choice(100_000, 0, 300_000, true, gigabyte));
        assertEquals("DISK", choice(100_000, 100_000, 100_000, true, gigabyte), "seen before: used at once");
        assertEquals("MEMORY", choice(100, 100, 300, true, gigabyte), "read once, not three times");
        assertEquals("NONE", choice(0, OptionalLong.of(99 * gigabyte / 2)), "50 GB free for 100");
        assertEquals("DISK", choice(50_000, OptionalLong.of(99 * gigabyte / 2)), "for what is missing");
        FeatureForecast forecast = new FeatureForecast(100, 40, 300, 1_000_000, gigabyte, OptionalLong.empty());
        assertEquals(300, forecast.looks(FeatureCache.Kind.NONE));
        assertEquals(60, forecast.looks(FeatureCache.Kind.MEMORY));
        assertEquals(
                "memory: the encoder looks 60 times instead of 300 (100 pictures, 40 in files, 100.0 MB)",
                forecast.toString());
    }

    private static String choice(int pictures, int stored, long uses, boolean files, long memory) {
        OptionalLong disk = files ? OptionalLong.of(Long.MAX_VALUE) : OptionalLong.empty();
        return new FeatureForecast(pictures, stored, uses, 1_000_000, memory, disk)
                .choice()
                .name();
    }

    private static String choice(int stored, OptionalLong disk) {
        return new FeatureForecast(100_000, stored, 300_000, 1_000_000, 1L << 30, disk)
                .choice()
                .name();
    }

    /** A file in the place of the folder, so that a write fails as on a disk that is full. */
    private void block() {
        try {
            Path place;
            try (var all = Files.list(folder)) {
                place = all.findFirst().orElseThrow();
            }
            if (!Files.isDirectory(place)) return;
            Files.delete(place);
            Files.writeString(place, "not a folder");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aDiskThatWasChosenAndFailsEndsNoRun() {
        Map<Path, String> hashes = new LinkedHashMap<>();
        data.forEach(sample -> sample.images().forEach(image -> hashes.put(image, "hash of " + image.getFileName())));
        List<Path> shown = List.copyOf(hashes.keySet());
        try (VisionLanguageModel model = TinyRuns.model("blip2-opt");
                VisionFeatures features = new VisionFeatures(
                        model, stage(), hashes, 16, FeatureCache.fastest(folder), 0, seen -> block())) {
            assertTrue(
                    features.reason()
                            .matches(
                                    "disk: the encoder looks 6 times instead of 16 .*; cannot keep features of pictures in "
                                            + folder
                                            + ".*: they need 0\\.0 MB, .* MB are free .*, so each is seen in every step"),
                    features.reason());
            Batch texts = Batch.packed(
                    Examples.render(model, data).stream().map(List::of).toList(),
                    model.specials().pad(),
                    model.manager());
            assertNotNull(features.show(texts, shown, model.manager()).pixels());
        }
    }

    @Test
    void aDiskThatWasAskedForAndFailsIsToldWithWhatItNeeds() {
        try (VisionLanguageModel model = TinyRuns.model("blip2-opt")) {
            Tuner tuner =
                    new Tuner(model).withFeatureCache(FeatureCache.disk(folder)).onPicture(seen -> block());
            var error = assertThrows(UncheckedIOException.class, () -> tuner.run(stage(), data));
            assertTrue(
                    error.getMessage()
                            .matches("cannot keep features of pictures in " + folder
                                    + ".*: they need 0\\.0 MB, .* MB are free .*"),
                    error.getMessage());
        }
    }

    @Test
    void theRunSaysWhatWasChosen() {
        assertEquals(
                "memory: the encoder looks 6 times instead of 16 (6 pictures, 0 in files, 0.0 MB)",
                run("blip2-opt", stage(), FeatureCache.fastest()).features());
    }

    @Test
    void aCacheOnDiskNeedsAFolder() {
        var error = assertThrows(IllegalArgumentException.class, () -> new FeatureCache(FeatureCache.Kind.DISK, null));
        assertEquals("a cache on disk needs a folder, got none", error.getMessage());
    }

    @Test
    void t5RefusesToPackBeforeItSeesAPicture() {
        int[] seen = {0};
        try (VisionLanguageModel model = TinyRuns.model("blip2-t5")) {
            Tuner tuner = new Tuner(model).onPicture(count -> seen[0]++);
            var error = assertThrows(IllegalArgumentException.class, () -> tuner.run(stage().withPacked(true), data));
            assertTrue(error.getMessage().contains("T5 reads a row and writes another"), error.getMessage());
        }
        assertEquals(0, seen[0]);
    }
}
