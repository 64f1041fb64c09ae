package vitune.view;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files to look at. */
final class Output {
    private Output() {}

    /**
     * Writes a file; folders that are missing are made.
     *
     * @param what it is, for the message if it cannot be written: "picture"
     * @return the file
     */
    static Path write(Path file, byte[] bytes, String what) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            return Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("the " + what + " could not be written to " + file, e);
        }
    }
}
