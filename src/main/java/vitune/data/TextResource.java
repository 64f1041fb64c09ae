package vitune.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Texts in UTF-8 that the kit carries beside its classes. */
public final class TextResource {
    private TextResource() {}

    /**
     * The text of this name, beside this class.
     *
     * @throws IllegalStateException if the kit lacks it, naming it
     */
    public static String of(Class<?> beside, String name) {
        return find(beside, name)
                .orElseThrow(() -> new IllegalStateException(name + " is missing beside " + beside.getName()));
    }

    /** The same, where there is one. */
    public static Optional<String> find(Class<?> beside, String name) {
        try (InputStream in = beside.getResourceAsStream(name)) {
            return in == null ? Optional.empty() : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(name + " beside " + beside.getName() + " could not be read", e);
        }
    }

    /** Its lines, without blank ones and without notes, which start with #. */
    public static List<String> lines(Class<?> beside, String name) {
        return of(beside, name)
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
    }
}
