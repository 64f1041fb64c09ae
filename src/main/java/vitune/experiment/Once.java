package vitune.experiment;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import vitune.evaluate.Judge;

/** What a world reads, draws or opens: made when it is first asked for, and then kept until the world is closed. */
final class Once implements AutoCloseable {
    private final Map<String, Object> kept = new HashMap<>();

    /** What is kept under a name, made now if nothing is. A name is always used for one type. */
    @SuppressWarnings("unchecked")
    <T> T of(String name, Supplier<T> make) {
        Object made = kept.get(name);
        if (made == null) {
            made = make.get();
            kept.put(name, made);
        }
        return (T) made;
    }

    boolean has(String name) {
        return kept.containsKey(name);
    }

    @Override
    public void close() {
        for (Object one : kept.values()) {
            if (one instanceof Judge judge) judge.close();
        }
        kept.clear();
    }
}
