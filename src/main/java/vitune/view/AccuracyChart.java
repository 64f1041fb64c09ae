package vitune.view;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import vitune.evaluate.Evaluation;
import vitune.evaluate.Score;

/**
 * Accuracy by kind of question: a group of bars a kind, a bar a stage, each with its 95 % interval, and a dashed line
 * where the best fixed answer stands.
 */
public final class AccuracyChart {
    static final String INTERVAL = ", 95 % interval";
    static final String CHANCE = "best fixed answer";
    private static final double GROUP = 0.8; // the part of a kind's place that its bars fill

    private static final int WIDTH = 860;
    private static final int HEIGHT = 330;

    private AccuracyChart() {}

    /** One evaluation. */
    public static Picture of(Evaluation evaluation) {
        return of(Map.of("accuracy", evaluation));
    }

    /**
     * Several stages side by side.
     *
     * @param stages name of each stage and its evaluation; a {@code LinkedHashMap} keeps your order
     * @throws IllegalArgumentException if there are no stages
     */
    public static Picture of(Map<String, Evaluation> stages) {
        Map<String, Map<String, Score>> scores = new LinkedHashMap<>();
        List<Canvas.Key> keys = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        stages.forEach((stage, evaluation) -> {
            scores.put(stage, evaluation.scores());
            keys.add(new Canvas.Key(stage, Theme.colour(keys.size()), false));
            text.append(text.isEmpty() ? "" : "; ")
                    .append(stage)
                    .append(String.format(
                            Locale.ROOT, " %.3f", evaluation.overall().accuracy()));
        });
        keys.add(new Canvas.Key(CHANCE, Theme.INK, true));
        XYChart chart = chart(scores);
        Canvas canvas = new Canvas(WIDTH, Canvas.HEAD + HEIGHT + 26);
        canvas.head("Accuracy by kind of question", keys);
        canvas.chart(chart, 0, Canvas.HEAD);
        List<String> kinds = kinds(scores);
        for (int kind = 0; kind < kinds.size(); kind++) { // the axis would set its own ticks between the kinds
            canvas.underneath(chart, kind, kinds.get(kind), Theme.plain(14), Theme.INK);
        }
        return canvas.picture("accuracy overall: " + text);
    }

    /** Scores by stage, then by kind. */
    static XYChart chart(Map<String, Map<String, Score>> stages) {
        if (stages.isEmpty()) {
            throw new IllegalArgumentException("an accuracy chart needs at least one stage, got none");
        }
        List<String> kinds = kinds(stages);
        XYChart chart = new XYChart(WIDTH, HEIGHT);
        Theme.apply(chart.getStyler());
        chart.setTitle("Accuracy by kind of question");
        chart.getStyler().setPlotContentSize(0.995);
        chart.getStyler().setYAxisMin(0.0).setYAxisMax(1.06).setXAxisMin(-0.5).setXAxisMax(kinds.size() - 0.5);
        chart.getStyler()
                .setXAxisTicksVisible(false)
                .setYAxisTickMarkSpacingHint(50)
                .setYAxisDecimalPattern("0 %");
        int i = 0;
        for (Map.Entry<String, Map<String, Score>> stage : stages.entrySet()) {
            add(chart, kinds, stage.getKey(), stage.getValue(), i++, stages.size());
        }
        addChance(chart, kinds, stages.values().iterator().next());
        return chart;
    }

    private static List<String> kinds(Map<String, Map<String, Score>> stages) {
        List<String> kinds = stages.values().stream()
                .flatMap(s -> s.keySet().stream())
                .distinct()
                .collect(Collectors.toCollection(ArrayList::new));
        if (kinds.remove(Evaluation.OVERALL)) {
            kinds.add(Evaluation.OVERALL);
        }
        return kinds;
    }

    private static void add(
            XYChart chart, List<String> kinds, String stage, Map<String, Score> scores, int index, int stages) {
        Points bars = new Points();
        Points whiskers = new Points();
        double width = GROUP / stages;
        for (int kind = 0; kind < kinds.size(); kind++) {
            Score score = scores.get(kinds.get(kind));
            if (score == null) {
                continue;
            }
            double left = kind - GROUP / 2 + index * width + 0.02;
            double right = left + width - 0.04;
            double middle = (left + right) / 2;
            bars.add(left, 0)
                    .add(left, score.accuracy())
                    .add(right, score.accuracy())
                    .add(right, 0)
                    .gap();
            whiskers.add(middle, score.low()).add(middle, score.high()).gap();
            String percent = String.valueOf(Math.round(score.accuracy() * 100));
            double above = score.high() + 0.03;
            // clear of the dashed line
            double clear = Math.abs(above - score.chance()) < 0.035 ? score.chance() + 0.035 : above;
            chart.addAnnotation(new AnnotationText(percent, middle, Math.min(1.03, clear), false));
        }
        XYSeries bar = bars.addTo(chart, stage);
        bar.setXYSeriesRenderStyle(XYSeriesRenderStyle.PolygonArea).setFillColor(Theme.colour(index));
        bar.setLineColor(Theme.colour(index)).setLineStyle(Theme.THIN);
        XYSeries whisker = whiskers.addTo(chart, stage + INTERVAL);
        whisker.setLineColor(Theme.INK).setLineStyle(Theme.THIN);
    }

    private static void addChance(XYChart chart, List<String> kinds, Map<String, Score> scores) {
        Points lines = new Points();
        for (int kind = 0; kind < kinds.size(); kind++) {
            Score score = scores.get(kinds.get(kind));
            if (score != null) {
                lines.add(kind - 0.46, score.chance())
                        .add(kind + 0.46, score.chance())
                        .gap();
            }
        }
        lines.addTo(chart, CHANCE).setLineColor(Theme.INK).setLineStyle(Theme.DASHED);
    }

    /** Points of a line that may have gaps. */
    private static final class Points {
        private final List<Double> x = new ArrayList<>();
        private final List<Double> y = new ArrayList<>();

        Points add(double atX, double atY) {
            x.add(atX);
            y.add(atY);
            return this;
        }

        void gap() {
            add(x.get(x.size() - 1), Double.NaN);
        }

        XYSeries addTo(XYChart chart, String name) {
            return chart.addSeries(
                    name,
                    x.stream().mapToDouble(v -> v).toArray(),
                    y.stream().mapToDouble(v -> v).toArray());
        }
    }
}
