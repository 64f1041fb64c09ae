package vitune.tensor;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.TorchScript;
import ai.djl.training.GradientCollector;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
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
    private static volatile @Nullable Gradients open; // one per JVM, as DJL has one collector

    private final GradientCollector collector;
    private final Segments segments;
    private final boolean recompute;
    private Tape tape = new Tape();
    private final Thread owner = Thread.currentThread();

    private Gradients(GradientCollector collector, long seed, boolean recompute) {
        this.collector = collector;
        this.segments = new Segments(seed);
        this.recompute = recompute;
        open = this;
    }

    /**
     * Starts to record on this thread.
     *
     * @throws IllegalStateException if a recording is open already, here or on another thread
     */
    public static Gradients record() {
        return open(0, false);
    }

    /**
     * Starts to record on this thread what draws by chance (dropout), the same for one seed.
     *
     * @param recompute whether {@link #segment segments} keep only what goes in, and are computed again on the way back:
     *     a third more work, and the memory of one segment in place of all
     * @throws IllegalStateException if a recording is open already, here or on another thread
     */
    public static Gradients record(long seed, boolean recompute) {
        Engines.seed(seed);
        return open(seed, recompute);
    }

    private static Gradients open(long seed, boolean recompute) {
        Engines.start();
        boolean before = JniUtils.isGradMode();
        try {
            return new Gradients(Engine.getEngine("PyTorch").newGradientCollector(), seed, recompute);
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

    /** True if a recording is open that belongs to this thread, also while it is {@link #off}. */
    static boolean open() {
        return here() != null;
    }

    private static @Nullable Gradients here() {
        Gradients recording = open;
        return recording != null && recording.owner == Thread.currentThread() ? recording : null;
    }

    /** The layers beside PyTorch's graph of the recording that is open on this thread, or null. */
    static @Nullable Tape tape() {
        Gradients recording = here();
        return recording == null ? null : recording.tape;
    }

    /** True if this thread records now, and segments are computed again: then all they use must live until the end. */
    public static boolean recomputes() {
        Gradients recording = now();
        return recording != null && recording.recompute;
    }

    /** The recording that records what this thread computes now, or null. */
    private static @Nullable Gradients now() {
        Gradients recording = here();
        return recording != null && recording() ? recording : null;
    }

    /** {@link #segment(List, Function)} of one array: a layer of a stack. */
    public static NDArray segment(NDArray x, UnaryOperator<NDArray> work) {
        return segment(List.of(x), inputs -> work.apply(inputs.get(0)));
    }

    /**
     * A stretch of computation, a layer of a stack: what it makes on the way is freed behind it, but for its result and
     * what gradients need. It may be computed again on the way back; then gradients need its inputs alone.
     *
     * @param inputs all that gradients flow back to, beside parameters; one that several segments share must be the
     *     output of a segment or a leaf
     * @param work no effect but its result; may be called again with copies of the inputs
     */
    public static NDArray segment(List<NDArray> inputs, Function<List<NDArray>, NDArray> work) {
        Gradients recording = now();
        if (recording != null && recording.recompute) return recording.segments.run(inputs, work);
        NDArray result = Segments.scoped(() -> work.apply(inputs));
        NDScope.register(result);
        return result;
    }

    /**
     * A sum over the rows of a matrix, some rows at a time: what is made of them is freed before the next ones come, and
     * made again on the way back. So the whole takes the memory of {@code most} rows, and once more the forward work.
     * Where there are no more rows than that, it is the work itself.
     *
     * @param x {@code [n, D]}, n >= 1
     * @param most rows at a time, >= 1
     * @param work from some rows and the number of the first to one number in f32; no effect but its result, nothing drawn
     *     by chance, and no array in it that gradients flow to beside the rows and parameters
     * @return a scalar
     */
    public static NDArray sumOfRows(NDArray x, int most, BiFunction<NDArray, Integer, NDArray> work) {
        if (most < 1) throw new IllegalArgumentException("rows at a time must be >= 1, got " + most);
        if (x.getShape().get(0) <= most) return work.apply(x, 0);
        Gradients recording = now();
        return recording == null ? Segments.sumOf(x, most, work) : recording.segments.sum(x, most, work);
    }

    /** Records some work apart from all else, and goes back through it from a known gradient, if one flows through it. */
    static void apart(Supplier<NDArray> work, NDArray upstream) {
        Gradients recording = Objects.requireNonNull(here());
        Tape before = recording.tape;
        recording.tape = new Tape();
        try {
            NDArray output = work.get();
            if (!Segments.flows(output)) return; // nothing in it is trained, nothing before it either
            recording.back(output, upstream);
        } finally {
            recording.tape.close();
            recording.tape = before;
        }
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
        goBack(output, upstream);
        segments.backward(tape);
        tape.backward(0);
        tape.close();
    }

    private void back(NDArray output, NDArray upstream) {
        goBack(output, upstream);
        tape.backward(0);
    }

    /**
     * Goes back through PyTorch's graph. Layers that are not in it may come back to what has been gone through:
     * where there are any, it stays for them.
     */
    static void goBack(NDArray output, NDArray upstream) {
        boolean stays = Objects.requireNonNull(here()).tape.size() > 0;
        JniUtils.backward((PtNDArray) output, (PtNDArray) upstream, stays, false);
    }

    /** Stops recording. */
    @Override
    public void close() {
        requireOwner();
        open = null;
        segments.close();
        tape.close();
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

    /** {@link #of}, zeros where none has reached the leaf. */
    public static NDArray room(NDArray leaf, NDManager owner) {
        NDArray known = of(leaf, owner);
        if (known != null) return known;
        try (NDArray zeros = leaf.zerosLike()) {
            JniUtils.backward((PtNDArray) leaf, (PtNDArray) zeros, false, false);
        }
        return Objects.requireNonNull(of(leaf, owner));
    }

    /** Makes an array a leaf that gathers a gradient, or one that does not, whose gradient is freed. */
    static void gather(NDArray array, boolean gathers) {
        if (array.hasGradient() == gathers) return;
        array.setRequiresGradient(gathers);
        try (NDArray gradient = of(array, array.getManager())) {
            if (gradient == null) return;
            if (gathers) InPlace.zerosLike(gradient, array);
            else InPlace.empty(gradient);
        }
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
