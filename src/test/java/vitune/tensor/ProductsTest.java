package vitune.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Linear layers with gradients of their own, against PyTorch's autograd over matrix products. */
class ProductsTest {
    private final NDManager manager = Engines.newManager();
    private final NDArray x = leaf(3, 5, 4);
    private final NDArray first = leaf(4, 4);
    private final NDArray second = leaf(4, 4);
    private final NDArray shift = leaf(4);

    private NDArray leaf(long... shape) {
        NDArray array = manager.randomNormal(new Shape(shape));
        array.setRequiresGradient(true);
        return array;
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private interface Layer {
        NDArray of(NDArray onto, NDArray x, NDArray w, NDArray b);
    }

    private float[][] gradients(Layer layer, int times) {
        Gradients.zero(List.of(x, first, second, shift));
        for (int i = 0; i < times; i++) {
            try (Gradients gradients = Gradients.record()) {
                gradients.backward(loss(layer));
            }
        }
        return new float[][] {floats(x), floats(first), floats(second), floats(shift)};
    }

    /** Inputs that several layers read, that something beside layers reads, and a residual stream over two blocks. */
    private NDArray loss(Layer layer) {
        NDArray none = manager.zeros(new Shape(3, 5, 4));
        NDArray h = x;
        for (int i = 0; i < 2; i++) {
            NDArray inner = Kernels.layerNorm(h, shift, shift, 1e-5);
            NDArray both = layer.of(none, inner, first, shift)
                    .mul(Kernels.gelu(layer.of(none, inner, second, shift)))
                    .add(inner.mul(inner));
            h = layer.of(h, both, i == 0 ? first : second, shift);
        }
        return h.mul(h).sum();
    }

    private float[] floats(NDArray leaf) {
        NDArray gradient = Gradients.of(leaf, manager);
        return gradient == null ? new float[0] : gradient.toFloatArray();
    }

    private void same(float[][] expected, float[][] found) {
        for (int i = 0; i < expected.length; i++) {
            float largest = 0;
            for (float value : expected[i]) largest = Math.max(largest, Math.abs(value));
            assertTrue(largest > 0);
            assertArrayEquals(expected[i], found[i], 1e-5f * largest);
        }
    }

    @Test
    void gradientsAreThoseOfAutograd() {
        Layer plain = (onto, in, w, b) -> in.matMul(w.transpose()).add(b).add(onto);
        same(gradients(plain, 1), gradients(Kernels::linearOnto, 1));
        same(gradients(plain, 2), gradients(Kernels::linearOnto, 2));
    }

    @Test
    void aFrozenWeightGetsNoGradientAndPassesOn() {
        second.setRequiresGradient(false);
        shift.setRequiresGradient(false);
        float[] before;
        try (Gradients gradients = Gradients.record()) {
            gradients.backward(
                    Kernels.linear(Kernels.linear(x, second, shift), first).sum());
            before = floats(x);
            assertNull(Gradients.of(second, manager));
            assertNull(Gradients.of(shift, manager));
        }
        Gradients.zero(x);
        try (Gradients gradients = Gradients.record()) {
            gradients.backward(
                    x.matMul(second.transpose()).matMul(first.transpose()).sum());
        }
        assertArrayEquals(floats(x), before, 1e-4f);
    }

    /** Frozen weights of half the size are cast, and pass on what PyTorch would pass on. */
    @Test
    void aFrozenWeightMayBeStoredInBf16() {
        second.setRequiresGradient(false);
        NDArray half = Kernels.cast(second, Precision.BF16);
        NDArray rounded = Kernels.cast(half, Precision.F32);
        float[][] found = new float[2][];
        for (int i = 0; i < 2; i++) {
            NDArray weight = i == 0 ? rounded : half;
            Gradients.zero(List.of(x, first));
            try (Gradients gradients = Gradients.record()) {
                gradients.backward(
                        Kernels.linear(Kernels.linear(x, weight), first).sum());
                assertNull(Gradients.of(weight, manager));
            }
            found[i] = floats(x);
        }
        assertArrayEquals(found[0], found[1]);
    }

    /** A stack of adapted layers is gone back through once: twice as deep takes about twice the calls, not four times. */
    @Test
    void adaptersDoNotMakeTheWayBackLonger() {
        NDArray a = leaf(2, 4);
        NDArray b = leaf(4, 2);
        long[] calls = new long[2];
        for (int i = 0; i < 2; i++) {
            int depth = 8 << i;
            Profile profile = Profile.of(() -> {
                try (Gradients gradients = Gradients.record()) {
                    NDArray h = x;
                    for (int layer = 0; layer < depth; layer++) {
                        h = Kernels.gelu(Kernels.lowRank(Kernels.linear(h, first), h, a, b, 2, 0));
                    }
                    gradients.backward(h.sum());
                }
            });
            calls[i] = profile.rows().stream()
                    .filter(row -> row.kernel().equals("gelu_backward"))
                    .mapToLong(Profile.Row::calls)
                    .sum();
        }
        assertEquals(8, calls[0]);
        assertEquals(16, calls[1]);
    }

    /** An array may be both what is multiplied and what it is added to. */
    @Test
    void oneArrayMayBeReadTwiceByOneLayer() {
        Layer plain = (onto, in, w, b) -> in.matMul(w.transpose()).add(b).add(in);
        Layer whole = (onto, in, w, b) -> Kernels.linearOnto(in, in, w, b);
        same(gradients(plain, 1), gradients(whole, 1));
    }

    @Test
    void packedWeightsGiveTheSameProduct() {
        NDArray words = manager.randomNormal(new Shape(8, 1, 4));
        float[] plain = Gradients.off(
                () -> Kernels.linearOnto(words, words, first, shift).toFloatArray());
        float[] packed = Packing.during(
                manager, () -> Kernels.linearOnto(words, words, first, shift).toFloatArray());
        assertArrayEquals(plain, packed, 1e-6f);
    }
}
