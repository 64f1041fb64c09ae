package vitune.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The place of one array. Views and tied names share it, so all of them see the master that takes the array's place. */
final class Slot {
    private NDArray array;
    private @Nullable Precision stored;

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

    /** Makes sure that the array is f32: one of another precision is cast, replaced and closed. */
    void master() {
        StoredType type = SafetensorsHeader.type(array);
        if (type == StoredType.F32) {
            return;
        }
        NDArray master = Gradients.off(() -> Kernels.cast(array, Precision.F32));
        NDScope.unregister(master);
        master.setName(array.getName());
        stored = type == StoredType.F64 ? Precision.F32 : Precision.of(array);
        array.close();
        array = master;
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
