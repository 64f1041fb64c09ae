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
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import vitune.tensor.Gradients;
import vitune.tensor.Kernels;
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
        return learned(
                recompute, seed, golden::train, golden.model.config().language().placesAtOnce());
    }

    private Learned learned(boolean recompute, long seed, Supplier<Batch> made, int most) {
        VisionLanguageModel model = golden.model;
        Map<String, float[]> all = new TreeMap<>();
        float loss;
        try (NDScope scope = new NDScope();
                NDManager scratch = model.manager().newSubManager()) {
            scope.suppressNotUsedWarning();
            try (Gradients gradients = Gradients.record(seed, recompute)) {
                Batch batch = made.get();
                NDArray sum = recompute ? model.flow().lossSum(batch, Precision.F32, most) : freed(batch, most);
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

    /** As {@link VisionLanguageModel#lossSum} has it: what was made on the way there is gone on the way back. */
    private NDArray freed(Batch batch, int most) {
        NDArray sum;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            sum = golden.model.flow().lossSum(batch, Precision.F32, most);
            NDScope.unregister(sum);
        }
        NDScope.register(sum);
        return sum;
    }

    /** Scores of some places at a time: the same numbers for any labels, whatever is trained and however. */
    @ParameterizedTest
    @MethodSource("families")
    void scoresInPiecesTeachWhatAllAtOnceDo(Path family) {
        golden = new Golden(family);
        Random random = new Random(family.getFileName().hashCode());
        golden.model.adapters().add(Part.LANGUAGE, Lora.of(2), 1);
        List<Predicate<String>> plans = List.of(
                name -> !Adapters.owns(name),
                name -> Part.of(name) == Part.CONNECTOR,
                name -> Part.of(name) == Part.LANGUAGE && !Adapters.owns(name),
                name -> Part.of(name) == Part.CONNECTOR || Adapters.owns(name));
        for (int i = 0; i < 24; i++) {
            golden.model.parameters().train(plans.get(i % plans.size()));
            Batch all = golden.train();
            long[] labels = all.labels().toLongArray();
            double share = random.nextDouble();
            for (int l = 0; l < labels.length; l++) {
                if (l % 7 != 3 && random.nextDouble() < share) labels[l] = -100;
            }
            boolean recompute = random.nextBoolean();
            Learned whole = learned(recompute, i, () -> with(labels), labels.length);
            assertClose(whole, learned(recompute, i, () -> with(labels), 1 + random.nextInt(9)));
        }
    }

    private Batch with(long[] labels) {
        Batch batch = golden.train();
        NDArray others = Kernels.longs(golden.manager, labels, batch.labels().getShape());
        return new Batch(batch.pixels(), null, batch.ids(), others, batch.mask(), batch.instruction());
    }

    /** To the rounding of products: some rows are summed in another order than all. */
    private void assertClose(Learned expected, Learned got) {
        assertEquals(expected.loss, got.loss, 1e-6f * expected.loss);
        assertGradients(expected, got, 1e-5);
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
        assertGradients(expected, got, 1e-6);
    }

    private static void assertGradients(Learned expected, Learned got, double tolerance) {
        assertEquals(expected.gradients.keySet(), got.gradients.keySet());
        double largest = expected.gradients.values().stream()
                .mapToDouble(gradient -> Golden.largest(gradient, new float[gradient.length]))
                .max()
                .orElseThrow();
        expected.gradients.forEach((name, gradient) -> {
            double difference = Golden.largest(gradient, got.gradients.get(name));
            assertTrue(difference <= tolerance * largest, name + " " + difference);
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
