package vitune.view;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import vitune.tune.TuningRun;

/**
 * A sheet of curves by step: each as a smooth line over its raw, faint one.
 *
 * @param title what the height means
 * @param pattern of the numbers at the axis
 * @param height of the plot, in pixels as intended
 * @param left pixels for the numbers at the axis, so that sheets in a stack begin alike; 0 for as many as they need
 * @param named whether the sheet says which colour is which
 */
record Curves(String title, String pattern, int height, int left, boolean named) {
    static final String RAW = ", each step";
    static final int WIDTH = 860;
    private static final int HEIGHT = 340;

    /** A sheet of its own. */
    Curves(String title, String pattern) {
        this(title, pattern, HEIGHT, 0, true);
    }

    /** What each run shows at its steps, under the name of its stage; two of one stage are numbered. */
    static Map<String, double[]> byStage(Function<TuningRun, double[]> values, TuningRun... runs) {
        Map<String, double[]> byStage = new LinkedHashMap<>();
        for (TuningRun run : runs) {
            String name = run.stage().name();
            byStage.put(byStage.containsKey(name) ? name + " (" + (byStage.size() + 1) + ")" : name, values.apply(run));
        }
        return byStage;
    }

    /** The sheet, with an axis as long as the run will be, whatever is done of it. */
    Picture picture(Map<String, double[]> runs, int steps, String text) {
        XYChart chart = chart(runs, steps);
        Canvas canvas = new Canvas(WIDTH, Canvas.HEAD + height + 36);
        List<Canvas.Key> keys = new ArrayList<>();
        runs.keySet().forEach(run -> keys.add(new Canvas.Key(run, Theme.colour(keys.size()), false)));
        canvas.head(title, named ? keys : List.of());
        canvas.chart(chart, 0, Canvas.HEAD);
        int apart = tick(steps);
        for (int step = 0; step <= steps; step += apart) {
            canvas.underneath(chart, step, String.format(Locale.ROOT, "%,d", step), Theme.plain(12), Theme.MUTED, 4);
        }
        canvas.text("step", Theme.plain(13), Theme.MUTED, WIDTH / 2, Canvas.HEAD + height + 26);
        return canvas.picture(text);
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

    XYChart chart(Map<String, double[]> runs, int steps) {
        XYChart chart = new XYChart(WIDTH, height);
        Theme.apply(chart.getStyler());
        chart.getStyler()
                .setXAxisMin(0.0)
                .setXAxisMax((double) Math.max(1, steps))
                .setXAxisTicksVisible(false);
        chart.getStyler().setYAxisMin(0.0).setYAxisDecimalPattern(pattern);
        if (left > 0) {
            chart.getStyler().setYAxisLeftWidthHint(left);
        }
        int colour = 0;
        for (Map.Entry<String, double[]> run : runs.entrySet()) {
            add(chart, run.getKey(), run.getValue(), colour++);
        }
        return chart;
    }

    private static void add(XYChart chart, String run, double[] values, int colour) {
        double[] steps = new double[values.length];
        Arrays.setAll(steps, i -> i + 1);
        double[] finite = Arrays.stream(values)
                .map(value -> Double.isFinite(value) ? value : Double.NaN)
                .toArray();
        XYSeries raw = chart.addSeries(run + RAW, steps, finite);
        raw.setLineColor(Theme.withAlpha(Theme.colour(colour), 70)).setLineStyle(Theme.THIN);
        XYSeries line = chart.addSeries(run, steps, smooth(values));
        line.setLineColor(Theme.colour(colour)).setLineStyle(Theme.LINE);
    }

    /**
     * The mean over a thirtieth of the run around each step, narrower at its start, where losses fall fast. Gaps stay
     * gaps.
     */
    static double[] smooth(double[] values) {
        int reach = values.length / 60;
        double[] smooth = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            int before = Math.min(reach, i);
            int after = Math.min(before, values.length - 1 - i);
            smooth[i] = !Double.isFinite(values[i])
                    ? Double.NaN
                    : Arrays.stream(values, i - before, i + after + 1)
                            .filter(Double::isFinite)
                            .average()
                            .orElseThrow();
        }
        return smooth;
    }
}
