package vitune.view;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import vitune.tune.Step;
import vitune.tune.TuningRun;

/** Tokens a second by step, image tokens included, padding not: each run as a smooth line over its raw, faint one. */
public final class ThroughputChart {
    private static final String TITLE = "Tokens a second";
    private static final String PATTERN = "#,##0";

    private ThroughputChart() {}

    /** Runs as the tuner returns them; two of one stage are numbered. */
    public static Picture of(TuningRun... runs) {
        if (runs.length == 0) {
            throw new IllegalArgumentException("a throughput chart needs at least one run, got none");
        }
        Map<String, double[]> speeds = Curves.byStage(
                run -> run.steps().stream().mapToDouble(Step::tokensPerSecond).toArray(), runs);
        int steps =
                speeds.values().stream().mapToInt(speed -> speed.length).max().orElse(1);
        return sheet(speeds, steps, new Curves(TITLE, PATTERN));
    }

    /** One of two in a stack, whose other says which colour is which. */
    static Picture lower(Map<String, double[]> runs, int steps) {
        return sheet(runs, steps, new Curves(TITLE, PATTERN, 130, 70, false));
    }

    private static Picture sheet(Map<String, double[]> runs, int steps, Curves curves) {
        StringBuilder medians = new StringBuilder();
        runs.forEach((run, speeds) -> medians.append(medians.isEmpty() ? "" : "; ")
                .append(run)
                .append(String.format(
                        Locale.ROOT,
                        " %,.0f",
                        Arrays.stream(speeds)
                                .filter(Double::isFinite)
                                .sorted()
                                .skip(Arrays.stream(speeds)
                                                .filter(Double::isFinite)
                                                .count()
                                        / 2)
                                .findFirst()
                                .orElse(Double.NaN))));
        return curves.picture(runs, steps, "tokens a second, in the middle: " + medians);
    }
}
