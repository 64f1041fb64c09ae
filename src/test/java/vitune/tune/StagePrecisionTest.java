package vitune.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vitune.data.InstructionSet;
import vitune.model.Part;
import vitune.model.VisionLanguageModel;
import vitune.tensor.CheckpointException;
import vitune.tensor.Precision;

/** A stage in bf16 and f16 beside the same in f32; frozen parts that are kept in bf16. */
class StagePrecisionTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    @TempDir
    Path temp;

    private InstructionSet data;

    @BeforeEach
    void prepare() {
        data = TinyRuns.data(temp, 4);
    }

    /**
     * A number rounds by at most 2^-9 of itself in bf16 and 2^-12 in f16; a dozen roundings in a row, as through a tiny
     * model, stay within four such units if they do not all go one way, and two more are allowed. The learning rate is
     * small: an update below a unit of a weight moves its master only, and the loss with it later.
     */
    @ParameterizedTest
    @CsvSource({"blip2-opt, BF16, 9", "blip2-opt, F16, 12", "llava-llama, BF16, 9", "llava-llama, F16, 12"})
    void lossesAreNearThoseOfF32AndMastersStayF32(String family, Precision precision, int bits) {
        Stage stage = Stage.instruct().withBatch(4).withEpochs(3).withLearningRate(1e-6);
        double[] expected;
        try (VisionLanguageModel model = TinyRuns.model(family)) {
            expected = new Tuner(model).run(stage, data).losses();
        }
        try (VisionLanguageModel model = TinyRuns.model(family)) {
            TuningRun run = new Tuner(model).run(stage.withPrecision(precision), data);
            assertNotEquals(run.startHash(), run.endHash(), "masters move by less than a unit of " + precision);
            double tolerance = 6 * Math.pow(2, -bits);
            for (int i = 0; i < expected.length; i++) {
                assertEquals(1, run.losses()[i] / expected[i], tolerance, "loss of step " + i);
                assertTrue(Double.isFinite(run.steps().get(i).gradNorm()));
            }
            assertNotEquals(expected[0], run.losses()[0], "something is computed in " + precision);
            model.parameters()
                    .select(name -> Part.of(name) != Part.VISION) // which one of the folders holds in bf16
                    .arrays()
                    .forEach(array -> assertEquals(Precision.F32, Precision.of(array)));
        }
    }

    private Path copy() throws IOException {
        Path folder = Files.createDirectories(temp.resolve("model"));
        try (Stream<Path> files = Files.list(GOLDEN.resolve("blip2-opt"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        return folder;
    }

    @Test
    void roundedPartsAreSavedAndTrainedAsTheyWere() throws IOException {
        Stage stage = Stage.instruct().withBatch(2).withEpochs(1);
        Path folder = copy();
        String saved;
        String trained;
        try (VisionLanguageModel model = VisionLanguageModel.load(folder)) {
            saved = model.parameters().hash();
            new Tuner(model).run(stage.withPlan(FreezePlan.align()), data);
        }
        try (VisionLanguageModel model = VisionLanguageModel.load(folder)) {
            new Tuner(model).run(stage, data);
            trained = model.parameters().hash();
        }
        try (VisionLanguageModel model = VisionLanguageModel.load(folder)) {
            model.keep(Part.LANGUAGE, Precision.BF16);
            var language = model.parameters().select(name -> Part.of(name) == Part.LANGUAGE);
            language.arrays().forEach(array -> assertEquals(Precision.BF16, Precision.of(array)));
            language.asMap().keySet().forEach(name -> assertEquals(Precision.F32, language.stored(name)));
            assertNotEquals(saved, model.parameters().hash());
            model.save(temp.resolve("again"));
            try (VisionLanguageModel again = VisionLanguageModel.load(temp.resolve("again"))) {
                assertEquals(saved, again.parameters().hash());
            }
            new Tuner(model).run(stage, data); // trains the language model: from the numbers of the folder
            assertEquals(trained, model.parameters().hash());
            model.keep(Part.LANGUAGE, Precision.BF16);
            assertEquals(trained, model.parameters().hash(), "what was trained stays");
        }
    }

    @Test
    void aFolderThatChangedSinceIsNotMixedIn() throws IOException {
        Path folder = copy();
        try (VisionLanguageModel model = VisionLanguageModel.load(folder)) {
            model.keep(Part.LANGUAGE, Precision.BF16);
            try (VisionLanguageModel other = VisionLanguageModel.load(folder)) {
                new Tuner(other).run(Stage.instruct().withBatch(4).withLearningRate(0.1), data);
                other.save(folder);
            }
            assertThrows(CheckpointException.class, () -> model.save(temp.resolve("again")));
        }
    }
}
