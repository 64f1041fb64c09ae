package vitune.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.TorchScript;
import ai.djl.pytorch.jni.TorchScript.Kept;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The linear layers and {@link Sublayers} of a recording in f32 on a CPU: their products are oneDNN's, which PyTorch's
 * autograd does not reach, so that each has a way back of its own, in {@code onednn.py}.
 *
 * <p>What comes out of a layer is a leaf: PyTorch's graph is cut there, into islands between the layers. On the way back
 * the layers are gone through, the last first; each hands its gradient to what went in, and where that stands in an
 * island, PyTorch carries it on to the leaves the island starts from. An array that several layers read is carried on
 * once, behind the first of them.
 */
final class Products {
    /** Rows below which setting up a product of oneDNN costs more than it saves: a word at a time. */
    private static final int FEW_ROWS = 64;

    private final List<Layer> layers = new ArrayList<>();
    private final Map<NDArray, Node> nodes = new IdentityHashMap<>();
    private final List<NDArray> casts = new ArrayList<>();
    private @Nullable NDArray nothing; // stands for a gradient that is not there

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
            return sum(own, gathered);
        }

        void close() {
            array.close();
            if (gathered != null) gathered.close();
        }
    }

    /**
     * @param kind whose way back it is, in {@code onednn.py}
     * @param inputs null where no gradient flows to
     * @param flows a bit for each input and then for each weight, the first the lowest: whether gradients flow to it
     * @param kept what the way back needs beside the weights
     */
    private record Layer(
            String kind,
            List<@Nullable Node> inputs,
            List<NDArray> weights,
            long flows,
            Kept kept,
            Object[] settings,
            Node y) {
        boolean learns(int weight) {
            return (flows >> inputs.size() + weight & 1) == 1;
        }
    }

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
        if (!isSingle(x)) return null;
        if (onto != null && (!isSingle(onto) || !onto.getShape().equals(shape(x, w)))) return null;
        List<NDArray> weights = b == null ? List.of(w) : List.of(w, b);
        if (few) {
            // a cast for a word would cost more than it gives
            if (!weights.stream().allMatch(Products::isLeaf)) return null;
            NDArray packed = Packing.of(w, rows);
            return packed == w ? null : Gradients.off(() -> forward(module, x, packed, b, onto));
        }
        return run("linear", onto == null ? List.of(x) : List.of(x, onto), List.of(), weights, products);
    }

    /**
     * A sublayer in one call, as {@link #linear} is one.
     *
     * @param aside arrays that no gradient flows to
     * @param settings what {@code onednn.py} asks for beside arrays
     * @return null if this is not for oneDNN, or for a few rows only
     */
    static @Nullable NDArray sublayer(
            String kind,
            List<NDArray> inputs,
            List<NDArray> aside,
            @Nullable List<NDArray> weights,
            Object... settings) {
        if (Loaded.MODULE == null || weights == null) return null;
        NDArray x = inputs.get(0);
        Shape shape = x.getShape();
        if (!Gradients.open() && shape.size() / shape.tail() < FEW_ROWS) return null;
        boolean recording = Gradients.recording();
        Products products = recording ? Gradients.products() : null;
        if (recording && products == null || !inputs.stream().allMatch(Products::isSingle)) return null;
        return run(kind, inputs, aside, weights, products, settings);
    }

    private static @Nullable NDArray run(
            String kind,
            List<NDArray> inputs,
            List<NDArray> aside,
            List<NDArray> given,
            @Nullable Products products,
            Object... settings) {
        if (!given.stream().allMatch(w -> isSingle(w) || !flows(w))) return null;
        List<NDArray> weights = given.stream().map(w -> single(w, products)).toList();
        List<NDArray> all = new ArrayList<>(inputs);
        all.addAll(weights);
        long flows = products == null ? 0 : module().integer("flows", all, (long) inputs.size());
        if (flows < 0) return null;
        long keep = flows >> inputs.size() > 0 ? 2 : flows > 0 ? 1 : 0;
        List<Object> arguments = new ArrayList<>(List.of(inputs, aside, weights, keep));
        arguments.addAll(List.of(settings));
        PtNDManager owner = (PtNDManager) inputs.get(0).getManager();
        TorchScript.Both both = Gradients.off(() -> module().both(owner, kind + "_there", arguments.toArray()));
        if (products == null || flows == 0) {
            both.kept().close();
        } else {
            products.record(kind, inputs, weights, flows, both, settings);
        }
        return both.value();
    }

    /** Whether a weight is stored as oneDNN computes here, in f32 on the CPU. */
    static boolean isLeaf(NDArray w) {
        return isSingle(w) && module().integer("flows", List.of(w), 0L) >= 0;
    }

    /** The module, where words, each a row of x, may meet weights that are packed for them; else null. */
    static @Nullable TorchScript forWords(NDArray x) {
        TorchScript module = Loaded.MODULE;
        long rows = x.getShape().get(0);
        return module != null && Packing.serves(x, rows) && isSingle(x) ? module : null;
    }

    /**
     * A frozen weight in f32, kept until the way back; one in training as it is. All layers of an f32 stack are here or none:
     * where PyTorch's graph went on beside them, each would come back through all of it.
     */
    private static NDArray single(NDArray w, @Nullable Products products) {
        if (isSingle(w)) return w;
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

    private static boolean isSingle(NDArray x) {
        return x.getDataType() == DataType.FLOAT32 && !x.getDevice().isGpu();
    }

    private static boolean flows(NDArray x) {
        return Segments.flows(x);
    }

    private static NDArray sum(NDArray a, @Nullable NDArray b) {
        return module().tensor((PtNDManager) a.getManager(), "sum", a, Objects.requireNonNull(b));
    }

    private static TorchScript module() {
        return Objects.requireNonNull(Loaded.MODULE);
    }

    // ---------------------------------------------------------------- the way there

    private void record(
            String kind,
            List<NDArray> inputs,
            List<NDArray> weights,
            long flows,
            TorchScript.Both both,
            Object... settings) {
        List<@Nullable Node> read = new ArrayList<>();
        for (NDArray input : inputs) read.add((flows >> read.size() & 1) == 1 ? read(input) : null);
        NDArray y = both.value();
        y.setRequiresGradient(true);
        Node out = new Node(handle(y), layers.size());
        nodes.put(y, out);
        layers.add(new Layer(kind, read, weights, flows, both.kept(), settings, out));
    }

    private Node read(NDArray x) {
        Node node = nodes.computeIfAbsent(x, array -> new Node(handle(array), -1));
        node.firstRead = Math.min(node.firstRead, layers.size());
        return node;
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
                for (Node input : layer.inputs) carryOn(input, last);
            } finally {
                layer.y.close();
                layer.kept.close();
            }
        }
    }

    private void back(Layer layer) {
        NDArray g = layer.y.gradient();
        if (g == null) return;
        PtNDManager owner = (PtNDManager) g.getManager();
        List<NDArray> rooms = new ArrayList<>();
        for (NDArray w : layer.weights) rooms.add(layer.learns(rooms.size()) ? room(w, owner) : nothing(owner));
        long[] flows =
                layer.inputs.stream().mapToLong(node -> node == null ? 0 : 1).toArray();
        List<NDArray> gathered = new ArrayList<>();
        for (int i = 0; i < layer.inputs.size(); i++) {
            Node node = layer.inputs.get(i);
            gathered.add(node == null || node.gathered == null || again(layer, i) ? nothing(owner) : node.gathered);
        }
        List<Object> arguments = new ArrayList<>(List.of(g, layer.weights, rooms, layer.kept, flows, gathered));
        arguments.addAll(List.of(layer.settings));
        List<PtNDArray> gradients = module().tensors(owner, layer.kind + "_back", arguments.toArray());
        for (int i = 0; i < gradients.size(); i++) {
            Node node = layer.inputs.get(i);
            if (node == null) continue;
            node.gather(again(layer, i) ? sum(gradients.get(i), node.gathered) : gradients.get(i));
        }
    }

    /** Whether this input is one of those before it once more. */
    private static boolean again(Layer layer, int input) {
        return layer.inputs.indexOf(layer.inputs.get(input)) < input;
    }

    /** Where the gradient of a weight in training gathers. */
    private static NDArray room(NDArray leaf, PtNDManager owner) {
        NDArray known = Gradients.of(leaf, owner);
        if (known != null) return known;
        JniUtils.backward((PtNDArray) leaf, (PtNDArray) leaf.zerosLike(), false, false);
        return Objects.requireNonNull(Gradients.of(leaf, owner));
    }

    private NDArray nothing(PtNDManager owner) {
        if (nothing == null) {
            nothing = module().tensor(owner, "nothing");
            NDScope.unregister(nothing);
        }
        return nothing;
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

    /** Frees what is kept. */
    void close() {
        nodes.values().forEach(Node::close);
        nodes.clear();
        layers.forEach(layer -> layer.kept.close());
        layers.clear();
        if (nothing != null) nothing.close();
        nothing = null;
        casts.forEach(NDArray::close);
        casts.clear();
    }
}
