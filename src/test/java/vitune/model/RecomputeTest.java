package vitune.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import vitune.tensor.Gradients;
import vitune.tensor.Precision;

/** Layers that are computed again on the way back: the same numbers, whatever is trained. */
class RecomputeTest {
    private Golden golden;

    static List<Path> families() {
        return Golden.folders();
    }

    @AfterEach
    void close() {
        golden.close();
    }

    private record Learned(float loss, Map<String, float[]> gradients) {}

    private Learned learned(boolean recompute, long seed) {
        VisionLanguageModel model = golden.model;
        Map<String, float[]> all = new TreeMap<>();
        float loss;
        try (NDScope scope = new NDScope();
                NDManager scratch = model.manager().newSubManager()) {
            scope.suppressNotUsedWarning();
            try (Gradients gradients = Gradients.record(seed, recompute)) {
                NDArray sum = model.lossSum(golden.train(), Precision.F32);
                loss = sum.getFloat();
                gradients.backward(sum);
            }
            model.parameters().trained().asMap().forEach((name, array) -> {
                NDArray gradient = Gradients.of(array, scratch);
                if (gradient != null) all.put(name, gradient.toFloatArray());
            });
            Gradients.zero(model.parameters().trained().arrays());
        }
        return new Learned(loss, all);
    }

    @ParameterizedTest
    @MethodSource("families")
    void gradientsAreThoseOfThePlainWay(Path family) {
        golden = new Golden(family);
        List<Predicate<String>> plans = List.of(
                name -> true,
                name -> Part.of(name) == Part.CONNECTOR,
                name -> Part.of(name) == Part.LANGUAGE,
                name -> Part.of(name) != Part.VISION);
        for (Predicate<String> plan : plans) {
            golden.model.parameters().train(plan);
            assertSame(learned(false, 3), learned(true, 3));
        }
    }

    /** To rounding: gradients that meet are summed in another order. */
    private void assertSame(Learned expected, Learned got) {
        assertEquals(expected.loss, got.loss);
        assertEquals(expected.gradients.keySet(), got.gradients.keySet());
        double largest = expected.gradients.values().stream()
                .mapToDouble(gradient -> Golden.largest(gradient, new float[gradient.length]))
                .max()
                .orElseThrow();
        expected.gradients.forEach((name, gradient) -> {
            double difference = Golden.largest(gradient, got.gradients.get(name));
            assertTrue(difference <= 1e-6 * largest, name + " " + difference);
        });
    }

    /** Dropout is drawn the same on both ways, and otherwise for another seed. */
    @ParameterizedTest
    @MethodSource("families")
    void whatIsDrawnByChanceIsDrawnAgain(Path family) {
        golden = new Golden(family);
        for (Part part : Part.values()) {
            golden.model.adapters().add(part, Lora.of(2).withDropout(0.5), 1);
        }
        golden.model.parameters().train(Adapters::owns);
        golden.model.parameters().trained().asMap().forEach((name, b) -> {
            if (name.endsWith(Adapters.B)) vitune.tensor.InPlace.add(b, b.onesLike(), 0.1); // else A has no say
        });
        Learned once = learned(true, 3);
        assertSame(once, learned(true, 3));
        assertNotEquals(once.loss(), learned(true, 4).loss());
    }

    @ParameterizedTest
    @MethodSource("families")
    void nothingIsLeftBehind(Path family) {
        golden = new Golden(family);
        golden.model.parameters().train(name -> true);
        learned(true, 1);
        BaseNDManager owner = (BaseNDManager) golden.model.manager();
        int before = owner.getManagedArrays().size();
        for (int i = 0; i < 5; i++) learned(true, i);
        assertEquals(before, owner.getManagedArrays().size());
    }
}
