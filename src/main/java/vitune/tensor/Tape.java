package vitune.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
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
 * The layers of a recording that PyTorch's autograd does not reach, each with a way back of its own, in {@code onednn.py}.
 *
 * <p>What comes out of a layer is a leaf: PyTorch's graph is cut there, into islands between the layers. On the way back
 * the layers are gone through, the last first; each hands its gradient to what went in, and where that stands in an
 * island, PyTorch carries it on to the leaves the island starts from. An array that several layers read is carried on
 * once, behind the first of them.
 */
final class Tape {
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

    // ---------------------------------------------------------------- the way there

    /** Adds a layer; {@code both} is its result, and what its way back needs. */
    void record(
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

    /** Keeps what a layer's way back needs until then. */
    void keep(NDArray cast) {
        casts.add(cast);
    }

    private static PtNDArray handle(NDArray x) {
        PtNDArray same = Products.module().tensor((PtNDManager) x.getManager(), "same", x);
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
        for (NDArray w : layer.weights)
            rooms.add(layer.learns(rooms.size()) ? Gradients.room(w, owner) : nothing(owner));
        long[] flows =
                layer.inputs.stream().mapToLong(node -> node == null ? 0 : 1).toArray();
        List<NDArray> gathered = new ArrayList<>();
        for (int i = 0; i < layer.inputs.size(); i++) {
            Node node = layer.inputs.get(i);
            gathered.add(node == null || node.gathered == null || again(layer, i) ? nothing(owner) : node.gathered);
        }
        List<Object> arguments = new ArrayList<>(List.of(g, layer.weights, rooms, layer.kept, flows, gathered));
        arguments.addAll(List.of(layer.settings));
        List<PtNDArray> gradients = Products.module().tensors(owner, layer.kind + "_back", arguments.toArray());
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

    private static NDArray sum(NDArray a, @Nullable NDArray b) {
        return Products.module().tensor((PtNDManager) a.getManager(), "sum", a, Objects.requireNonNull(b));
    }

    private NDArray nothing(PtNDManager owner) {
        if (nothing == null) {
            nothing = Products.module().tensor(owner, "nothing");
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
