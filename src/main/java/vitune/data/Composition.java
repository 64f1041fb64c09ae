package vitune.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** What a set is made of. */
final class Composition {
    private record Kind(String source, ResponseType type) {}

    private Composition() {}

    static Table table(List<InstructionSample> samples) {
        Map<Kind, List<InstructionSample>> kinds =
                samples.stream().collect(Collectors.groupingBy(sample -> new Kind(sample.source(), sample.type())));
        StringColumn source = StringColumn.create("source");
        StringColumn type = StringColumn.create("type");
        IntColumn count = IntColumn.create("samples");
        DoubleColumn share = DoubleColumn.create("share %");
        IntColumn turns = IntColumn.create("turns");
        IntColumn pictures = IntColumn.create("pictures");
        IntColumn textOnly = IntColumn.create("text-only");
        DoubleColumn words = DoubleColumn.create("words a response");
        Map<String, Long> bySource =
                samples.stream().collect(Collectors.groupingBy(InstructionSample::source, Collectors.counting()));
        List<Kind> order = new ArrayList<>(kinds.keySet());
        order.sort(Comparator.<Kind>comparingLong(kind -> -bySource.get(kind.source))
                .thenComparing(Kind::source)
                .thenComparing(kind -> -kinds.get(kind).size())
                .thenComparing(kind -> kind.type.label()));
        order.forEach(kind -> {
            List<InstructionSample> of = kinds.get(kind);
            source.append(kind.source);
            type.append(kind.type.label());
            count.append(of.size());
            share.append(tenths(100.0 * of.size() / samples.size()));
            turns.append(of.stream().mapToInt(sample -> sample.turns().size()).sum());
            pictures.append((int) of.stream()
                    .flatMap(sample -> sample.images().stream())
                    .distinct()
                    .count());
            textOnly.append((int)
                    of.stream().filter(sample -> sample.images().isEmpty()).count());
            words.append(tenths(of.stream()
                    .flatMap(sample -> sample.turns().stream())
                    .mapToInt(Turn::words)
                    .average()
                    .orElse(0)));
        });
        return Table.create("composition", source, type, count, share, turns, pictures, textOnly, words);
    }

    private static double tenths(double value) {
        return Math.round(value * 10) / 10.0;
    }
}
