package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.function.Supplier;
import vitune.tensor.Kernels;
import vitune.tensor.Precision;

/** What {@link T5} has read, as its decoder sees it, and what the decoder wrote. */
final class T5Continuation implements Continuation {
    private static final NDIndex LAST = new NDIndex(":, -1");
    private final T5 language;
    private final NDManager manager;
    private final Precision precision;
    private final KvCache words;
    private final KvCache prompt;
    private final NDArray first;
    private NDArray memory; // [B, T, D]
    private NDArray hide; // [B, 1, 1, T]
    private int rows;
    private int length;

    T5Continuation(T5 language, NDArray embeddings, NDArray mask, NDManager parent) {
        this.language = language;
        manager = parent.newSubManager();
        precision = Precision.of(embeddings);
        rows = (int) mask.getShape().get(0);
        words = new KvCache(language.config().decoderLayers(), manager);
        prompt = new KvCache(language.config().decoderLayers(), manager);
        NDArray scores = Kernels.attentionMask(mask);
        hide = Kernels.keep(scores, manager);
        memory = Kernels.keep(language.encode(embeddings, scores), manager);
        long[] starts = new long[rows];
        Arrays.fill(starts, language.config().start());
        first = step(starts);
    }

    KvCache words() {
        return words;
    }

    KvCache prompt() {
        return prompt;
    }

    /** Words of the answer that are in the cache, the start token included. */
    int length() {
        return length;
    }

    /** The prompt's keys of a layer, made once. */
    NDArray promptKeys(int layer, Supplier<NDArray> make) {
        NDArray known = prompt.keys(layer);
        return known == null ? prompt.addKeys(layer, make.get()) : known;
    }

    /** The prompt's values of a layer, made once. */
    NDArray promptValues(int layer, Supplier<NDArray> make) {
        NDArray known = prompt.values(layer);
        return known == null ? prompt.addValues(layer, make.get()) : known;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public NDArray first() {
        return first;
    }

    @Override
    public NDArray next(long[] ids, boolean[] stopped) {
        return step(ids);
    }

    private NDArray step(long[] ids) {
        NDArray embedded = Kernels.cast(language.embed(manager.create(ids, new Shape(rows, 1))), precision);
        NDArray scores = length == 0 ? null : language.next(embedded, hide, this);
        if (scores != null) {
            words.added();
            length++;
            return scores;
        }
        NDArray hidden = language.decode(embedded, memory, hide, this); // [B, 1, D]
        length++;
        return language.logits(hidden.get(LAST)); // [B, V]
    }

    @Override
    public void take(int[] chosen) {
        rows = chosen.length;
        words.take(chosen);
        prompt.take(chosen);
        try (NDArray index = manager.create(Arrays.stream(chosen).asLongStream().toArray())) {
            memory = taken(memory, index);
            hide = taken(hide, index);
        }
    }

    private NDArray taken(NDArray old, NDArray index) {
        try (old;
                NDArray rows = Kernels.rows(old, index)) {
            return Kernels.keep(rows, manager);
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
