package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes on, word after word, all rows at once; what was read before is in the cache. */
final class DecodingLoop {
    private static final NDIndex LAST = new NDIndex(":, -1");
    private final LanguageModel language;
    private final SpecialTokens specials;
    private final NDManager manager;
    private final int layers;

    DecodingLoop(LanguageModel language, int layers, SpecialTokens specials, NDManager manager) {
        this.language = language;
        this.layers = layers;
        this.specials = specials;
        this.manager = manager;
    }

    /**
     * Writes on until every row has stopped, or {@code maxTokens} are written.
     *
     * @param embeddings of the prompts, [B, T, D], padded on the left
     * @param mask [B, T]
     * @return the new tokens of each row, stop token left out
     */
    List<long[]> run(NDArray embeddings, NDArray mask, Decoding.Chooser chooser, int maxTokens, TokenListener listener) {
        int rows = (int) embeddings.getShape().get(0);
        List<List<Long>> written = new ArrayList<>();
        for (int i = 0; i < rows; i++) written.add(new ArrayList<>());
        boolean[] stopped = new boolean[rows];
        long[] kept = mask.toLongArray(); // grows by a column of ones each step
        try (KvCache cache = new KvCache(layers, manager)) {
            long[] next = step(embeddings, mask, cache, chooser);
            for (int n = 0; ; n++) {
                for (int i = 0; i < rows; i++) {
                    stopped[i] |= specials.stops().contains(next[i]);
                    if (stopped[i]) {
                        next[i] = specials.pad();
                    } else {
                        written.get(i).add(next[i]);
                        listener.token(i, next[i]);
                    }
                }
                if (n + 1 >= maxTokens || allOf(stopped)) break;
                kept = widen(kept, rows);
                next = step(next, kept, cache, chooser);
            }
        }
        return written.stream().map(ids -> ids.stream().mapToLong(id -> id).toArray()).toList();
    }

    private long[] step(long[] tokens, long[] kept, KvCache cache, Decoding.Chooser chooser) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray ids = manager.create(tokens, new Shape(tokens.length, 1)); // [B, 1]
            NDArray mask = manager.create(kept, new Shape(tokens.length, kept.length / tokens.length)); // [B, S]
            return step(language.embed(ids), mask, cache, chooser);
        }
    }

    private long[] step(NDArray embeddings, NDArray mask, KvCache cache, Decoding.Chooser chooser) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray last = language.forward(embeddings, mask, cache).get(LAST); // [B, D]
            return chooser.choose(language.logits(last)); // [B, V]
        }
    }

    private static long[] widen(long[] mask, int rows) {
        int width = mask.length / rows;
        long[] wider = new long[mask.length + rows];
        Arrays.fill(wider, 1);
        for (int i = 0; i < rows; i++) System.arraycopy(mask, i * width, wider, i * (width + 1), width);
        return wider;
    }

    private static boolean allOf(boolean[] flags) {
        for (boolean flag : flags) if (!flag) return false;
        return true;
    }
}
