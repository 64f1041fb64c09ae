package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vitune.tensor.InPlace;
import vitune.tensor.Kernels;

/**
 * Keys and values of the tokens a language model has read, so that a further word costs one token, not the whole text.
 * Owns its arrays, beyond any {@code NDScope}, until it is closed.
 */
public final class KvCache implements AutoCloseable {
    private static final int SPARE = 64; // places made at once: what is written goes there, and nothing is copied
    private final NDManager manager;
    private final @Nullable Store[] keys;
    private final @Nullable Store[] values;

    /** The tokens of one layer: [B, H, room, d], of which the first {@code length} are there. */
    private record Store(NDArray array, long length) {
        NDArray filled() {
            return length == array.getShape().get(2) ? array : Kernels.front(array, length);
        }
    }

    /** An empty cache for a model of so many layers. */
    public KvCache(int layers, NDManager parent) {
        manager = parent.newSubManager();
        keys = new Store[layers];
        values = new Store[layers];
    }

    /** Adds keys [B, H, T, d] of a layer; all so far, [B, H, S, d]. */
    NDArray addKeys(int layer, NDArray added) {
        return add(keys, layer, added);
    }

    /** Adds values [B, H, T, d] of a layer; all so far, [B, H, S, d]. */
    NDArray addValues(int layer, NDArray added) {
        return add(values, layer, added);
    }

    /** Keys [B, H, S, d] of a layer as they are, or null if there are none yet. */
    @Nullable
    NDArray keys(int layer) {
        Store store = keys[layer];
        return store == null ? null : store.filled();
    }

    /** Values [B, H, S, d] of a layer as they are, or null if there are none yet. */
    @Nullable
    NDArray values(int layer) {
        Store store = values[layer];
        return store == null ? null : store.filled();
    }

    /** Goes on with these rows in this order; a row may be taken several times. */
    void take(int[] rows) {
        try (NDArray index = manager.create(Arrays.stream(rows).asLongStream().toArray())) {
            for (Store[] stores : List.of(keys, values)) {
                for (int i = 0; i < stores.length; i++) {
                    if (stores[i] == null) continue;
                    NDArray taken = own(Kernels.rows(stores[i].array, index));
                    stores[i].array.close();
                    stores[i] = new Store(taken, stores[i].length);
                }
            }
        }
    }

    private NDArray add(@Nullable Store[] stores, int layer, NDArray added) {
        Store past = stores[layer];
        long length = added.getShape().get(2) + (past == null ? 0 : past.length);
        if (past == null) {
            stores[layer] = new Store(own(added), length);
            return added;
        }
        NDArray array = past.array;
        if (length > array.getShape().get(2)) {
            array = own(Kernels.widened(past.filled(), length + SPARE));
            past.array.close();
        }
        InPlace.put(array, added, past.length);
        Store grown = new Store(array, length);
        stores[layer] = grown;
        return grown.filled();
    }

    private NDArray own(NDArray array) {
        NDScope.unregister(array);
        array.attach(manager);
        return array;
    }

    @Override
    public void close() {
        manager.close();
    }
}
