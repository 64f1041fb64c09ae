package vitune.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Folders of published data. */
final class Folders {
    private Folders() {}

    /**
     * What a folder holds, sorted by name.
     *
     * @param expected what the folder should be, in words
     * @throws DataException if it is no folder
     */
    static List<Path> list(Path folder, String expected) {
        if (!Files.isDirectory(folder)) {
            throw new DataException(folder, "folder", Files.exists(folder) ? "a file" : "nothing", expected);
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder, e);
        }
    }
}
