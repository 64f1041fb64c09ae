package vitune.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.numbers.NumberColumnFormatter;

/**
 * What a metric makes of predictions: numbers by measure and group, each with n and a 95 % interval. They do not change
 * with the order of the questions.
 *
 * @param metric what was measured, for example POPE
 * @param marks in the order they are shown
 */
public record Marks(String metric, List<Mark> marks) {
    /** The group that holds all questions. */
    public static final String OVERALL = Evaluation.OVERALL;

    /**
     * One number.
     *
     * @param measure for example accuracy; shares are 0..1, what has another unit says so where it is computed
     * @param group a kind of question, or {@link #OVERALL}
     * @param n what was counted: questions, or pictures where the measure is about pictures
     * @param value NaN if there was nothing to count, as with precision when nobody said yes
     * @param low the lower end of the 95 % interval; NaN without one
     * @param high the upper end
     */
    public record Mark(String measure, String group, int n, double value, double low, double high) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%s of %s: %.3f [%.3f, %.3f], n %d", measure, group, value, low, high, n);
        }
    }

    public Marks {
        marks = List.copyOf(marks);
    }

    /**
     * One number by measure and group.
     *
     * @throws IllegalArgumentException if there is none, naming those there are
     */
    public Mark mark(String measure, String group) {
        return marks.stream()
                .filter(mark -> mark.measure.equals(measure) && mark.group.equals(group))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no " + measure + " of " + group + " in " + metric
                        + "; there are "
                        + marks.stream()
                                .map(mark -> mark.measure + " of " + mark.group)
                                .toList()));
    }

    /** The value of a measure over all questions. */
    public double value(String measure) {
        return mark(measure, OVERALL).value;
    }

    /** The value of a measure in a group. */
    public double value(String measure, String group) {
        return mark(measure, group).value;
    }

    /** A row a number: measure, group, n, value, the ends of the 95 % interval; what could not be counted is missing. */
    public Table table() {
        return Table.create(
                metric,
                StringColumn.create("measure", marks.stream().map(Mark::measure)),
                StringColumn.create("group", marks.stream().map(Mark::group)),
                IntColumn.create("n", marks.stream().mapToInt(Mark::n).toArray()),
                column("value", Mark::value),
                column("low", Mark::low),
                column("high", Mark::high));
    }

    private DoubleColumn column(String name, ToDoubleFunction<Mark> number) {
        DoubleColumn column =
                DoubleColumn.create(name, marks.stream().mapToDouble(number).toArray());
        column.setPrintFormatter(NumberColumnFormatter.fixedWithGrouping(3));
        return column;
    }

    /** For a report in JSON: by measure and group, the value, the ends of the interval and n; null for what is NaN. */
    public Map<String, Map<String, List<Number>>> toMap() {
        Map<String, Map<String, List<Number>>> map = new LinkedHashMap<>();
        for (Mark mark : marks) {
            List<Number> numbers = new ArrayList<>();
            for (double number : new double[] {mark.value, mark.low, mark.high}) {
                numbers.add(Double.isNaN(number) ? null : Math.round(number * 1e4) / 1e4);
            }
            numbers.add(mark.n);
            map.computeIfAbsent(mark.measure, measure -> new LinkedHashMap<>()).put(mark.group, numbers);
        }
        return map;
    }

    // ---------------------------------------------------------------- how metrics make them

    /** A share with its Wilson interval. */
    static Mark share(String measure, String group, long right, int n) {
        if (n == 0) {
            return new Mark(measure, group, 0, Double.NaN, Double.NaN, Double.NaN);
        }
        Score score = new Score((int) right, n, 0);
        return new Mark(measure, group, n, score.accuracy(), score.low(), score.high());
    }

    /** A mean with a bootstrapped interval. */
    static Mark mean(String measure, String group, double[] values) {
        double[] sorted = Arrays.stream(values).sorted().toArray(); // so that no order changes the draws
        double mean = Arrays.stream(sorted).average().orElse(Double.NaN);
        double[] ends = Bootstrap.interval(
                drawn -> {
                    double sum = 0;
                    for (int row : drawn) {
                        sum += sorted[row];
                    }
                    return sum / drawn.length;
                },
                sorted.length);
        return new Mark(measure, group, sorted.length, mean, ends[0], ends[1]);
    }

    /** The share of predictions that pass, by kind and overall. */
    static List<Mark> shares(String measure, List<Prediction> predictions, Predicate<Prediction> passes) {
        List<Mark> marks = new ArrayList<>();
        groups(predictions)
                .forEach((group, some) -> marks.add(
                        share(measure, group, some.stream().filter(passes).count(), some.size())));
        return marks;
    }

    /** The mean of what predictions are worth, by kind and overall. */
    static List<Mark> means(String measure, List<Prediction> predictions, ToDoubleFunction<Prediction> worth) {
        List<Mark> marks = new ArrayList<>();
        groups(predictions)
                .forEach((group, some) -> marks.add(
                        mean(measure, group, some.stream().mapToDouble(worth).toArray())));
        return marks;
    }

    /**
     * By kind, in the alphabet's order, with all of them last.
     *
     * @throws IllegalArgumentException if there are no predictions
     */
    static Map<String, List<Prediction>> groups(List<Prediction> predictions) {
        if (predictions.isEmpty()) {
            throw new IllegalArgumentException("a metric needs at least one prediction, got none");
        }
        Map<String, List<Prediction>> groups = new LinkedHashMap<>();
        predictions.stream()
                .collect(Collectors.groupingBy(p -> p.question().kind(), TreeMap::new, Collectors.toList()))
                .forEach(groups::put);
        groups.put(OVERALL, predictions);
        return groups;
    }

    @Override
    public String toString() {
        return marks.stream().map(Mark::toString).collect(Collectors.joining("\n  ", metric + "\n  ", ""));
    }
}
