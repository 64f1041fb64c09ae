package vitune.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The place of one array. Views and tied names share it, so all of them see the master that takes the array's place. */
final class Slot {
    private NDArray array;
    private @Nullable Precision stored;
    private @Nullable Function<NDManager, NDArray> source; // where the numbers can be read again; null once trained
    private boolean rounded;

    Slot(NDArray array) {
        this.array = array;
    }

    NDArray array() {
        return array;
    }

    /** The precision before there was a master; f64 counts as f32. */
    Precision stored() {
        return stored == null ? Precision.of(array) : stored;
    }

    /** Says where the array can be read again as it is. */
    void source(Function<NDManager, NDArray> place) {
        source = place;
    }

    /** Rounds an array that can be read again, if that saves memory; one that was trained stays as it is. */
    void round(Precision precision) {
        StoredType type = SafetensorsHeader.type(array);
        if (source == null || rounded || !type.floating() || type.bytes() <= precision.bytes()) return;
        Precision before = stored();
        replace(Gradients.off(() -> Kernels.cast(array, precision)));
        stored = before;
        rounded = true;
    }

    /** The array as it was read: itself, or read again where it was rounded, and then for the caller to close. */
    NDArray original(NDManager manager) {
        if (!rounded || source == null) return array;
        NDArray read = source.apply(manager);
        NDScope.unregister(read);
        try (NDArray again = Gradients.off(() -> Kernels.cast(read, Precision.of(array)))) {
            if (!Fingerprint.of(again).equals(Fingerprint.of(array))) {
                throw new CheckpointException(
                        "the folder", array.getName(), "the numbers it held when loaded", "others");
            }
        }
        return read;
    }

    private void replace(NDArray now) {
        NDScope.unregister(now);
        now.setName(array.getName());
        array.close();
        array = now;
    }

    /** Makes sure that the array is f32: one of another precision is cast, replaced and closed. */
    void master() {
        if (rounded) replace(original(array.getManager()));
        rounded = false;
        source = null;
        StoredType type = SafetensorsHeader.type(array);
        if (type == StoredType.F32) {
            return;
        }
        stored = type == StoredType.F64 ? Precision.F32 : Precision.of(array);
        replace(Gradients.off(() -> Kernels.cast(array, Precision.F32)));
    }

    /** Slots by name as their arrays by name, not to be changed. */
    static Map<String, NDArray> arrays(Map<String, Slot> slots) {
        return new AbstractMap<>() {
            @Override
            public @Nullable NDArray get(Object name) {
                Slot slot = slots.get(name);
                return slot == null ? null : slot.array;
            }

            @Override
            public boolean containsKey(Object name) {
                return slots.containsKey(name);
            }

            @Override
            public Set<Entry<String, NDArray>> entrySet() {
                return new AbstractSet<>() {
                    @Override
                    public Iterator<Entry<String, NDArray>> iterator() {
                        return slots.entrySet().stream()
                                .map(entry -> Map.entry(entry.getKey(), entry.getValue().array))
                                .iterator();
                    }

                    @Override
                    public int size() {
                        return slots.size();
                    }
                };
            }
        };
    }
}
