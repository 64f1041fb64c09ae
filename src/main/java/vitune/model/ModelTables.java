package vitune.model;

import tech.tablesaw.api.BooleanColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import vitune.tensor.Parameters;

/** The parameters of a model as tables to look at. */
final class ModelTables {
    private ModelTables() {}

    /** One row a parameter: part, name, shape, count, trained. */
    static Table all(Parameters parameters) {
        StringColumn part = StringColumn.create("part");
        StringColumn name = StringColumn.create("parameter");
        StringColumn shape = StringColumn.create("shape");
        LongColumn count = LongColumn.create("count");
        BooleanColumn trained = BooleanColumn.create("trained");
        parameters.asMap().forEach((key, array) -> {
            part.append(Part.of(key).label());
            name.append(key);
            shape.append(array.getShape().toString());
            count.append(array.size());
            trained.append(array.hasGradient());
        });
        return Table.create("parameters", part, name, shape, count, trained);
    }

    /** One row a part, and their sum: arrays, numbers, how many of them are trained, size in MB of f32. */
    static Table summary(Parameters parameters) {
        StringColumn part = StringColumn.create("part");
        LongColumn arrays = LongColumn.create("arrays");
        LongColumn count = LongColumn.create("parameters");
        LongColumn trained = LongColumn.create("trained");
        StringColumn size = StringColumn.create("MB in f32");
        for (Part each : Part.values()) {
            row(each.label(), parameters.select(name -> Part.of(name) == each), part, arrays, count, trained, size);
        }
        row("all", parameters, part, arrays, count, trained, size);
        return Table.create("model", part, arrays, count, trained, size);
    }

    private static void row(
            String label,
            Parameters some,
            StringColumn part,
            LongColumn arrays,
            LongColumn count,
            LongColumn trained,
            StringColumn size) {
        part.append(label);
        arrays.append(some.size());
        count.append(some.count());
        trained.append(some.trained().count());
        size.append("%.1f".formatted(some.count() * 4 / 1e6));
    }
}
