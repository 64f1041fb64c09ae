package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import vitune.tensor.Kernels;
import vitune.tensor.Precision;

/** What a {@link Decoder} has read and written: keys and values of all tokens, and which of them are padding. */
final class DecoderContinuation implements Continuation {
    private static final NDIndex LAST = new NDIndex(":, -1");
    private final Decoder language;
    private final NDManager manager;
    private final KvCache cache;
    private final Precision precision;
    private final NDArray first;
    private long[] kept; // [B, S], grows by a column each word
    private int rows;

    DecoderContinuation(Decoder language, NDArray embeddings, NDArray mask, NDManager manager) {
        this.language = language;
        this.manager = manager;
        precision = Precision.of(embeddings);
        kept = mask.toLongArray();
        rows = (int) mask.getShape().get(0);
        cache = new KvCache(language.layers(), manager);
        first = language.logits(language.forward(embeddings, mask, cache).get(LAST)); // [B, V]
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
        kept = widen(kept, stopped);
        NDArray words = manager.create(ids, new Shape(rows, 1)); // [B, 1]
        NDArray mask = manager.create(kept, new Shape(rows, kept.length / rows)); // [B, S]
        NDArray embedded = Kernels.cast(language.embed(words), precision);
        NDArray scores = language.next(embedded, mask, cache);
        if (scores == null)
            return language.logits(language.forward(embedded, mask, cache).get(LAST));
        cache.added();
        return scores;
    }

    @Override
    public void take(int[] chosen) {
        int width = kept.length / rows;
        long[] taken = new long[chosen.length * width];
        for (int i = 0; i < chosen.length; i++) System.arraycopy(kept, chosen[i] * width, taken, i * width, width);
        kept = taken;
        rows = chosen.length;
        cache.take(chosen);
    }

    /** One more column: a token for rows that go on, padding for those that have stopped. */
    private static long[] widen(long[] mask, boolean[] stopped) {
        int width = mask.length / stopped.length;
        long[] wider = new long[mask.length + stopped.length];
        for (int i = 0; i < stopped.length; i++) {
            System.arraycopy(mask, i * width, wider, i * (width + 1), width);
            wider[i * (width + 1) + width] = stopped[i] ? 0 : 1;
        }
        return wider;
    }

    @Override
    public void close() {
        cache.close();
    }
}
