package vitune.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Head and cross-entropy of some rows at a time, against all at once. */
class SumOfRowsTest {
    private final NDManager m = Fixture.manager();

    @AfterEach
    void closeManager() {
        m.close();
    }

    /** Two linear layers on {@code x [n, D]}, then the head [V, D] and the loss. */
    private record Case(
            NDArray x, List<NDArray> leaves, long[] labels, int most, Precision precision, boolean recompute) {
        Case with(int rows) {
            return new Case(x, leaves, labels, rows, precision, recompute);
        }

        private NDArray loss(List<Integer> met) {
            NDArray in = Kernels.cast(x, precision);
            NDArray h = Gradients.segment(in, a -> Kernels.linear(a, leaves.get(0), leaves.get(1)));
            NDArray hidden = Gradients.segment(h, a -> Kernels.linearOnto(a, Kernels.gelu(a), leaves.get(2), null));
            return Gradients.sumOfRows(hidden, most, (rows, first) -> {
                int n = (int) rows.getShape().get(0);
                met.add(n);
                long[] own = Arrays.copyOfRange(labels, first, first + n);
                return Kernels.crossEntropySum(
                        Kernels.linear(rows, leaves.get(3)), Kernels.longs(rows.getManager(), own, new Shape(n)));
            });
        }

        /** What the loss was made of is gone on the way back. */
        private NDArray scoped(List<Integer> met) {
            NDArray loss = Segments.scoped(() -> loss(met));
            NDScope.register(loss);
            return loss;
        }

        /** The loss and the gradients of all leaves that have one, the loss times a factor. */
        List<NDArray> learn(NDManager m, List<Integer> met) {
            List<NDArray> found = new ArrayList<>();
            try (NDScope outer = new NDScope();
                    Gradients gradients = Gradients.record(3, recompute)) {
                outer.suppressNotUsedWarning();
                NDArray loss = recompute ? loss(met) : scoped(met);
                gradients.backward(Kernels.scale(loss, 0.25));
                found.add(Kernels.keep(loss, m));
            }
            for (NDArray leaf : leaves) {
                NDArray gradient = Gradients.of(leaf, m);
                if (gradient == null) continue;
                found.add(Kernels.keep(gradient, m));
                gradient.close();
                Gradients.zero(leaf);
            }
            return found;
        }
    }

    private Case random(Random random) {
        int n = 2 + random.nextInt(40);
        int width = 1 + random.nextInt(24);
        int words = 2 + random.nextInt(200);
        List<NDArray> leaves = List.of(
                Fixture.normal(m, width, width),
                Fixture.normal(m, width),
                Fixture.normal(m, width, width),
                Fixture.normal(m, words, width));
        boolean before = random.nextBoolean();
        leaves.subList(0, 3).forEach(leaf -> leaf.setRequiresGradient(before));
        leaves.get(3).setRequiresGradient(!before || random.nextBoolean());
        double masked = random.nextDouble();
        long[] labels = random.longs(n, 0, words)
                .map(id -> random.nextDouble() < masked ? -100 : id)
                .toArray();
        labels[random.nextInt(n)] = 0;
        Precision precision = random.nextInt(3) == 0 ? Precision.BF16 : Precision.F32;
        return new Case(
                Fixture.normal(m, n, width),
                leaves,
                labels,
                1 + random.nextInt(n - 1),
                precision,
                random.nextBoolean());
    }

    @Test
    void lossAndEveryGradientAreThoseOfAllRowsAtOnce() {
        Random random = new Random(11);
        for (int i = 0; i < 300; i++) {
            Case some = random(random);
            int n = some.labels.length;
            List<Integer> met = new ArrayList<>();
            List<NDArray> found = some.learn(m, met);
            List<NDArray> expected = some.with(n).learn(m, new ArrayList<>());
            int passes = (n + some.most - 1) / some.most;
            assertEquals(2 * passes, met.size(), "once there, once on the way back");
            assertTrue(met.stream().allMatch(rows -> rows <= some.most));
            assertEquals(expected.size(), found.size());
            double tolerance =
                    some.precision == Precision.F32 ? 1e-5 : 1e-2; // as for products elsewhere; bf16 has eight bits
            for (int g = 0; g < found.size(); g++) {
                Fixture.close(found.get(g), expected.get(g), tolerance, "case " + i + ", number " + g);
            }
        }
    }

    @Test
    void withoutARecordingTheSumIsTheSame() {
        Case some = random(new Random(2));
        float whole =
                Gradients.off(() -> some.with(100).loss(new ArrayList<>())).getFloat();
        List<Integer> met = new ArrayList<>();
        assertEquals(whole, Gradients.off(() -> some.with(1).loss(met)).getFloat(), 1e-5 * whole);
        assertEquals(some.labels.length, met.size());
        assertThrows(IllegalArgumentException.class, () -> some.with(0).loss(met));
    }

    @Test
    void nothingIsLeftBehind() {
        Case some = random(new Random(4)).with(1);
        for (int i = 0; i < 3; i++) some.learn(m, new ArrayList<>()).forEach(NDArray::close);
        int before = ((BaseNDManager) m).getManagedArrays().size();
        for (int i = 0; i < 5; i++) some.learn(m, new ArrayList<>()).forEach(NDArray::close);
        assertEquals(before, ((BaseNDManager) m).getManagedArrays().size());
        try (NDScope scope = new NDScope();
                Gradients gradients = Gradients.record()) {
            scope.suppressNotUsedWarning();
            some.loss(new ArrayList<>()); // given up
            assertTrue(Gradients.recording(), gradients + " is open");
        }
        assertEquals(before, ((BaseNDManager) m).getManagedArrays().size());
    }
}
