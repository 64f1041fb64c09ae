package vitune.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vitune.tensor.Sublayers.Norm;

/** Sublayers with a way back of their own, against PyTorch's autograd over the operations that they are made of. */
class SublayersTest {
    private static final int TRIALS = 200;

    private final NDManager manager = Engines.newManager();
    private final Random random = new Random(3);
    private final NDArray anchor = leaf(true, 1); // something that flows, where all else is frozen

    @BeforeEach
    void oneDnnIsHere() { // in DJL's builds of PyTorch for these machines
        assumeTrue(System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64"));
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private NDArray leaf(boolean trained, long... shape) {
        NDArray array = Kernels.normal(manager, new Shape(shape), 0, 0.5, random.nextInt(), Precision.F32);
        array.setRequiresGradient(trained);
        return array;
    }

    /** A norm and linear layers [out, in], each with its bias each trained or not. */
    private List<NDArray> weights(long[]... layers) {
        List<NDArray> all = new ArrayList<>();
        for (long[] layer : layers) {
            all.add(leaf(random.nextBoolean(), layer));
            all.add(leaf(random.nextBoolean(), layer[0]));
        }
        return all;
    }

    private static NDArray dense(NDArray x, List<NDArray> w, int layer) {
        return x.matMul(w.get(2 * layer).transpose()).add(w.get(2 * layer + 1));
    }

    private static NDArray norm(NDArray x, List<NDArray> w, Norm norm) {
        NDArray mean = x.mean(new int[] {-1}, true);
        NDArray off = x.sub(mean);
        NDArray scale = off.mul(off).mean(new int[] {-1}, true).add(norm.eps()).sqrt();
        return off.div(scale).mul(w.get(0)).add(w.get(1));
    }

    private static NDArray split(NDArray x, int heads) {
        Shape shape = x.getShape();
        return x.reshape(shape.get(0), shape.get(1), heads, shape.get(2) / heads)
                .transpose(0, 2, 1, 3);
    }

    private static NDArray attention(
            NDArray x,
            @Nullable NDArray source,
            List<NDArray> w,
            @Nullable NDArray mask,
            int heads,
            boolean causal,
            Norm norm) {
        NDArray h = norm.before() ? norm(x, w, norm) : x;
        NDArray from = source == null ? h : source;
        boolean one = w.size() == 6;
        long width = x.getShape().get(2);
        NDArray all = dense(h, w, 1);
        NDArray q = split(one ? all.get("..., 0:" + width) : all, heads);
        NDArray k = split(one ? all.get("..., " + width + ":" + 2 * width) : dense(from, w, 2), heads);
        NDArray v = split(one ? all.get("..., " + 2 * width + ":") : dense(from, w, 3), heads);
        NDArray scores = q.matMul(k.transpose(0, 1, 3, 2)).div(Math.sqrt((double) width / heads));
        if (mask != null) scores = scores.add(mask);
        if (causal) {
            long length = x.getShape().get(1);
            NDArray places = x.getManager().arange(0, (int) length, 1, DataType.FLOAT32);
            scores = scores.add(places.reshape(1, length)
                    .gt(places.reshape(length, 1))
                    .toType(DataType.FLOAT32, false)
                    .mul(-30000));
        }
        NDArray seen = scores.softmax(-1).matMul(v).transpose(0, 2, 1, 3).reshape(x.getShape());
        NDArray y = x.add(dense(seen, w, w.size() / 2 - 1));
        return norm.before() ? y : norm(y, w, norm);
    }

    private static NDArray mlp(NDArray x, List<NDArray> w, String activation, Norm norm) {
        NDArray up = dense(norm.before() ? norm(x, w, norm) : x, w, 1);
        NDArray y = x.add(dense(activation.equals("relu") ? up.maximum(0) : Kernels.gelu(up), w, 2));
        return norm.before() ? y : norm(y, w, norm);
    }

    /** Results and all gradients, also where an input is read once more, and where gradients are there already. */
    private void same(Supplier<@Nullable NDArray> whole, Supplier<NDArray> parts, List<NDArray> leaves, String what) {
        List<NDArray> found = gradients(whole, leaves, what);
        List<NDArray> expected = gradients(parts, leaves, what);
        assertEquals(expected.size(), found.size(), what);
        for (int i = 0; i < expected.size(); i++) {
            double largest = expected.get(i).abs().max().getFloat();
            double off = expected.get(i).sub(found.get(i)).abs().max().getFloat();
            assertTrue(off <= 1e-4 * Math.max(1, largest), what + ", array " + i + ": " + off + " of " + largest);
        }
    }

    private List<NDArray> gradients(Supplier<@Nullable NDArray> work, List<NDArray> leaves, String what) {
        Gradients.zero(leaves);
        List<NDArray> all = new ArrayList<>();
        for (int time = 0; time < 2; time++) {
            try (Gradients gradients = Gradients.record()) {
                NDArray y = work.get();
                assertNotNull(y, what);
                NDArray more = y.mul(y).sum().add(anchor.sum());
                for (NDArray leaf : leaves) more = more.add(leaf.mul(leaf).sum());
                if (time == 0) all.add(y.duplicate());
                gradients.backward(more);
            }
        }
        for (NDArray leaf : leaves) {
            NDArray gradient = Gradients.of(leaf, manager);
            if (gradient != null && leaf.hasGradient()) all.add(gradient.duplicate());
        }
        return all;
    }

    @Test
    void attentionIsThatOfItsParts() {
        for (int trial = 0; trial < TRIALS; trial++) {
            boolean far = trial % 20 == 0; // more keys than PyTorch's fused kernel is left out for
            int heads = 1 + random.nextInt(3), batch = 1 + random.nextInt(3), width = 4 * heads;
            int length = far ? 129 + random.nextInt(40) : 1 + random.nextInt(9);
            boolean cross = random.nextInt(3) == 0, one = !cross && random.nextBoolean();
            boolean causal = !cross && random.nextBoolean();
            int keys = cross ? length + random.nextInt(5) : length, wide = cross ? 5 : width;
            Norm norm = random.nextBoolean() ? Norm.before(1e-5) : Norm.after(1e-3);
            NDArray x = leaf(random.nextInt(4) > 0, batch, length, width);
            NDArray source = cross ? leaf(random.nextBoolean(), batch, keys, wide) : null;
            long[] square = {width, width}, in = {width, wide};
            List<NDArray> w = one
                    ? weights(new long[] {width}, new long[] {3L * width, width}, square)
                    : weights(new long[] {width}, square, in, in, square);
            NDArray mask = random.nextBoolean() ? null : manager.zeros(new Shape(batch, 1, 1, keys));
            if (mask != null && keys > 1) mask.set(new NDIndex("0, :, :, 0"), -30000);
            List<NDArray> leaves = new ArrayList<>(w);
            leaves.add(x);
            if (source != null) leaves.add(source);
            NDArray hide = mask;
            String what = "trial " + trial + ": " + batch + " x " + length + " to " + keys + ", " + norm + ", causal "
                    + causal + ", one " + one + ", mask " + (mask != null);
            same(
                    () -> Sublayers.attention(x, source, w, hide, heads, causal, norm),
                    () -> attention(x, source, w, hide, heads, causal, norm),
                    leaves,
                    what);
        }
    }

    @Test
    void mlpIsThatOfItsParts() {
        for (int trial = 0; trial < TRIALS; trial++) {
            int width = 2 + random.nextInt(6), hidden = 1 + random.nextInt(9);
            Norm norm = random.nextBoolean() ? Norm.before(1e-5) : Norm.after(1e-3);
            String activation = random.nextBoolean() ? "relu" : "gelu";
            NDArray x = leaf(random.nextInt(4) > 0, 1 + random.nextInt(3), 1 + random.nextInt(5), width);
            List<NDArray> w = weights(new long[] {width}, new long[] {hidden, width}, new long[] {width, hidden});
            List<NDArray> leaves = new ArrayList<>(w);
            leaves.add(x);
            same(
                    () -> NDArrays.add(
                            Sublayers.mlp(x, w, activation, norm),
                            Sublayers.mlp(x.mul(2), w, activation, norm),
                            Sublayers.mlp(x, w, activation, norm)),
                    () -> NDArrays.add(
                            mlp(x, w, activation, norm),
                            mlp(x.mul(2), w, activation, norm),
                            mlp(x, w, activation, norm)),
                    leaves,
                    "trial " + trial + ": " + activation + ", " + norm);
        }
    }

    @Test
    void theLossIsThatOfItsParts() {
        for (int trial = 0; trial < TRIALS; trial++) {
            int rows = 1 + random.nextInt(6), words = 2 + random.nextInt(9);
            NDArray x = leaf(random.nextBoolean(), rows, 3);
            NDArray head = leaf(random.nextBoolean(), words, 3);
            long[] ids = random.longs(rows, 0, words).toArray();
            NDArray labels = Kernels.longs(manager, ids, new Shape(rows));
            same(
                    () -> Sublayers.loss(x, head, labels),
                    () -> Kernels.crossEntropySum(x.matMul(head.transpose()), labels),
                    List.of(x, head),
                    "trial " + trial);
        }
    }

    /** A few rows without a recording are not worth it; many give the same as with one, and leave nothing behind. */
    @Test
    void withoutARecordingManyRowsGiveTheSame() {
        List<NDArray> w = weights(new long[] {4}, new long[] {6, 4}, new long[] {4, 6});
        NDArray x = leaf(true, 8, 9, 4);
        NDArray off = Gradients.off(() -> Sublayers.mlp(x, w, "gelu", Norm.before(1e-5)));
        assertNotNull(off);
        try (Gradients gradients = Gradients.record()) {
            NDArray on = Sublayers.mlp(x, w, "gelu", Norm.before(1e-5));
            assertNotNull(on);
            assertEquals(0, on.sub(off).abs().max().getFloat());
            gradients.backward(on.sum());
        }
        NDArray few = leaf(false, 1, 3, 4);
        assertNull(Gradients.off(() -> Sublayers.mlp(few, w, "gelu", Norm.before(1e-5))));
    }

    /** What is computed again on the way back teaches the same. */
    @Test
    void segmentsTeachTheSame() {
        List<NDArray> w = weights(new long[] {4}, new long[] {6, 4}, new long[] {4, 6});
        w.forEach(leaf -> leaf.setRequiresGradient(true));
        NDArray x = leaf(true, 2, 5, 4);
        List<NDArray> leaves = new ArrayList<>(w);
        leaves.add(x);
        NDArray[][] found = new NDArray[2][];
        for (int again = 0; again < 2; again++) {
            Gradients.zero(leaves);
            try (Gradients gradients = Gradients.record(1, again == 1)) {
                NDArray y = x;
                for (int i = 0; i < 3; i++) {
                    y = Gradients.segment(y, in -> NDArrays.add(Sublayers.mlp(in, w, "relu", Norm.before(1e-5)), in));
                }
                gradients.backward(y.mul(y).sum());
            }
            found[again] = leaves.stream()
                    .map(leaf -> Gradients.of(leaf, manager).duplicate())
                    .toArray(NDArray[]::new);
        }
        for (int i = 0; i < leaves.size(); i++) {
            double largest = found[0][i].abs().max().getFloat();
            assertTrue(found[0][i].sub(found[1][i]).abs().max().getFloat() <= 1e-5 * largest);
        }
    }
}
