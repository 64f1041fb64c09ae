package vitune.tensor;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import java.io.File;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file in memory, page by page where it is used. Writing to an array over it copies the page and leaves the file.
 * PyTorch keeps the map until the last array over it is closed, so closing this file map takes nothing from them.
 */
final class FileMap implements AutoCloseable {
    private static final boolean WINDOWS = File.separatorChar == '\\';

    private final Path file;
    private final long bytes;
    private final NDManager own = Engines.newManager();
    private final Map<StoredType, NDArray> views = new EnumMap<>(StoredType.class);

    private FileMap(Path file, long bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    /** A map of a file; null where the file system has none, or the operating system cannot replace a mapped file. */
    static @Nullable FileMap of(Path file, long bytes) {
        if (WINDOWS) {
            return null;
        }
        FileMap map = new FileMap(file, bytes);
        try {
            map.views.put(StoredType.U8, map.view(StoredType.U8));
            return map;
        } catch (EngineException e) {
            map.close();
            return null;
        }
    }

    /** True if numbers of this type may begin there: PyTorch counts in whole numbers from the file's first byte. */
    static boolean reaches(long start, StoredType type) {
        return start % type.bytes() == 0;
    }

    /** The numbers from byte {@code start} on. */
    NDArray array(long start, Shape shape, StoredType type, NDManager manager) {
        NDArray view = views.computeIfAbsent(type, this::view);
        return RawMemory.window(manager, view, start / type.bytes(), shape);
    }

    private NDArray view(StoredType type) {
        NDArray view = RawMemory.mapped(own, file, bytes / type.bytes(), type.code());
        NDScope.unregister(view); // it goes with this map, not with the scope that first asked
        return view;
    }

    @Override
    public void close() {
        own.close();
    }
}
