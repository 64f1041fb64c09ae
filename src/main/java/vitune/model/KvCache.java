package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vitune.tensor.Kernels;

/**
 * Keys and values of the tokens a language model has read, so that a further word costs one token, not the whole text.
 * Owns its arrays, beyond any {@code NDScope}, until it is closed.
 */
public final class KvCache implements AutoCloseable {
    private final NDManager manager;
    private final @Nullable NDArray[] keys;
    private final @Nullable NDArray[] values;

    /** An empty cache for a model of so many layers. */
    public KvCache(int layers, NDManager parent) {
        manager = parent.newSubManager();
        keys = new NDArray[layers];
        values = new NDArray[layers];
    }

    /** Adds keys [B, H, T, d] of a layer; all so far, [B, H, S, d]. */
    NDArray addKeys(int layer, NDArray added) {
        return keys[layer] = join(keys[layer], added);
    }

    /** Adds values [B, H, T, d] of a layer; all so far, [B, H, S, d]. */
    NDArray addValues(int layer, NDArray added) {
        return values[layer] = join(values[layer], added);
    }

    /** Keys [B, H, S, d] of a layer as they are, or null if there are none yet. */
    @Nullable
    NDArray keys(int layer) {
        return keys[layer];
    }

    /** Values [B, H, S, d] of a layer as they are, or null if there are none yet. */
    @Nullable
    NDArray values(int layer) {
        return values[layer];
    }

    /** Goes on with these rows in this order; a row may be taken several times. */
    void take(int[] rows) {
        try (NDArray index = manager.create(Arrays.stream(rows).asLongStream().toArray())) {
            for (NDArray[] arrays : List.of(keys, values)) {
                for (int i = 0; i < arrays.length; i++) {
                    if (arrays[i] != null) arrays[i] = replace(arrays[i], Kernels.rows(arrays[i], index));
                }
            }
        }
    }

    private NDArray replace(NDArray old, NDArray now) {
        NDScope.unregister(now);
        now.attach(manager);
        old.close();
        return now;
    }

    private NDArray join(@Nullable NDArray past, NDArray added) {
        if (past != null) return replace(past, past.concat(added, 2));
        NDScope.unregister(added);
        added.attach(manager);
        return added;
    }

    @Override
    public void close() {
        manager.close();
    }
}
