package vitune.teach;

import java.util.List;
import vitune.data.TextResource;

/** Text resources of the built-in teacher: a thing a line, fields set apart by |, notes behind #. */
final class Lines {
    private Lines() {}

    static List<String[]> read(String name) {
        return TextResource.of(Lines.class, name)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.strip().split("\\s*\\|\\s*"))
                .toList();
    }
}
