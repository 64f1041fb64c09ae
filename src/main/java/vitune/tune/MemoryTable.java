package vitune.tune;

import java.util.Map;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import vitune.model.Part;

/** Uses of memory as rows, in MiB; what takes none is left out. */
final class MemoryTable {
    private static final double MEGA = 1 << 20;

    private final StringColumn use = StringColumn.create("use");
    private final StringColumn part = StringColumn.create("part");
    private final DoubleColumn size = DoubleColumn.create("MiB");

    /** A row a part of the model. */
    void parts(String what, Map<Part, Long> bytes) {
        for (Part each : Part.values()) row(what, each.label(), bytes.get(each));
    }

    void row(String what, long bytes) {
        row(what, "", bytes);
    }

    private void row(String what, String where, long bytes) {
        if (bytes == 0) return;
        use.append(what);
        part.append(where);
        size.append(Math.round(bytes / MEGA * 10) / 10.0);
    }

    Table named(String name) {
        return Table.create(name, use, part, size);
    }
}
