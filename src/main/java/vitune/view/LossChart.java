package vitune.view;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import vitune.tune.TuningRun;

/** Loss by step: each run as a smooth line over its raw, faint one. */
public final class LossChart {
    static final String RAW = ", each step";

    private static final int WIDTH = 860;
    private static final int HEIGHT = 340;

    private LossChart() {}

    /** One run. */
    public static Picture of(String run, double... losses) {
        return of(Map.of(run, losses));
    }

    /** Runs as the tuner returns them; two of one stage are numbered. */
    public static Picture of(TuningRun... runs) {
        Map<String, double[]> losses = new LinkedHashMap<>();
        for (TuningRun run : runs) {
            String name = run.stage().name();
            losses.put(losses.containsKey(name) ? name + " (" + (losses.size() + 1) + ")" : name, run.losses());
        }
        return of(losses);
    }

    /**
     * Several runs over the same axis of steps.
     *
     * @param runs name of each run and its loss at each step, the first being step 1; NaN leaves a gap
     * @throws IllegalArgumentException if there are no runs, or a run holds no finite loss
     */
    public static Picture of(Map<String, double[]> runs) {
        return of(
                runs,
                runs.values().stream().mapToInt(losses -> losses.length).max().orElse(1));
    }

    /** With an axis as long as the run will be, whatever is done of it. */
    static Picture of(Map<String, double[]> runs, int steps) {
        StringBuilder ends = new StringBuilder();
        runs.forEach((run, losses) -> {
            double[] smooth = smooth(losses);
            ends.append(ends.isEmpty() ? "" : "; ")
                    .append(run)
                    .append(String.format(
                            Locale.ROOT,
                            " %.3f after %d steps",
                            smooth.length == 0 ? Double.NaN : smooth[smooth.length - 1],
                            losses.length));
        });
        XYChart chart = chart(runs, steps);
        Canvas canvas = new Canvas(WIDTH, Canvas.HEAD + HEIGHT + 36);
        List<Canvas.Key> keys = new ArrayList<>();
        runs.keySet().forEach(run -> keys.add(new Canvas.Key(run, Theme.colour(keys.size()), false)));
        canvas.head("Loss per token, in nats", keys);
        canvas.chart(chart, 0, Canvas.HEAD);
        int apart = tick(steps);
        for (int step = 0; step <= steps; step += apart) {
            canvas.underneath(chart, step, String.format(Locale.ROOT, "%,d", step), Theme.plain(12), Theme.MUTED);
        }
        canvas.text("step", Theme.plain(13), Theme.MUTED, WIDTH / 2, Canvas.HEAD + HEIGHT + 26);
        return canvas.picture("loss: " + ends);
    }

    /** Steps from tick to tick: 1, 2 or 5 times a power of ten, so that at most eight ticks follow the zero. */
    static int tick(int steps) {
        for (int power = 1; ; power *= 10) {
            for (int tick : new int[] {power, 2 * power, 5 * power}) {
                if (steps <= 8L * tick) {
                    return tick;
                }
            }
        }
    }

    static XYChart chart(Map<String, double[]> runs, int steps) {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("a loss chart needs at least one run, got none");
        }
        XYChart chart = new XYChart(WIDTH, HEIGHT);
        Theme.apply(chart.getStyler());
        chart.getStyler()
                .setXAxisMin(0.0)
                .setXAxisMax((double) Math.max(1, steps))
                .setXAxisTicksVisible(false);
        chart.getStyler().setYAxisMin(0.0).setYAxisDecimalPattern("0.##");
        int colour = 0;
        for (Map.Entry<String, double[]> run : runs.entrySet()) {
            add(chart, run.getKey(), run.getValue(), colour++);
        }
        return chart;
    }

    private static void add(XYChart chart, String run, double[] losses, int colour) {
        if (Arrays.stream(losses).noneMatch(Double::isFinite)) {
            throw new IllegalArgumentException(
                    "run '" + run + "' has no finite loss among " + losses.length + " steps");
        }
        double[] steps = new double[losses.length];
        Arrays.setAll(steps, i -> i + 1);
        double[] finite = Arrays.stream(losses)
                .map(loss -> Double.isFinite(loss) ? loss : Double.NaN)
                .toArray();
        XYSeries raw = chart.addSeries(run + RAW, steps, finite);
        raw.setLineColor(Theme.withAlpha(Theme.colour(colour), 70)).setLineStyle(Theme.THIN);
        XYSeries line = chart.addSeries(run, steps, smooth(losses));
        line.setLineColor(Theme.colour(colour)).setLineStyle(Theme.LINE);
    }

    /**
     * The mean over a thirtieth of the run around each step, narrower at its start, where losses fall fast. Gaps stay
     * gaps.
     */
    static double[] smooth(double[] losses) {
        int reach = losses.length / 60;
        double[] smooth = new double[losses.length];
        for (int i = 0; i < losses.length; i++) {
            int before = Math.min(reach, i);
            int after = Math.min(before, losses.length - 1 - i);
            smooth[i] = !Double.isFinite(losses[i])
                    ? Double.NaN
                    : Arrays.stream(losses, i - before, i + after + 1)
                            .filter(Double::isFinite)
                            .average()
                            .orElseThrow();
        }
        return smooth;
    }
}
