package vitune.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.TorchScript;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The linear layers of a recording in f32 on a CPU: products and their gradients by oneDNN, which PyTorch's autograd does
 * not reach.
 *
 * <p>What comes out of a layer is a leaf: PyTorch's graph is cut there, into islands between the layers. On the way back
 * the layers are gone through, the last first; each hands its gradient to what went in, and where that stands in an
 * island, PyTorch carries it on to the leaves the island starts from. An array that several layers read is carried on
 * once, behind the first of them.
 */
final class Products {
    /** Rows below which setting up a product of oneDNN costs more than it saves: a word at a time. */
    private static final int FEW_ROWS = 64;

    private static final int PLAIN = 1;
    private static final int FLOWS = 2;
    private static final int INNER = 4;

    private final List<Layer> layers = new ArrayList<>();
    private final Map<NDArray, Node> nodes = new IdentityHashMap<>();
    private final List<NDArray> casts = new ArrayList<>();

    /** An array that layers read or made: a handle of ours, since the caller's may close before the way back. */
    private static final class Node {
        final PtNDArray array;
        final int made; // by the layer of this number, or -1
        int firstRead = Integer.MAX_VALUE;

        @Nullable
        NDArray gathered;

        Node(PtNDArray array, int made) {
            this.array = array;
            this.made = made;
        }

        /** Takes over the gradient so far. */
        void gather(NDArray gradient) {
            NDArray before = gathered;
            NDScope.unregister(gradient);
            gathered = gradient;
            if (before != null) before.close();
        }

        /** All that has come back to what a layer made: from layers, and from the island behind it. */
        @Nullable
        NDArray gradient() {
            NDArray own = Gradients.of(array, array.getManager());
            if (own == null || gathered == null) return own == null ? gathered : own;
            return call("sum", own, gathered);
        }

        void close() {
            array.close();
            if (gathered != null) gathered.close();
        }
    }

    /** @param x null if neither it nor w needs a gradient */
    private record Layer(
            @Nullable Node x,
            NDArray w,
            @Nullable NDArray b,
            @Nullable Node onto,
            Node y) {}

    private static final class Loaded {
        static final @Nullable TorchScript MODULE = KernelModule.optional("onednn.py", "Products");
    }

    /**
     * x wᵀ + b + onto, where {@code b} and {@code onto} may be null.
     *
     * @return null if this is not for oneDNN: the caller computes it
     */
    static @Nullable NDArray linear(NDArray x, NDArray w, @Nullable NDArray b, @Nullable NDArray onto) {
        TorchScript module = Loaded.MODULE;
        if (module == null) return null;
        boolean recording = Gradients.recording();
        long rows = x.size() / w.getShape().get(1);
        boolean few = !Gradients.open() && rows < FEW_ROWS; // a segment is computed twice, in the same way
        if (few && (rows == 1 || !Packing.serves(x, rows))) return null;
        Products products = recording ? Gradients.products() : null;
        if (recording && products == null) return null;
        if ((kind(x) & PLAIN) == 0) return null;
        if (onto != null && ((kind(onto) & PLAIN) == 0 || !onto.getShape().equals(shape(x, w)))) return null;
        if (few && (!isLeaf(w) || b != null && !isLeaf(b)))
            return null; // a cast for a word would cost more than it gives
        NDArray weight = few ? Packing.of(w, rows) : single(w, products);
        NDArray bias = b == null || few ? b : single(b, products);
        if (few && weight == w || !isLeaf(weight) || bias != null && !isLeaf(bias)) return null;
        NDArray y = Gradients.off(() -> forward(module, x, weight, bias, onto));
        if (products != null) products.record(x, weight, bias, onto, y);
        return y;
    }

    /** Whether a weight is stored as oneDNN computes here, in f32 on the CPU. */
    static boolean isLeaf(NDArray w) {
        return (kind(w) & (PLAIN | INNER)) == PLAIN;
    }

    /** The module, where words, each a row of x, may meet weights that are packed for them; else null. */
    static @Nullable TorchScript forWords(NDArray x) {
        TorchScript module = Loaded.MODULE;
        long rows = x.getShape().get(0);
        return module != null && Packing.serves(x, rows) && (kind(x) & PLAIN) != 0 ? module : null;
    }

    /**
     * A frozen weight in f32, kept until the way back; one in training as it is. All layers of an f32 stack are here or none:
     * where PyTorch's graph went on beside them, each would come back through all of it.
     */
    private static NDArray single(NDArray w, @Nullable Products products) {
        if ((kind(w) & (PLAIN | FLOWS)) != 0) return w;
        NDArray cast = Gradients.off(() -> Kernels.cast(w, Precision.F32));
        if (products != null) {
            NDScope.unregister(cast);
            products.casts.add(cast);
        }
        return cast;
    }

