package vitune.tune;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Room for files. */
final class DiskSpace {
    private DiskSpace() {}

    /** Bytes that can be written to a folder, which need not be there yet; more than anything where the system does not tell. */
    static long free(Path folder) {
        Path there = folder.toAbsolutePath();
        while (!Files.exists(there) && there.getParent() != null) there = there.getParent();
        try {
            return Files.getFileStore(there).getUsableSpace();
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }

    /** What is needed beside what is free: "3.0 MB, 2.0 MB are free". */
    static String words(long needed, long free) {
        return megabytes(needed) + ", "
                + (free == Long.MAX_VALUE ? "the free space is not known" : megabytes(free) + " are free");
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
