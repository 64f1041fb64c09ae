package vitune.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Stretches of a recording that keep only what goes in, and are computed again on the way back.
 *
 * <p>Source: Chen et al., arXiv:1604.06174; the numbers of {@code torch.utils.checkpoint}. What a segment draws by chance
 * (dropout) is drawn the same again, since both passes start from the segment's own seed.
 */
final class Segments {
    /** Odd, and large in its low half, which is all that PyTorch's generator takes of a seed: passes have seeds side by side. */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private final long seed;
    private final Deque<Segment> open = new ArrayDeque<>();
    private int count;

    /**
     * @param output a leaf: what came out, cut off from what it came from
     * @param layers layers of the {@link Tape} that were recorded before it
     * @param back computes again, and carries the gradient of the output to what went in
     * @param kept what this segment alone keeps
     */
    private record Segment(NDArray output, int layers, Consumer<NDArray> back, List<NDArray> kept) {
        void close() {
            output.close();
            kept.forEach(NDArray::close);
        }
    }

    /** @param seed of the recording; each segment has one that follows from it */
    Segments(long seed) {
        this.seed = seed;
    }

    NDArray run(List<NDArray> inputs, Function<List<NDArray>, NDArray> work) {
        long own = seed + SPREAD * ++count;
        Engines.seed(own);
        return open(() -> work.apply(inputs), upstream -> back(inputs, work, own, upstream), List.of());
    }

    /** See {@link Gradients#sumOfRows}. The result may be closed at any time. */
    NDArray sum(NDArray x, int most, BiFunction<NDArray, Integer, NDArray> work) {
        NDArray rows = x.reshape(x.getShape()); // the caller's handle may be gone on the way back
        NDScope.unregister(rows);
        NDArray sum =
                open(() -> sumOf(rows, most, work), upstream -> backByRows(rows, most, work, upstream), List.of(rows));
        return Kernels.scale(sum, 1);
    }

    private NDArray open(Supplier<NDArray> work, Consumer<NDArray> back, List<NDArray> kept) {
        NDArray output = Gradients.off(() -> scoped(work));
        output.setRequiresGradient(true);
        open.push(new Segment(output, Objects.requireNonNull(Gradients.tape()).size(), back, kept));
        return output;
    }

    /** Frees what some work made on the way, but for its result, which is in no scope. */
    static NDArray scoped(Supplier<NDArray> work) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray result = work.get();
            NDScope.unregister(result);
            return result;
        }
    }

    /** Goes back through the segments, the last first, and through the layers behind each before it. */
    void backward(Tape tape) {
        while (!open.isEmpty()) {
            Segment segment = open.pop();
            tape.backward(segment.layers);
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                NDArray upstream = Gradients.of(segment.output, segment.output.getManager());
                if (upstream != null) segment.back.accept(upstream);
            } finally {
                segment.close();
            }
        }
    }

    private static void back(List<NDArray> inputs, Function<List<NDArray>, NDArray> work, long seed, NDArray upstream) {
        List<NDArray> copies = inputs.stream().map(Segments::copy).toList();
        Engines.seed(seed);
        Gradients.apart(() -> work.apply(copies), upstream);
        for (int i = 0; i < copies.size(); i++) {
            NDArray input = inputs.get(i);
            NDArray gradient = flows(input) ? Gradients.of(copies.get(i), input.getManager()) : null;
            if (gradient != null) Gradients.goBack(input, gradient);
        }
    }

    // ---------------------------------------------------------------- some rows at a time

    static NDArray sumOf(NDArray x, int most, BiFunction<NDArray, Integer, NDArray> work) {
        NDArray sum = null;
        for (int from = 0; from < x.getShape().get(0); from += most) {
            NDArray rows = rows(x, from, most);
            int first = from;
            NDArray part = scoped(() -> work.apply(rows, first));
            NDScope.register(part);
            sum = sum == null ? part : sum.add(part);
        }
        return Objects.requireNonNull(sum);
    }

    private static void backByRows(NDArray x, int most, BiFunction<NDArray, Integer, NDArray> work, NDArray upstream) {
        NDList gradients = new NDList();
        for (int from = 0; from < x.getShape().get(0); from += most) {
            int first = from;
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                NDArray rows = Gradients.off(() -> rows(x, first, most));
                NDArray copy = alias(rows);
                if (flows(x)) copy.setRequiresGradient(true);
                Gradients.apart(() -> work.apply(copy, first), upstream);
                NDArray gradient = flows(x) ? Gradients.of(copy, x.getManager()) : null;
                if (gradient == null) continue;
                NDScope.unregister(gradient);
                gradients.add(gradient);
            }
        }
        gradients.forEach(NDScope::register);
        if (!gradients.isEmpty()) Gradients.goBack(x, Gradients.off(() -> NDArrays.concat(gradients)));
    }

    private static NDArray rows(NDArray x, int from, int most) {
        return x.get(
                new NDIndex("{}:{}", from, Math.min(from + most, x.getShape().get(0))));
    }

    /** Frees what a recording that was not gone back through has kept. */
    void close() {
        while (!open.isEmpty()) open.pop().close();
    }

    private static NDArray copy(NDArray x) {
        NDArray copy = alias(x);
        if (flows(x)) copy.setRequiresGradient(true);
        return copy;
    }

    private static NDArray alias(NDArray x) {
        return KernelModule.get().tensor((PtNDManager) x.getManager(), "alias", x);
    }

    static boolean flows(NDArray x) {
        return KernelModule.get().integer("flows", x) == 1;
    }
}
