package vitune.teach;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** Text resources of the built-in teacher: a thing a line, fields set apart by |, notes behind #. */
final class Lines {
    private Lines() {}

    static List<String[]> read(String name) {
        try (InputStream in = Lines.class.getResourceAsStream("builtin/" + name)) {
            if (in == null) throw new IllegalStateException("resource builtin/" + name + " is missing");
            return new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.strip().split("\\s*\\|\\s*"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
