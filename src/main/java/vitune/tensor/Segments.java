package vitune.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Stretches of a recording that keep only what goes in, and are computed again on the way back.
 *
 * <p>Source: Chen et al., arXiv:1604.06174; the numbers of {@code torch.utils.checkpoint}. What a segment draws by chance
 * (dropout) is drawn the same again, since both passes start from the segment's own seed.
 */
final class Segments {
    private final long seed;
    private final Deque<Segment> open = new ArrayDeque<>();
    private int count;

    /**
     * @param output a leaf: what came out, cut off from what it came from
     * @param layers linear layers that were recorded before it
     */
    private record Segment(
            List<NDArray> inputs, NDArray output, Function<List<NDArray>, NDArray> work, long seed, int layers) {}

    /** @param seed of the recording; each segment has one that follows from it */
    Segments(long seed) {
        this.seed = seed;
    }

    NDArray run(List<NDArray> inputs, Function<List<NDArray>, NDArray> work) {
        long own = seed + ++count;
        Engines.seed(own);
        NDArray output = Gradients.off(() -> scoped(() -> work.apply(inputs)));
        output.setRequiresGradient(true);
        open.push(new Segment(
                inputs,
                output,
                work,
                own,
                Objects.requireNonNull(Gradients.products()).size()));
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
    void backward(Products products) {
        while (!open.isEmpty()) {
            Segment segment = open.pop();
            products.backward(segment.layers);
            try (NDScope scope = new NDScope();
                    NDArray output = segment.output) {
                scope.suppressNotUsedWarning();
                NDArray upstream = Gradients.of(output, output.getManager());
                if (upstream != null) back(segment, upstream);
            }
        }
    }

    private static void back(Segment segment, NDArray upstream) {
        List<NDArray> copies = new ArrayList<>();
        for (NDArray input : segment.inputs) {
            NDArray copy = alias(input);
            if (flows(input)) copy.setRequiresGradient(true);
            copies.add(copy);
        }
        Engines.seed(segment.seed);
        Gradients.apart(() -> segment.work.apply(copies), upstream);
        for (int i = 0; i < copies.size(); i++) {
            NDArray input = segment.inputs.get(i);
            NDArray gradient = flows(input) ? Gradients.of(copies.get(i), input.getManager()) : null;
            if (gradient != null) Gradients.goBack(input, gradient);
        }
    }

    /** Frees what a recording that was not gone back through has kept. */
    void close() {
        while (!open.isEmpty()) open.pop().output.close();
    }

    private static NDArray alias(NDArray x) {
        return KernelModule.get().tensor((PtNDManager) x.getManager(), "alias", x);
    }

    static boolean flows(NDArray x) {
        return KernelModule.get().integer("flows", x) == 1;
    }
}
