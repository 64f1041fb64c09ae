package vitune.tune;

import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a run keeps what a frozen vision encoder sees. Losses are the same to the bit in memory and on disk; where nothing
 * is kept, to rounding, since pictures are then seen in other batches.
 *
 * @param kind the place, or {@link Kind#FASTEST} to let a forecast choose
 * @param folder for files; null for none
 */
public record FeatureCache(Kind kind, @Nullable Path folder) {
    /** A place. */
    public enum Kind {
        /** The one where the encoder looks least, by the uses of a picture, the files that are there, and the room. */
        FASTEST,
        /** Nothing is kept: a picture is seen each time it is used. */
        NONE,
        /** The memory of this process: each picture is seen once a run. */
        MEMORY,
        /** Files, which need not fit into memory and serve later runs: each picture is seen once. */
        DISK;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public FeatureCache {
        if (kind == Kind.DISK && folder == null) {
            throw new IllegalArgumentException("a cache on disk needs a folder, got none");
        }
    }

    /** Nothing or memory, whichever is faster: the default. */
    public static FeatureCache fastest() {
        return new FeatureCache(Kind.FASTEST, null);
    }

    /** Nothing, memory or files of a folder, whichever is fastest for this run alone. What lies in the folder is used. */
    public static FeatureCache fastest(Path folder) {
        return new FeatureCache(Kind.FASTEST, folder);
    }

    /** Nothing is kept. */
    public static FeatureCache none() {
        return new FeatureCache(Kind.NONE, null);
    }

    /** In memory. */
    public static FeatureCache memory() {
        return new FeatureCache(Kind.MEMORY, null);
    }

    /**
     * In files of a folder, which several runs may share, also at the same time. A run whose features the disk has no room
     * for ends with what they need; one that was to choose goes on without.
     */
    public static FeatureCache disk(Path folder) {
        return new FeatureCache(Kind.DISK, folder);
    }
}
