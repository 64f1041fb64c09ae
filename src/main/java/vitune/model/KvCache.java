package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import vitune.tensor.InPlace;
import vitune.tensor.Kernels;
import vitune.tensor.NextWord;

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

    /** All that is there, without room for more. */
    NextWord.Past whole() {
        return new NextWord.Past(filled(keys), filled(values), length());
    }

    private static List<NDArray> filled(@Nullable Store[] stores) {
        return Arrays.stream(stores)
                .map(store -> Objects.requireNonNull(store).filled())
                .toList();
    }

    private long length() {
        return Objects.requireNonNull(keys[0]).length;
    }

    /** All that is there, with room for one token more in each layer; {@link #added} counts it. */
    NextWord.Past past() {
        return new NextWord.Past(roomy(keys), roomy(values), length());
    }

    /** One token more has been put into every layer of {@link #past}. */
    void added() {
        for (Store[] stores : List.of(keys, values)) {
            for (int i = 0; i < stores.length; i++) {
                Store store = Objects.requireNonNull(stores[i]);
                stores[i] = new Store(store.array, store.length + 1);
            }
        }
    }

    private List<NDArray> roomy(@Nullable Store[] stores) {
        List<NDArray> arrays = new ArrayList<>();
        for (int i = 0; i < stores.length; i++) {
            Store store = Objects.requireNonNull(stores[i]);
            NDArray array = room(store, store.length + 1);
            stores[i] = new Store(array, store.length);
            arrays.add(array);
        }
        return arrays;
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
        NDArray array = room(past, length);
        InPlace.put(array, added, past.length);
        Store grown = new Store(array, length);
        stores[layer] = grown;
        return grown.filled();
    }

    /** The array of a store if so many tokens fit in it, else a larger one in its place. */
    private NDArray room(Store past, long length) {
        if (length <= past.array.getShape().get(2)) return past.array;
        NDArray wider = own(Kernels.widened(past.filled(), length + SPARE));
        past.array.close();
        return wider;
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
