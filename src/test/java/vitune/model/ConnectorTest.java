package vitune.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitune.data.Turn;
import vitune.tensor.Gradients;
import vitune.tensor.InPlace;
import vitune.tensor.Kernels;
import vitune.tensor.Parameters;
import vitune.tensor.Precision;

/** Connectors beside the one that the folder came with. */
class ConnectorTest {
    private static Golden golden;

    @BeforeAll
    static void load() {
        golden = new Golden();
    }

    @AfterAll
    static void close() {
        golden.close();
    }

    private static List<ConnectorConfig> fresh() {
        return List.of(ConnectorConfig.linear(), ConnectorConfig.mlp(), ConnectorConfig.qFormer(3, 24, 3, 2));
    }

    @Test
    void oneTokenAPatchOrAQuery() {
        NDArray features = golden.get("vision.last_hidden_state"); // [2, 17, 32]
        for (ConnectorConfig config : fresh()) {
            try (VisionLanguageModel model = golden.model.withConnector(config, 1)) {
                int queries = config instanceof QFormerConfig ? 3 : 16;
                assertEquals(queries, model.specials().imageLength());
                assertEquals(new Shape(2, queries, 32), model.project(features).getShape(), config.kind());
            }
        }
    }

    @Test
    void linearAndMlpEqualTheirFormula() {
        NDArray features = golden.get("vision.last_hidden_state");
        NDArray patches = features.get(":, 1:");
        try (VisionLanguageModel linear = golden.model.withConnector(ConnectorConfig.linear(), 1);
                VisionLanguageModel mlp = golden.model.withConnector(ConnectorConfig.mlp(), 1)) {
            assertNear(apply(patches, linear, "linear"), linear.project(features));
            assertNear(apply(Kernels.gelu(apply(patches, mlp, "linear_1")), mlp, "linear_2"), mlp.project(features));
        }
    }

    private static NDArray apply(NDArray x, VisionLanguageModel model, String layer) {
        Parameters p = model.parameters();
        return x.matMul(p.require("multi_modal_projector." + layer + ".weight").transpose())
                .add(p.require("multi_modal_projector." + layer + ".bias"));
    }

    private static void assertNear(NDArray expected, NDArray got) {
        assertTrue(Golden.largest(Kernels.floats(expected), Kernels.floats(got)) < 1e-5);
    }

    /** A small step along the gradient g changes the loss by |g|² times the step. */
    @Test
    void gradientsAreTheSlopeOfTheLoss() {
        for (ConnectorConfig config : fresh()) {
            try (VisionLanguageModel model = golden.model.withConnector(config, 1);
                    NDManager scratch = golden.manager.newSubManager()) {
                Rendered row = model.render(List.of(new Turn("What is in the image?", "a red cat")), 2);
                Batch batch = Batch.of(List.of(row), 1, scratch).withFeatures(golden.get("vision.last_hidden_state"));
                model.parameters().train(name -> Part.of(name) == Part.CONNECTOR);
                try (Gradients gradients = Gradients.record()) {
                    gradients.backward(model.lossSum(batch, Precision.F32));
                }
                Map<String, NDArray> trained = model.parameters().trained().asMap();
                double square = 0;
                for (NDArray p : trained.values())
                    square += Gradients.of(p, scratch).square().sum().getFloat();
                double step = 0.02 / square;
                move(trained, scratch, step);
                double above = model.lossSum(batch, Precision.F32).getFloat();
                move(trained, scratch, -2 * step);
                double below = model.lossSum(batch, Precision.F32).getFloat();
                assertEquals(1, (above - below) / (2 * step * square), 0.02, config.kind());
            }
        }
    }

    private static void move(Map<String, NDArray> trained, NDManager scratch, double step) {
        trained.values().forEach(p -> InPlace.add(p, Gradients.of(p, scratch), step));
    }

    @Test
    void trainingOneModelLeavesTheOtherAsItIs() {
        String before = golden.model.parameters().hash();
        try (VisionLanguageModel other = golden.model.withConnector(ConnectorConfig.linear(), 1)) {
            String name = "language_model.model.decoder.embed_tokens.weight";
            assertEquals(
                    golden.model.parameters().hash(name), other.parameters().hash(name));
            other.parameters().arrays().forEach(p -> InPlace.add(p, p, 1));
            assertNotEquals(
                    golden.model.parameters().hash(name), other.parameters().hash(name));
        }
        assertEquals(before, golden.model.parameters().hash());
    }

    @Test
    void ourOwnConnectorsSurviveAFolder(@TempDir Path folder) throws IOException {
        for (ConnectorConfig config : fresh()) {
            try (VisionLanguageModel model = golden.model.withConnector(config, 5)) {
                model.save(folder.resolve("model"));
                try (VisionLanguageModel again = VisionLanguageModel.load(folder.resolve("model"))) {
                    assertEquals(config, again.config().connector());
                    assertEquals(model.specials(), again.specials());
                    assertEquals(model.parameters().hash(), again.parameters().hash());
                }
            }
        }
    }

    @Test
    void aConnectorThatDoesNotReadTakesThePlaceOfOneThatDoes() {
        Path folder = Golden.folder().resolveSibling("instructblip-llama");
        try (VisionLanguageModel reading = VisionLanguageModel.load(folder)) {
            assertTrue(reading.prompt(List.of(), "Is it red?", 1).instruction().length > 0);
            for (ConnectorConfig other : List.of(ConnectorConfig.linear(), ConnectorConfig.qFormer(4, 24, 2, 3))) {
                try (VisionLanguageModel model = reading.withConnector(other, 1)) {
                    assertEquals(0, model.prompt(List.of(), "Is it red?", 1).instruction().length);
                    assertEquals(
                            1,
                            model.answers(List.of(folder.resolve("image0_rgb.png")), List.of("Is it red?"), 4)
                                    .size());
                }
            }
        }
    }
}
