package vitune.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.TorchScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Linear layers and {@link Sublayers} in f32 on a CPU, whose products oneDNN makes. PyTorch's autograd does not reach them:
 * while a recording is open they go onto its {@link Tape}, which goes back through them.
 */
final class Products {
    /** Rows below which setting up a product of oneDNN costs more than it saves: a word at a time. */
    private static final int FEW_ROWS = 64;

    private Products() {}

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
        Tape tape = recording ? Gradients.tape() : null;
        if (recording && tape == null) return null;
        if (!isSingle(x)) return null;
        if (onto != null && (!isSingle(onto) || !onto.getShape().equals(shape(x, w)))) return null;
        List<NDArray> weights = b == null ? List.of(w) : List.of(w, b);
        if (few) {
            // a cast for a word would cost more than it gives
            if (!weights.stream().allMatch(Products::isLeaf)) return null;
            NDArray packed = Packing.of(w, rows);
            return packed == w ? null : Gradients.off(() -> forward(module, x, packed, b, onto));
        }
        return run("linear", onto == null ? List.of(x) : List.of(x, onto), List.of(), weights, tape);
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
        Tape tape = recording ? Gradients.tape() : null;
        if (recording && tape == null || !inputs.stream().allMatch(Products::isSingle)) return null;
        return run(kind, inputs, aside, weights, tape, settings);
    }

    private static @Nullable NDArray run(
            String kind,
            List<NDArray> inputs,
            List<NDArray> aside,
            List<NDArray> given,
            @Nullable Tape tape,
            Object... settings) {
        if (!given.stream().allMatch(w -> isSingle(w) || !Segments.flows(w))) return null;
        List<NDArray> weights = given.stream().map(w -> single(w, tape)).toList();
        List<NDArray> all = new ArrayList<>(inputs);
        all.addAll(weights);
        long flows = tape == null ? 0 : module().integer("flows", all, (long) inputs.size());
        if (flows < 0) return null;
        long keep = flows >> inputs.size() > 0 ? 2 : flows > 0 ? 1 : 0;
        List<Object> arguments = new ArrayList<>(List.of(inputs, aside, weights, keep));
        arguments.addAll(List.of(settings));
        PtNDManager owner = (PtNDManager) inputs.get(0).getManager();
        TorchScript.Both both = Gradients.off(() -> module().both(owner, kind + "_there", arguments.toArray()));
        if (tape == null || flows == 0) {
            both.kept().close();
        } else {
            tape.record(kind, inputs, weights, flows, both, settings);
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
    private static NDArray single(NDArray w, @Nullable Tape tape) {
        if (isSingle(w)) return w;
        NDArray cast = Gradients.off(() -> Kernels.cast(w, Precision.F32));
        if (tape != null) {
            NDScope.unregister(cast);
            tape.keep(cast);
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

    static TorchScript module() {
        return Objects.requireNonNull(Loaded.MODULE);
    }
}
