package vitune.experiment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.jspecify.annotations.Nullable;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** What came of an experiment: a mean with its 95 % interval for every row and column, beside the paper's numbers. */
public final class Results {
    /**
     * A mean over seeds.
     *
     * @param mean NaN where nothing was measured
     * @param half of the 95 % interval; NaN for one seed. Source: Student's t of n - 1 degrees of freedom
     * @param n seeds
     */
    public record Mean(double mean, double half, int n) {
        static Mean of(List<Double> values) {
            SummaryStatistics all = new SummaryStatistics();
            values.forEach(all::addValue);
            int n = values.size();
            double half = n < 2
                    ? Double.NaN
                    : new TDistribution(n - 1).inverseCumulativeProbability(0.975)
                            * all.getStandardDeviation()
                            / Math.sqrt(n);
            return new Mean(n == 0 ? Double.NaN : all.getMean(), half, n);
        }

        /** {@code 85.1 ± 2.3}. */
        @Override
        public String toString() {
            if (n == 0) return "";
            return n == 1
                    ? String.format(Locale.ROOT, "%.1f", mean)
                    : String.format(Locale.ROOT, "%.1f ± %.1f", mean, half);
        }
    }

    private final Experiment experiment;
    private final String world;
    private final List<Outcome> outcomes;

    Results(Experiment experiment, String world, List<Outcome> outcomes) {
        this.experiment = experiment;
        this.world = world;
        this.outcomes = List.copyOf(outcomes);
    }

    public Experiment experiment() {
        return experiment;
    }

    /** Every recipe and seed. */
    public List<Outcome> outcomes() {
        return outcomes;
    }

    /** A row's measure in a column, in percent. */
    public Mean mean(Experiment.Row row, String column) {
        String measure = measure(row, column);
        return Mean.of(outcomes.stream()
                .filter(outcome -> outcome.recipe().equals(row.recipe().name()))
                .map(outcome -> outcome.measures().get(measure))
                .filter(Objects::nonNull)
                .map(value -> measure.startsWith("judge/") ? value : 100 * value)
                .toList());
    }

    /**
     * How much more one row has than another in a column, seed by seed, in percentage points: an interval that leaves out
     * zero is a difference that the seeds agree on.
     */
    public Mean difference(Experiment.Row row, Experiment.Row other, String column) {
        String measure = measure(row, column);
        String theirs = measure(other, column);
        List<Double> differences = new ArrayList<>();
        for (Outcome one : outcomes) {
            if (!one.recipe().equals(row.recipe().name())) continue;
            outcomes.stream()
                    .filter(two -> two.seed() == one.seed()
                            && two.recipe().equals(other.recipe().name()))
                    .filter(two -> one.measures().containsKey(measure)
                            && two.measures().containsKey(theirs))
                    .findFirst()
                    .ifPresent(two -> differences.add((measure.startsWith("judge/") ? 1 : 100)
                            * (one.measures().get(measure) - two.measures().get(theirs))));
        }
        return Mean.of(differences);
    }

    private String measure(Experiment.Row row, String column) {
        String measure = experiment.columns().get(column);
        if (measure == null) {
            throw new IllegalArgumentException("table " + experiment.id() + " has no column \"" + column + "\", only "
                    + experiment.columns().keySet());
        }
        return measure.replace("{seen}", row.seen()).replace("{withheld}", row.withheld());
    }

    /** A row a recipe: mean and interval in percent, in the columns that were measured, each with the paper's beside it. */
    public Table table() {
        Table table = Table.create("table " + experiment.id() + ", " + world + ": " + experiment.title());
        columns().forEach((name, cells) -> table.addColumns(StringColumn.create(name, cells)));
        return table;
    }

    /** The same as Markdown. */
    public String markdown() {
        Map<String, List<String>> columns = columns();
        StringBuilder text = new StringBuilder(
                "| " + String.join(" | ", columns.keySet()) + " |\n|" + "---|".repeat(columns.size()) + "\n");
        for (int row = 0; row < experiment.rows().size(); row++) {
            for (List<String> cells : columns.values())
                text.append("| ").append(cells.get(row)).append(' ');
            text.append("|\n");
        }
        return text.toString();
    }

