package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import org.jspecify.annotations.Nullable;

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

    private NDArray join(@Nullable NDArray past, NDArray added) {
        NDArray all = past == null ? added : past.concat(added, 2);
        NDScope.unregister(all);
        all.attach(manager);
        if (past != null) past.close();
        return all;
    }

    @Override
    public void close() {
        manager.close();
    }
}
