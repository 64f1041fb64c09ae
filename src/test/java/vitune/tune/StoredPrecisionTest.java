package vitune.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitune.data.InstructionSet;
import vitune.model.Part;
import vitune.model.VisionLanguageModel;
import vitune.tensor.Kernels;
import vitune.tensor.Parameters;
import vitune.tensor.Precision;
import vitune.tensor.Shards;

/** A folder in bf16: what is trained becomes f32, what is frozen keeps its bytes, and a cut run goes on. */
class StoredPrecisionTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/blip2-opt");

    @TempDir
    Path temp;

    private InstructionSet data;
    private Path folder;

    @BeforeEach
    void prepare() throws IOException {
        data = TinyRuns.data(temp, 4);
        folder = Files.createDirectory(temp.resolve("bf16"));
        for (String name :
                List.of("config.json", "generation_config.json", "preprocessor_config.json", "tokenizer.json")) {
            Files.copy(GOLDEN.resolve(name), folder.resolve(name));
        }
        try (VisionLanguageModel model = VisionLanguageModel.load(GOLDEN)) {
            Map<String, NDArray> half = new LinkedHashMap<>();
            model.parameters().asMap().forEach((name, array) -> half.put(name, Kernels.cast(array, Precision.BF16)));
            Shards.write(folder, half, 20_000);
        }
    }

    @Test
    void onlyWhatIsTrainedBecomesF32() {
        try (VisionLanguageModel model = VisionLanguageModel.load(folder)) {
            Parameters all = model.parameters();
            Parameters frozen = all.select(name -> Part.of(name) != Part.CONNECTOR);
            String before = frozen.hash();
            new Tuner(model).run(Stage.align().withBatch(2), data);
            all.asMap().forEach((name, array) -> {
                boolean trained = Part.of(name) == Part.CONNECTOR;
                assertEquals(trained ? Precision.F32 : Precision.BF16, Precision.of(array), name);
                assertEquals(Precision.BF16, all.stored(name));
            });
            assertEquals(before, frozen.hash());
        }
    }

    @Test
    void aCutRunGoesOnToTheSameBits() {
        Stage stage = Stage.instruct().withBatch(2).withEpochs(3);
        String whole;
        try (VisionLanguageModel model = VisionLanguageModel.load(folder)) {
            new Tuner(model).run(stage, data);
            whole = model.parameters().hash();
        }
        try (VisionLanguageModel model = VisionLanguageModel.load(folder)) {
            Tuner tuner = new Tuner(model, temp.resolve("run")).onStep(step -> {
                if (step.step() == 2) {
                    Thread.currentThread().interrupt();
                }
            });
            assertThrows(CancellationException.class, () -> tuner.run(stage, data));
        }
        try (VisionLanguageModel model = VisionLanguageModel.load(folder)) {
            int[] steps = {0};
            new Tuner(model, temp.resolve("run")).onStep(step -> steps[0]++).run(stage, data);
            assertEquals(6, steps[0]);
            assertEquals(whole, model.parameters().hash());
        }
    }
}
