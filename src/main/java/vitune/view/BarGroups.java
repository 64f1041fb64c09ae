package vitune.view;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;

/** Shares as bars in groups, each with its interval and its number beneath, and dashed lines to compare them with. */
final class BarGroups {
    static final String INTERVAL = ", 95 % interval";
    private static final double GROUP = 0.8; // the part of a group's place that its bars fill

    /** A share in 0..1 with the ends of its interval; NaN ends for none. */
    record Bar(double value, double low, double high) {}

    private final XYChart chart;
    private final List<String> groups;
    private final Map<String, Map<String, Bar>> series;
    private final Points lines = new Points();

    /**
     * @param groups in the order they stand
     * @param series bars by group, by the name of their series
     */
    BarGroups(String title, int width, int height, List<String> groups, Map<String, Map<String, Bar>> series) {
        this.groups = groups;
        this.series = series;
        chart = new XYChart(width, height);
        Theme.apply(chart.getStyler());
        chart.setTitle(title);
        chart.getStyler().setPlotContentSize(0.995);
        chart.getStyler().setYAxisMin(0.0).setYAxisMax(1.02).setXAxisMin(-0.5).setXAxisMax(groups.size() - 0.5);
        chart.getStyler()
                .setXAxisTicksVisible(false)
                .setYAxisTickMarkSpacingHint(50)
                .setYAxisDecimalPattern("0 %");
    }

    /** A dashed line through a whole group. */
    BarGroups line(String group, double value) {
        int at = groups.indexOf(group);
        lines.add(at - 0.46, value).add(at + 0.46, value).gap();
        return this;
    }

    /** A dashed line across one bar. */
    BarGroups line(String group, String name, double value) {
        double left = left(group, name);
        lines.add(left - 0.01, value).add(left + width() - 0.03, value).gap();
        return this;
    }

    private double width() {
        return GROUP / series.size();
    }

    private double left(String group, String name) {
        return groups.indexOf(group) - GROUP / 2 + List.copyOf(series.keySet()).indexOf(name) * width() + 0.02;
    }

    private double middle(String group, String name) {
        return left(group, name) + width() / 2 - 0.02;
    }

    /**
     * The chart.
     *
     * @param named what the dashed lines are, in the key
     */
    XYChart chart(String named) {
        int index = 0;
        for (String name : series.keySet()) add(name, index++);
        if (!lines.x.isEmpty()) {
            lines.addTo(chart, named).setLineColor(Theme.INK).setLineStyle(Theme.DASHED);
        }
        return chart;
    }

    /**
     * The chart beneath its title and keys; under each bar its number, in percent, and under each group its name.
     *
     * @param named what the dashed lines are, in the key
     */
    Picture picture(List<Canvas.Key> keys, String named, String text) {
        XYChart bars = chart(named);
        Canvas canvas = new Canvas(bars.getWidth(), Canvas.HEAD + bars.getHeight() + 46);
        canvas.head(bars.getTitle(), keys);
        canvas.chart(bars, 0, Canvas.HEAD);
        for (int i = 0; i < groups.size(); i++) { // the axis would set its own ticks between the groups
            canvas.underneath(bars, i, groups.get(i), Theme.plain(14), Theme.INK, 24);
        }
        series.forEach((name, shares) -> groups.stream()
                .filter(shares::containsKey)
                .forEach(group -> {
                    String percent = String.valueOf(Math.round(shares.get(group).value * 100));
                    canvas.underneath(
                            bars, middle(group, name), percent, Theme.plain(12), Theme.INK, 2); // clear of all lines
                }));
        return canvas.picture(text);
    }

    private void add(String name, int index) {
        Points bars = new Points();
        Points whiskers = new Points();
        for (String group : groups) {
            Bar bar = series.get(name).get(group);
            if (bar == null) continue;
            double left = left(group, name);
            double right = left + width() - 0.04;
            double middle = middle(group, name);
            bars.add(left, 0)
                    .add(left, bar.value)
                    .add(right, bar.value)
                    .add(right, 0)
                    .gap();
            if (!Double.isNaN(bar.high))
                whiskers.add(middle, bar.low).add(middle, bar.high).gap();
        }
        XYSeries bar = bars.addTo(chart, name);
        bar.setXYSeriesRenderStyle(XYSeriesRenderStyle.PolygonArea).setFillColor(Theme.colour(index));
        bar.setLineColor(Theme.colour(index)).setLineStyle(Theme.THIN);
        if (whiskers.x.isEmpty()) return;
        XYSeries whisker = whiskers.addTo(chart, name + INTERVAL);
        whisker.setLineColor(Theme.INK).setLineStyle(Theme.THIN);
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
