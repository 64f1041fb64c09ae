package vitune.shell;

import java.util.ArrayList;
import java.util.List;

/**
 * What went wrong in a script or a cell, told by place: the first line says where and what, the others show the code.
 */
final class CodeException extends Exception {
    private final transient List<String> lines;

    CodeException(String headline, List<String> details) {
        super(headline);
        var all = new ArrayList<>(List.of(headline));
        all.addAll(details);
        lines = List.copyOf(all);
    }

    /** The whole report. */
    List<String> lines() {
        return lines;
    }
}
