package vitune.shell;

import java.util.ArrayList;
import java.util.List;

/**
 * What went wrong in a script or a cell, told by place: the first line says where and what, the others show the code.
 */
final class CodeException extends Exception {
    private final transient List<String> lines;
    private final boolean misused;

    CodeException(String headline, List<String> details) {
        this(headline, details, false);
    }

    /** @param misused whether the command line is at fault, not the code or the data */
    CodeException(String headline, List<String> details, boolean misused) {
        super(headline);
        this.misused = misused;
        var all = new ArrayList<>(List.of(headline));
        all.addAll(details);
        lines = List.copyOf(all);
    }

    /** The whole report. */
    List<String> lines() {
        return lines;
    }

    /** Whether the command line is at fault. */
    boolean misused() {
        return misused;
    }
}