    /** Cells by column; the first column has no name. */
    private Map<String, List<String>> columns() {
        List<Experiment.Row> rows = experiment.rows();
        Map<String, List<String>> columns = new LinkedHashMap<>();
        columns.put("", rows.stream().map(Experiment.Row::label).toList());
        for (String name : experiment.columns().keySet()) {
            List<Mean> means = rows.stream().map(row -> mean(row, name)).toList();
            if (means.stream().allMatch(mean -> mean.n() == 0)) continue;
            columns.put(name, means.stream().map(Mean::toString).toList());
            if (rows.stream().noneMatch(row -> row.paper().containsKey(name))) continue;
            columns.put(
                    name + " (paper)",
                    rows.stream()
                            .map(row -> row.paper().get(name))
                            .map(Results::cell)
                            .toList());
        }
        return columns;
    }

    private static String cell(@Nullable Double value) {
        return value == null ? "" : String.format(Locale.ROOT, "%.1f", value);
    }

    /** {@code table-4}, of which world where it is not the tiny one: {@code table-4-real}. */
    public String name() {
        return "table-" + experiment.id() + (tiny() ? "" : "-" + world);
    }

    private boolean tiny() {
        return world.equals("tiny");
    }

    /** Writes {@link #name} with the end {@code .md}: what was asked, what came out, and what made it. */
    public void write(Path folder) {
        String text = "# " + experiment.title() + "\n\n"
                + "Source: " + experiment.source() + ".  \nExpected: " + experiment.claim() + ".\n\n"
                + markdown()
                + "\nIn percent; " + seedsInWords() + ". Made by `"
                + command() + "` in " + Math.round(seconds() / 60) + " minutes of training and examining, with "
                + versions() + "; hashes of data and weights are in `outcomes.jsonl`.\n";
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve(name() + ".md"), text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to " + folder, e);
        }
    }

    private String seedsInWords() {
        if (seeds().size() == 1) return "with the seed " + seeds().get(0);
        boolean all = outcomes.size() == seeds().size() * experiment.recipes().size();
        return "means over the seeds "
                + seeds().stream().map(String::valueOf).collect(Collectors.joining(", "))
                + (all ? "" : " as far as each row has run with them")
                + ", with 95 % intervals of Student's t";
    }

    /** What runs it again: the script counts seeds from 1, others are given in Java. */
    private String command() {
        List<Long> seeds = seeds();
        if (!seeds.equals(LongStream.rangeClosed(1, seeds.size()).boxed().toList())) {
            return "reproduction.run(Experiment.of(\"" + experiment.id() + "\"), List.of("
                    + seeds.stream().map(seed -> seed + "L").collect(Collectors.joining(", ")) + "))";
        }
        return "jshell/vitune reproduce --table " + experiment.id() + (tiny() ? "" : " --scale " + world) + " --seeds "
                + seeds.size() + (tiny() ? "" : " ...");
    }

    /** What all recipes together took. */
    public double seconds() {
        return outcomes.stream().mapToDouble(Outcome::seconds).sum();
    }

    /** Seeds, in order. */
    public List<Long> seeds() {
        return outcomes.stream().map(Outcome::seed).distinct().sorted().toList();
    }

    /** Versions of the kit, Java, DJL and PyTorch that the recipes ran with; several where they differ. */
    public Map<String, String> versions() {
        Map<String, Set<String>> all = new TreeMap<>();
        outcomes.forEach(outcome -> outcome.versions()
                .forEach((name, version) ->
                        all.computeIfAbsent(name, n -> new TreeSet<>()).add(version)));
        Map<String, String> versions = new TreeMap<>();
        all.forEach((name, some) -> versions.put(name, String.join(" and ", some)));
        return versions;
    }

    @Override
    public String toString() {
        return "table " + experiment.id() + ", " + world + ": " + outcomes.size() + " outcomes, seeds " + seeds();
    }
}
