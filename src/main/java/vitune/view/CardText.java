package vitune.view;

import com.google.gson.JsonPrimitive;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;
import vitune.data.InstructionSample;
import vitune.data.InstructionSet;
import vitune.data.Turn;

/** The README of a dataset card: YAML for Hugging Face, then Markdown for whoever reads. */
final class CardText {
    private static final int FEW = 5; // values of a provenance key that are told one by one
    private static final int SHORT = 240; // characters of an example

    private final DatasetCard card;
    private final InstructionSet set;
    private final Table composition;
    private final StringBuilder text = new StringBuilder();

    CardText(DatasetCard card, InstructionSet set) {
        this.card = card;
        this.set = set;
        this.composition = set.composition();
    }

    String with(Map<String, Picture> charts) {
        yaml();
        text.append("# ")
                .append(escape(card.title()))
                .append("\n\n")
                .append(card.lead().strip())
                .append("\n");
        section("Composition");
        composition(charts);
        section("Examples");
        examples();
        section("Provenance");
        provenance();
        if (!card.cost().isBlank()) {
            section("Cost");
            text.append(card.cost().strip()).append("\n");
        }
        section("Licence");
        licence();
        section("Use");
        use();
        return text.toString();
    }

    private void yaml() {
        text.append("---\npretty_name: ").append(new JsonPrimitive(card.title())); // a JSON text is a YAML text
        text.append("\nlicense: ").append(card.licence().toLowerCase(Locale.ROOT));
        text.append("\nlanguage:\n- en\ntask_categories:\n- visual-question-answering\n- image-text-to-text\n");
        text.append("size_categories:\n- ").append(size(set.size()));
        text.append("\ntags:\n- visual-instruction-tuning\n- llava\n");
        text.append("configs:\n- config_name: default\n  data_files:\n  - split: train\n    path: ");
        text.append(card.file()).append("\n---\n\n");
    }

    /** Hugging Face's classes of size. */
    static String size(int samples) {
        String[] names = {"n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M", "100M<n<1B"};
        int place = 0;
        for (long edge = 1000; samples >= edge && place + 1 < names.length; edge *= 10) place++;
        return samples >= 1_000_000_000 ? "n>1B" : names[place];
    }

    private void section(String heading) {
        text.append("\n## ").append(heading).append("\n\n");
    }

    private void composition(Map<String, Picture> charts) {
        row(composition.columnNames().stream());
        row(composition.columns().stream().map(column -> column instanceof NumericColumn ? "---:" : "---"));
        for (int i = 0; i < composition.rowCount(); i++) {
            int at = i;
            row(composition.columns().stream().map(column -> escape(cell(column, at))));
        }
        long pictures = set.samples().stream()
                .flatMap(sample -> sample.images().stream())
                .distinct()
                .count();
        int turns = set.samples().stream().mapToInt(s -> s.turns().size()).sum();
        text.append(String.format(
                Locale.ROOT, "\nIn all %,d samples with %,d turns about %,d pictures.\n", set.size(), turns, pictures));
        charts.forEach((file, chart) -> text.append("\n![")
                .append(escape(chart.text()))
                .append("](")
                .append(file)
                .append(")\n"));
    }

    private static String cell(Column<?> column, int row) {
        Object value = column.get(row);
        return value instanceof Integer whole ? String.format(Locale.ROOT, "%,d", whole) : String.valueOf(value);
    }

    /** The first sample of each type. */
    private void examples() {
        Map<String, InstructionSample> first = new LinkedHashMap<>();
        set.forEach(sample -> first.putIfAbsent(sample.type().label(), sample));
        row(Stream.of("type", "instruction", "response"));
        row(Stream.of("---", "---", "---"));
        first.forEach((type, sample) -> {
            Turn turn = sample.turns().get(0);
            row(Stream.of(type, turn.instruction(), turn.response())
                    .map(CardText::shortened)
                    .map(CardText::escape));
        });
    }

    private static String shortened(String words) {
        return words.codePointCount(0, words.length()) <= SHORT
                ? words
                : words.substring(0, words.offsetByCodePoints(0, SHORT)).strip() + "\u2026";
    }

    private void provenance() {
        Map<String, Map<String, Integer>> keys = new TreeMap<>();
        set.forEach(sample -> sample.provenance()
                .forEach((key, value) ->
                        keys.computeIfAbsent(key, k -> new LinkedHashMap<>()).merge(value, 1, Integer::sum)));
        if (keys.isEmpty()) {
            text.append("The samples do not tell where they come from.\n");
        } else {
            text.append("Each sample carries where it comes from:\n\n");
            row(Stream.of("key", "values"));
            row(Stream.of("---", "---"));
            keys.forEach((key, values) -> row(Stream.of(escape(key), escape(shortened(told(values))))));
        }
        text.append("\nSHA-256 of ids, types, picture names and turns: `")
                .append(set.hash())
                .append("`\n");
    }

    private static String told(Map<String, Integer> values) {
        return values.size() > FEW
                ? String.format(Locale.ROOT, "%,d different ones", values.size())
                : values.entrySet().stream()
                        .map(e -> e.getKey() + String.format(Locale.ROOT, " (%,d)", e.getValue()))
                        .collect(Collectors.joining(", "));
    }

    private void licence() {
        text.append(
                card.licence().equals("unknown")
                        ? "No licence has been chosen for this data yet.\n"
                        : "This data: " + card.licence() + ".\n");
        Set<String> told = card.sources().stream().map(DatasetCard.Source::name).collect(Collectors.toSet());
        List<String> untold = composition.stringColumn("source").asList().stream()
                .distinct()
                .filter(source -> !told.contains(source))
                .toList();
        text.append(
                "Whoever passes it on keeps to the terms of every source, and of the teacher where one wrote it:\n\n");
        row(Stream.of("source", "licence", "note"));
        row(Stream.of("---", "---", "---"));
        card.sources()
                .forEach(source -> row(Stream.of(source.name(), source.licence(), source.note())
                        .map(CardText::escape)));
        untold.forEach(source -> row(Stream.of(escape(source), "not told", "find out before this data is passed on")));
    }

    private void use() {
        text.append("The pictures are not part of this folder; `image` names them relative to theirs.\n\n```java\n");
        text.append("InstructionSet.read(Path.of(\"")
                .append(card.file())
                .append("\"), Path.of(\"pictures\"))\n```\n\n");
        text.append("```python\ndatasets.load_dataset(\"path/to/this/folder\")\n```\n");
    }

    private void row(Stream<String> cells) {
        text.append(cells.collect(Collectors.joining(" | ", "| ", " |\n")));
    }

    /** Words that Markdown shows as they are, in one line. */
    static String escape(String words) {
        String safe = words.strip().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        return safe.replaceAll("([\\\\`*_\\[\\]|~#])", "\\\\$1").replaceAll("\\R", "<br>");
    }
}