    private static NDArray forward(
            TorchScript module, NDArray x, NDArray w, @Nullable NDArray b, @Nullable NDArray onto) {
        PtNDManager owner = (PtNDManager) x.getManager();
        if (onto == null) {
            return b == null ? module.tensor(owner, "linear", x, w) : module.tensor(owner, "linear_bias", x, w, b);
        }
        return b == null
                ? module.tensor(owner, "linear_onto", x, w, onto)
                : module.tensor(owner, "linear_bias_onto", x, w, b, onto);
    }

    /** A weight as a product with so many rows wants it. */
    static NDArray packed(NDArray w, long rows, NDManager owner) {
        return module().tensor((PtNDManager) owner, "pack", w, rows);
    }

    private static Shape shape(NDArray x, NDArray w) {
        Shape in = x.getShape();
        return in.slice(0, in.dimension() - 1).add(w.getShape().get(0));
    }

    private static int kind(NDArray x) {
        return (int) module().integer("kind", x);
    }

    private static TorchScript module() {
        return Objects.requireNonNull(Loaded.MODULE);
    }

    // ---------------------------------------------------------------- the way there

    private void record(NDArray x, NDArray w, @Nullable NDArray b, @Nullable NDArray onto, NDArray y) {
        boolean trained = flows(w) || b != null && flows(b);
        boolean carries = flows(x) || onto != null && flows(onto);
        if (!trained && !carries) return;
        y.setRequiresGradient(true);
        Node out = new Node(handle(y), layers.size());
        nodes.put(y, out);
        layers.add(new Layer(read(x, flows(w)), w, b, onto == null ? null : read(onto, false), out));
    }

    /** The node of what a layer reads; null if nothing needs it on the way back. */
    private @Nullable Node read(NDArray x, boolean value) {
        if (!value && !flows(x)) return null;
        Node node = nodes.computeIfAbsent(x, array -> new Node(handle(array), -1));
        node.firstRead = Math.min(node.firstRead, layers.size());
        return node;
    }

    private static boolean flows(NDArray x) {
        return (kind(x) & FLOWS) != 0;
    }

    private static PtNDArray handle(NDArray x) {
        PtNDArray same = module().tensor((PtNDManager) x.getManager(), "same", x);
        NDScope.unregister(same);
        return same;
    }

    // ---------------------------------------------------------------- the way back

    /** Layers recorded so far, those gone back through not counted. */
    int size() {
        return layers.size();
    }

    /**
     * Carries on what has gathered in the leaves that the layers made, the last layer first; the loss itself has been gone
     * back from.
     *
     * @param down layers that are left for later, the first ones
     */
    void backward(int down) {
        while (layers.size() > down) {
            int last = layers.size() - 1;
            Layer layer = layers.remove(last);
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                Gradients.off(() -> back(layer));
                carryOn(layer.x, last);
                carryOn(layer.onto, last);
                layer.y.array.close();
            }
        }
    }

    private static void back(Layer layer) {
        NDArray g = layer.y.gradient();
        if (g == null) return;
        NDArray w = layer.w;
        if (layer.x != null && flows(w)) gather(w, "weight", g, layer.x.array);
        if (layer.b != null && flows(layer.b)) gather(layer.b, "bias", g);
        if (layer.onto != null)
            layer.onto.gather(layer.onto.gathered == null ? g : call("sum", g, layer.onto.gathered));
        Node x = layer.x;
        if (x == null || !flows(x.array)) return;
        x.gather(x.gathered == null ? call("back", g, w) : call("back_onto", g, w, x.gathered));
    }

    /** Adds to the gradient of a weight in training. */
    private static void gather(NDArray leaf, String kernel, NDArray... from) {
        NDArray known = Gradients.of(leaf, from[0].getManager());
        if (known == null) {
            JniUtils.backward((PtNDArray) leaf, (PtNDArray) call(kernel, (Object[]) from), false, false);
            return;
        }
        Object[] more = Arrays.copyOf(from, from.length + 1, Object[].class);
        more[from.length] = known;
        call(kernel + "_onto", more);
    }

    /** Behind the first layer that reads an array, its gradient is whole: what made it comes next. */
    private static void carryOn(@Nullable Node node, int layer) {
        if (node == null || node.firstRead != layer) return;
        if (node.made < 0) {
            if (node.gathered != null) {
                JniUtils.backward(node.array, (PtNDArray) node.gathered, true, false);
                node.gathered.close();
            }
            node.array.close();
            node.firstRead = -1;
        }
    }

    private static NDArray call(String kernel, Object... arguments) {
        return module().tensor((PtNDManager) ((NDArray) arguments[0]).getManager(), kernel, arguments);
    }

    /** Frees what is kept. */
    void close() {
        nodes.values().forEach(Node::close);
        nodes.clear();
        layers.clear();
        casts.forEach(NDArray::close);
        casts.clear();
    }
}
