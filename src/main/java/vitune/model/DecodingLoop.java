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
    private final LanguageConfig sizes;

    DecodingLoop(LanguageModel language, LanguageConfig sizes, SpecialTokens specials, NDManager manager) {
        this.language = language;
        this.sizes = sizes;
        this.specials = specials;
        this.manager = manager;
    }

    /**
     * Writes on until every row has stopped: at a stop token, at {@code maxTokens}, or where its positions end.
     *
     * @param embeddings of the prompts, [B, T, D], padded on the left
     * @param mask [B, T]
     * @return the new tokens of each row, stop token left out
     */
    List<long[]> run(
            NDArray embeddings, NDArray mask, Decoding.Chooser chooser, int maxTokens, TokenListener listener) {
        int rows = (int) embeddings.getShape().get(0);
        List<List<Long>> written = new ArrayList<>();
        for (int i = 0; i < rows; i++) written.add(new ArrayList<>());
        boolean[] stopped = new boolean[rows];
        long[] kept = mask.toLongArray(); // grows by a column each step
        int[] limits = limits(kept, rows, maxTokens);
        try (KvCache cache = new KvCache(sizes.layers(), manager)) {
            long[] next = step(embeddings, mask, cache, chooser);
            while (true) {
                for (int i = 0; i < rows; i++) {
                    stopped[i] |= specials.stops().contains(next[i]);
                    if (!stopped[i]) {
                        written.get(i).add(next[i]);
                        listener.token(i, next[i]);
                        stopped[i] = written.get(i).size() >= limits[i];
                    }
                    if (stopped[i]) next[i] = specials.pad();
                }
                if (allOf(stopped)) break;
                kept = widen(kept, stopped);
                next = step(next, kept, cache, chooser);
            }
        }
        return written.stream()
                .map(ids -> ids.stream().mapToLong(id -> id).toArray())
                .toList();
    }

    /** Tokens that each row may write: the last one written is not read again, so it needs no position. */
    private int[] limits(long[] mask, int rows, int maxTokens) {
        int width = mask.length / rows;
        int[] limits = new int[rows];
        for (int i = 0; i < rows; i++) {
            long tokens = Arrays.stream(mask, i * width, (i + 1) * width).sum();
            limits[i] = (int) Math.min(maxTokens, sizes.maxTokens() - tokens + 1);
        }
        return limits;
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

    private static boolean allOf(boolean[] flags) {
        for (boolean flag : flags) if (!flag) return false;
        return true;
    }
}
