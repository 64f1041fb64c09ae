package vitune.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vitune.tensor.Fixture.close;
import static vitune.tensor.Fixture.normal;
import static vitune.tensor.Fixture.single;
import static vitune.tensor.Fixture.twins;
import static vitune.tensor.Fixture.whole;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Each kernel beside a version composed of DJL's own operations: values and gradients. */
class KernelsTest {
    private static final double CLOSE = 2e-5;
    private final NDManager m = Fixture.manager();

    @BeforeEach
    void seed() {
        Engines.seed(5);
    }

    @AfterEach
    void closeManager() {
        m.close();
    }

    // ---------------------------------------------------------------- layers

    @Test
    void linear() {
        twins(
                a -> Kernels.linear(a.get(0), a.get(1), a.get(2)),
                a -> a.get(0)
                        .reshape(6, 5)
                        .matMul(a.get(1).transpose())
                        .add(a.get(2))
                        .reshape(2, 3, 4),
                CLOSE,
                normal(m, 2, 3, 5),
                normal(m, 4, 5),
                normal(m, 4));
        twins(
                a -> Kernels.linear(a.get(0), a.get(1), null),
                a -> a.get(0).matMul(a.get(1).transpose()),
                CLOSE,
                normal(m, 3, 5),
                normal(m, 4, 5));
    }

    @Test
    void patchesAreRowsOfACutPicture() {
        // [B, C, 2, s, 3, s] -> [B, 2, 3, C, s, s] -> [B, P, C s s]
        twins(
                a -> Kernels.patches(a.get(0), a.get(1), a.get(2)),
                a -> a.get(0)
                        .reshape(2, 3, 2, 4, 3, 4)
                        .transpose(0, 2, 4, 1, 3, 5)
                        .reshape(12, 48)
                        .matMul(a.get(1).reshape(5, 48).transpose())
                        .add(a.get(2))
                        .reshape(2, 6, 5),
                CLOSE,
                normal(m, 2, 3, 8, 12),
                normal(m, 5, 3, 4, 4),
                normal(m, 5));
    }

    @Test
    void layerNorm() {
        twins(
                a -> Kernels.layerNorm(a.get(0), a.get(1), a.get(2), 1e-5),
                a -> {
                    NDArray centred = a.get(0).sub(a.get(0).mean(new int[] {-1}, true));
                    NDArray variance = centred.square().mean(new int[] {-1}, true);
                    return centred.div(variance.add(1e-5f).sqrt()).mul(a.get(1)).add(a.get(2));
                },
                CLOSE,
                normal(m, 2, 3, 8),
                normal(m, 8),
                normal(m, 8));
    }

    @Test
    void rmsNorm() {
        twins(
                a -> Kernels.rmsNorm(a.get(0), a.get(1), 1e-6),
                a -> a.get(0)
                        .div(a.get(0)
                                .square()
                                .mean(new int[] {-1}, true)
                                .add(1e-6f)
                                .sqrt())
                        .mul(a.get(1)),
                CLOSE,
                normal(m, 2, 3, 8),
                normal(m, 8));
    }

