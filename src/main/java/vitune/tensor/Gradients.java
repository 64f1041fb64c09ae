package vitune.tensor;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.TorchScript;
import ai.djl.training.GradientCollector;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of computation that is recorded, so that gradients can flow back through it.
 *
 * <pre>{@code
 * try (var gradients = Gradients.record()) {
 *     gradients.backward(model.lossSum(batch, Precision.F32));
 * }
 * }</pre>
 *
 * <p>Gradients add up in the leaves, over several {@code backward} calls and over several recordings, until
 * {@link #zero}. One recording per JVM, bound to the thread that opened it.
 */
public final class Gradients implements AutoCloseable {
    private final GradientCollector collector;
    private final Thread owner = Thread.currentThread();

    private Gradients(GradientCollector collector) {
        this.collector = collector;
    }

    /**
     * Starts to record on this thread.
     *
     * @throws IllegalStateException if a recording is open already, here or on another thread
     */
    public static Gradients record() {
        Engines.start();
        boolean before = JniUtils.isGradMode();
        try {
            return new Gradients(Engine.getEngine("PyTorch").newGradientCollector());
        } catch (IllegalStateException open) {
            JniUtils.setGradMode(before); // DJL turns it on before it refuses
            throw new IllegalStateException("a recording is open already: one per JVM, close it first", open);
        }
    }

    /** True if operations on this thread are recorded now. A thread that never recorded starts with true. */
    public static boolean recording() {
        Engines.start();
        return JniUtils.isGradMode();
    }

    /**
     * Adds the gradients of a loss to every leaf it depends on, and drops the graph.
     *
     * @param loss one number in f32, made while recording
     */
    public void backward(NDArray loss) {
        if (loss.getDataType() != DataType.FLOAT32 || loss.size() != 1) {
            throw new IllegalArgumentException(
                    "loss must be one f32 number, got " + loss.getDataType() + " " + loss.getShape());
        }
        try (NDArray one = loss.getManager().ones(loss.getShape())) {
            backward(loss, one);
        }
    }

    /**
     * Continues from a gradient that is known: the vector-Jacobian product. Serves to recompute a layer in parts.
     *
     * @param output what was computed, any shape
     * @param upstream the gradient of the loss with respect to it, same shape and precision
     */
    public void backward(NDArray output, NDArray upstream) {
        requireOwner();
        JniUtils.backward((PtNDArray) output, (PtNDArray) upstream, false, false);
    }

    /** Stops recording. */
    @Override
    public void close() {
        requireOwner();
        collector.close();
    }

    private void requireOwner() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException("a recording belongs to " + owner + ", not to " + Thread.currentThread());
        }
    }

    /** Computes without a graph on this thread, inside a recording or not, and restores the mode afterwards. */
    public static <T extends @Nullable Object> T off(Supplier<T> work) {
        Engines.start();
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(false);
        try {
            return work.get();
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    /** {@link #off(Supplier)} for work without a result. */
    public static void off(Runnable work) {
        off(() -> {
            work.run();
            return null;
        });
    }

    /**
     * The gradient that has gathered in a leaf: the very memory, not a copy. It belongs to {@code owner} (or to the
     * innermost {@code NDScope}), never to the leaf's manager.
     *
     * @return null if no gradient has reached the leaf since it was made
     */
    public static @Nullable NDArray of(NDArray leaf, NDManager owner) {
        return TorchScript.gradient((PtNDArray) leaf, (PtNDManager) owner);
    }

    /** Sets the gradient of a leaf to zero. */
    public static void zero(NDArray leaf) {
        JniUtils.zeroGrad((PtNDArray) leaf);
    }

    /** Sets the gradients of several leaves to zero. */
    public static void zero(Iterable<? extends NDArray> leaves) {
        leaves.forEach(Gradients::zero);
    }
}
