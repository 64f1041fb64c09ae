package vitune.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of writing in which weights do not change: where oneDNN computes, those that meet a few rows again and again
 * are laid out for that once. With eight rows a product otherwise spends most of its time on the layout of the weight.
 *
 * <p>A text alone is written from plain weights at first: what packing gives each word (a fifth, on two threads; nothing on
 * one) makes up for its time only after {@value #WORDS_ALONE} words and as many again.
 *
 * <p>The copies live until the work is done, and take at most {@value #MOST_MEGABYTES} MB in all; further weights are used
 * as they are. One at a time, for the thread that works; one inside another has no effect.
 */
public final class Packing {
    private static final int MOST_MEGABYTES = 256;
    private static final int WORDS_ALONE = 16;
    private static volatile @Nullable Packing open;

    private final Thread owner = Thread.currentThread();
    private final NDManager manager;
    private final Map<NDArray, NDArray> packed = new IdentityHashMap<>();
    private long numbers;
    private int wordsAlone;
    private boolean packsAlone;

    private Packing(NDManager manager) {
        this.manager = manager;
    }

    /** Does work without a graph, during which weights are packed; the copies belong to a manager below this one. */
    public static <T extends @Nullable Object> T during(NDManager parent, Supplier<T> work) {
        try (NDManager manager = parent.newSubManager()) {
            Packing packing = new Packing(manager);
            boolean first = open == null;
            if (first) open = packing;
            try {
                return Gradients.off(work);
            } finally {
                if (first) open = null;
            }
        }
    }

    /** Whether so many rows are a word of each text, as they come again and again; not a prompt. */
    static boolean serves(NDArray x, long rows) {
        Packing packing = open;
        return packing != null
                && packing.owner == Thread.currentThread()
                && x.getShape().get(0) == rows;
    }

    /**
     * All weights of a stack, the matrices packed: a new list. The list itself if some cannot be packed, since they are not
     * f32 on the CPU, or if one row gains nothing by it; null if several rows would, and there is no room for all.
     */
    static @Nullable List<NDArray> all(List<NDArray> weights, long rows) {
        Packing packing = open;
        if (packing == null || rows == 1 && !packing.alone(weights)) return weights;
        List<NDArray> ready = new ArrayList<>();
        for (NDArray w : weights) {
            NDArray known = packing.packed.get(w);
            if (known == null) {
                if (!Products.isLeaf(w)) return weights;
                boolean matrix = w.getShape().dimension() == 2;
                known = matrix ? of(w, rows) : w;
                if (matrix && known == w) return null;
                packing.packed.put(w, known);
            }
            ready.add(known);
        }
        return ready;
    }

    /** Whether the next word of a text alone is written from packed weights. */
    private boolean alone(List<NDArray> weights) {
        if (++wordsAlone == WORDS_ALONE + 1) packsAlone = Engines.threads() > 1 && hasRoom(weights);
        return packsAlone;
    }

    private boolean hasRoom(List<NDArray> weights) {
        long more = weights.stream()
                .filter(w -> w.getShape().dimension() == 2)
                .mapToLong(NDArray::size)
                .sum();
        return 4 * (numbers + more) <= (long) MOST_MEGABYTES << 20;
    }

    /** The weight [out, in] f32 as a product with so many rows wants it: a copy, or itself. */
    static NDArray of(NDArray w, long rows) {
        Packing packing = open;
        if (packing == null) return w;
        NDArray known = packing.packed.get(w);
        if (known != null) return known;
        if (4 * (packing.numbers + w.size()) > (long) MOST_MEGABYTES << 20) return w;
        NDArray copy = Products.packed(w, rows, packing.manager);
        NDScope.unregister(copy);
        packing.numbers += w.size();
        packing.packed.put(w, copy);
        return copy;
    }
}