    @Test
    void activations() {
        NDArray x = normal(m, 4, 9).mul(2);
        twins(
                a -> Kernels.gelu(a.get(0)),
                a -> a.get(0).mul(a.get(0).div(Math.sqrt(2)).erf().add(1)).div(2),
                CLOSE,
                x);
        twins(
                a -> Kernels.geluTanh(a.get(0)),
                a -> {
                    NDArray v = a.get(0);
                    NDArray inner = v.add(v.pow(3).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
                    return v.mul(inner.tanh().add(1)).div(2);
                },
                CLOSE,
                x);
        twins(a -> Kernels.relu(a.get(0)), a -> a.get(0).maximum(0), CLOSE, x);
        twins(
                a -> Kernels.silu(a.get(0)),
                a -> a.get(0).div(a.get(0).neg().exp().add(1)),
                CLOSE,
                x);
    }

    @Test
    void embeddingAndRows() {
        NDArray ids = whole(m, 3, 0, 3, 5);
        NDArray oneHot = single(ids.oneHot(6));
        twins(a -> Kernels.embedding(ids, a.get(0)), a -> oneHot.matMul(a.get(0)), CLOSE, normal(m, 6, 4));
        twins(a -> Kernels.rows(a.get(0), ids), a -> oneHot.matMul(a.get(0)), CLOSE, normal(m, 6, 4));
        assertEquals(
                new Shape(2, 2, 4),
                Kernels.embedding(ids.reshape(2, 2), normal(m, 6, 4)).getShape());
        assertThrows(EngineException.class, () -> Kernels.embedding(whole(m, 6), normal(m, 6, 4)));
    }

    // ---------------------------------------------------------------- attention

    private static NDArray composedWeights(NDArray q, NDArray k, NDArray bias) {
        double scale = 1 / Math.sqrt(q.getShape().get(3));
        return q.matMul(k.swapAxes(-1, -2)).mul(scale).add(bias).softmax(-1);
    }

    /** 0 where query t sees key s, else -1e9: the last of T queries sees all of S keys. */
    private NDArray bias(int queries, int keys, boolean causal, List<Integer> padding) {
        float[][] bias = new float[queries][keys];
        for (int t = 0; t < queries; t++) {
            for (int s = 0; s < keys; s++) {
                boolean hidden = causal && s > t + keys - queries || padding.contains(s);
                bias[t][s] = hidden ? -1e9f : 0;
            }
        }
        return m.create(bias);
    }

    @ParameterizedTest
    @CsvSource({"4,4,false", "4,4,true", "3,6,false", "3,6,true", "1,6,true"})
    void attention(int queries, int keys, boolean causal) {
        NDArray q = normal(m, 2, 3, queries, 8);
        NDArray k = normal(m, 2, 3, keys, 8);
        NDArray v = normal(m, 2, 3, keys, 8);
        for (List<Integer> padding : List.of(List.<Integer>of(), List.of(1, 2))) {
            NDArray bias = bias(queries, keys, causal, padding);
            float[] keep = new float[2 * keys];
            Arrays.fill(keep, 1);
            padding.forEach(s -> keep[s] = keep[keys + s] = 0);
            NDArray mask = padding.isEmpty() ? null : Kernels.attentionMask(m.create(keep, new Shape(2, keys)));
            twins(
                    a -> Kernels.attention(a.get(0), a.get(1), a.get(2), mask, causal),
                    a -> composedWeights(a.get(0), a.get(1), bias).matMul(a.get(2)),
                    CLOSE,
                    q,
                    k,
                    v);
            twins(
                    a -> Kernels.attentionWeights(a.get(0), a.get(1), mask, causal),
                    a -> composedWeights(a.get(0), a.get(1), bias),
                    CLOSE,
                    q,
                    k);
        }
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void aRowThatSeesNothingStaysFinite(Precision precision) {
        NDArray q = Kernels.cast(normal(m, 1, 2, 4, 8), precision);
        NDArray mask = Kernels.attentionMask(m.create(new float[] {0, 0, 1, 1}, new Shape(1, 4)));
        assertTrue(Kernels.isFinite(Kernels.attention(q, q, q, mask, true)));
        assertTrue(Kernels.isFinite(Kernels.attentionWeights(q, q, mask, true)));
    }

    // ---------------------------------------------------------------- numbers

    @Test
    void softmaxes() {
        NDArray x = normal(m, 3, 7).mul(3);
        twins(
                a -> Kernels.logSoftmax(a.get(0)),
                a -> a.get(0).sub(a.get(0).exp().sum(new int[] {-1}, true).log()),
                CLOSE,
                x);
        assertArrayEquals(x.argMax(-1).toLongArray(), Kernels.argmax(x).toLongArray());
    }

    @Test
    void castKeepsTheGraph() {
        for (Precision precision : List.of(Precision.BF16, Precision.F16)) {
            NDArray x = normal(m, 5);
            twins(a -> Kernels.cast(a.get(0), precision), a -> a.get(0).mul(1), 5e-3, x);
            assertEquals(precision, Precision.of(Kernels.cast(x, precision)));
        }
        NDArray flags = m.create(new boolean[] {true, false});
        assertArrayEquals(new float[] {1, 0}, Kernels.floats(Kernels.cast(flags, Precision.F32)));
        assertThrows(IllegalArgumentException.class, () -> Precision.of(whole(m, 1, 2)));
    }

    @Test
    void smallOnes() {
        NDArray x = normal(m, 2, 3);
        twins(a -> Kernels.scale(a.get(0), -0.5), a -> a.get(0).mul(-0.5f), CLOSE, x);
        for (Precision precision : Precision.values()) {
            NDArray zeros = Kernels.zeros(m, new Shape(2, 3), precision);
            assertEquals(precision, Precision.of(zeros));
            assertArrayEquals(new float[6], Kernels.floats(zeros));
            assertEquals(precision, Precision.of(Kernels.scale(zeros, 2)));
        }
    }

    @Test
    void longsServeABackwardPassAfterTheyAreClosed() {
        NDArray table = normal(m, 50, 4);
        table.setRequiresGradient(true);
        try (Gradients gradients = Gradients.record()) {
            long[] ones = new long[100_000];
            Arrays.fill(ones, 1);
            NDArray ids = Kernels.longs(m, ones, new Shape(ones.length));
            NDArray sum = Kernels.embedding(ids, table).sum();
            ids.close();
            for (int i = 0; i < 20; i++) { // reuse whatever memory was freed
                System.gc();
                m.create(new long[100_000]);
            }
            gradients.backward(sum);
        }
        NDArray gradient = Gradients.of(table, m);
        assertArrayEquals(new float[] {100_000, 0}, new float[] {gradient.getFloat(1, 0), gradient.getFloat(0, 0)});
    }

    @Test
    void keepOutlivesTheScope() {
        NDArray kept;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray x = normal(m, 3);
            x.setRequiresGradient(true);
            kept = Kernels.keep(x, m);
        }
        assertTrue(Float.isFinite(kept.sum().getFloat()));
        assertEquals(false, kept.hasGradient());
    }

    // ---------------------------------------------------------------- language and vision

    @Test
    void crossEntropy() {
        NDArray labels = whole(m, 2, -100, 0, 4);
        NDArray oneHot = m.create(new float[][] {{0, 0, 1, 0, 0}, {0, 0, 0, 0, 0}, {1, 0, 0, 0, 0}, {0, 0, 0, 0, 1}});
        twins(
                a -> Kernels.crossEntropySum(a.get(0), labels),
                a -> a.get(0).logSoftmax(-1).mul(oneHot).sum().neg(),
                CLOSE,
                normal(m, 4, 5));
        assertEquals(
                0,
                Kernels.crossEntropySum(normal(m, 2, 5), whole(m, -100, -100)).getFloat());
    }

    @Test
    void spliceIsDifferentiableInBoth() {
        NDArray mask = m.create(new boolean[][] {{true, false, true}, {false, true, false}});
        NDArray place = m.create(new float[][] {{1, 0, 0}, {0, 0, 0}, {0, 1, 0}, {0, 0, 0}, {0, 0, 1}, {0, 0, 0}});
        NDArray free = single(mask.logicalNot()).expandDims(-1);
        twins(
                a -> Kernels.splice(a.get(0), mask, a.get(1)),
                a -> a.get(0).mul(free).add(place.matMul(a.get(1)).reshape(2, 3, 4)),
                CLOSE,
                normal(m, 2, 3, 4),
                normal(m, 3, 4));
        close(
                Kernels.splice(m.zeros(new Shape(2, 3, 4)), single(mask), m.ones(new Shape(1, 3, 4))),
                single(mask).expandDims(-1).broadcast(new Shape(2, 3, 4)),
                0,
                "a mask of numbers, features [B, Q, D]");
        var wrong = assertThrows(
                IllegalArgumentException.class, () -> Kernels.splice(normal(m, 2, 3, 4), mask, normal(m, 2, 4)));
        assertEquals("the mask marks 3 places for 2 features", wrong.getMessage());
    }

    // ---------------------------------------------------------------- bf16

    @Test
    void bf16FollowsF32() {
        NDArray mask = m.create(new boolean[][] {{true, false, true, false}});
        List<Function<List<NDArray>, NDArray>> cases = List.of(
                a -> Kernels.linear(a.get(0), a.get(1)),
                a -> Kernels.layerNorm(a.get(0), a.get(2), a.get(2), 1e-5),
                a -> Kernels.rmsNorm(a.get(0), a.get(2), 1e-6),
                a -> Kernels.gelu(a.get(0)),
                a -> Kernels.geluTanh(a.get(0)),
                a -> Kernels.silu(a.get(0)),
                a -> Kernels.relu(a.get(0)),
                a -> Kernels.logSoftmax(a.get(0)),
                a -> Kernels.crossEntropySum(a.get(0), whole(m, 1, 2, -100, 4)),
                a -> Kernels.attention(heads(a.get(0)), heads(a.get(0)), heads(a.get(0)), null, true),
                a -> Kernels.splice(a.get(0).reshape(1, 4, 8), mask, a.get(1).get("0:2")));
        for (var kernel : cases) {
            NDArray x = normal(m, 4, 8);
            NDArray w = normal(m, 6, 8);
            NDArray scale = normal(m, 8);
            // every leaf takes part, so that each has a gradient to compare
            UnaryOperator<List<NDArray>> all = a ->
                    List.of(a.get(0).add(a.get(1).sum().mul(0)).add(a.get(2).mul(0)), a.get(1), a.get(2));
            UnaryOperator<List<NDArray>> low = a -> List.of(Kernels.cast(a.get(0), Precision.BF16), a.get(1), a.get(2));
            twins(a -> kernel.apply(low.apply(all.apply(a))), a -> kernel.apply(all.apply(a)), 3e-2, x, w, scale);
        }
    }

    private static NDArray heads(NDArray x) {
        return x.reshape(1, 1, 4, 8);
    }

    /** Scores near 60 rounded to bf16 would be off by an eighth, and the weights by an eighth of themselves. */
    @org.junit.jupiter.params.ParameterizedTest
    @org.junit.jupiter.params.provider.EnumSource(names = {"BF16", "F16"})
    void attentionSumsItsScoresAndTheirSoftmaxInF32(Precision precision) {
        NDArray q = Kernels.cast(Fixture.normal(m, 1, 2, 40, 16).mul(4), precision);
        NDArray k = Kernels.cast(Fixture.normal(m, 1, 2, 40, 16).mul(6), precision);
        NDArray v = Kernels.cast(Fixture.normal(m, 1, 2, 40, 16), precision);
        NDArray mask = Kernels.attentionMask(m.ones(new Shape(1, 40)));
        double unit = precision == Precision.BF16 ? 0x1p-8 : 0x1p-11;
        for (NDArray hide : java.util.Arrays.asList(null, mask)) {
            for (boolean causal : new boolean[] {false, true}) {
                float[] low = Kernels.floats(Kernels.attention(q, k, v, hide, causal));
                float[] high = Kernels.floats(Kernels.attention(
                        Kernels.cast(q, Precision.F32),
                        Kernels.cast(k, Precision.F32),
                        Kernels.cast(v, Precision.F32),
                        hide,
                        causal));
                for (int i = 0; i < low.length; i++) {
                    assertEquals(
                            high[i], low[i], 4 * unit, precision + ", causal " + causal + ", mask " + (hide != null));
                }
            }
        }
    }
}
