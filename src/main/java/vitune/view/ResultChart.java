package vitune.view;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import vitune.experiment.Experiment;
import vitune.experiment.Results;

/**
 * What came of an experiment: a group of bars a column, a bar a row with its 95 % interval over the seeds, and the paper's
 * number as a dashed line across it.
 */
public final class ResultChart {
    private static final String PAPER = "the paper's";
    private static final int WIDTH = 980;
    private static final int HEIGHT = 360;

    private ResultChart() {}

    /**
     * @throws IllegalArgumentException if nothing was measured
     */
    public static Picture of(Results results) {
        Experiment experiment = results.experiment();
        Map<String, Map<String, BarGroups.Bar>> bars = new LinkedHashMap<>();
        List<String> columns = new ArrayList<>();
        List<Canvas.Key> keys = new ArrayList<>();
        StringBuilder text = new StringBuilder(experiment.title());
        for (Experiment.Row row : experiment.rows()) {
            Map<String, BarGroups.Bar> one = new LinkedHashMap<>();
            for (String column : experiment.columns().keySet()) {
                Results.Mean mean = results.mean(row, column);
                if (mean.n() == 0) continue;
                if (!columns.contains(column)) columns.add(column);
                double low = Math.max(0, (mean.mean() - mean.half()) / 100);
                one.put(
                        column,
                        new BarGroups.Bar(mean.mean() / 100, low, Math.min(1, (mean.mean() + mean.half()) / 100)));
                text.append(String.format(Locale.ROOT, "; %s, %s %s", row.label(), column, mean));
            }
            keys.add(new Canvas.Key(row.label(), Theme.colour(keys.size()), false));
            bars.put(row.label(), one);
        }
        if (columns.isEmpty()) throw new IllegalArgumentException("nothing was measured yet: " + results);
        BarGroups groups = new BarGroups(experiment.title(), WIDTH, HEIGHT, columns, bars);
        boolean paper = false;
        for (Experiment.Row row : experiment.rows()) {
            for (Map.Entry<String, Double> number : row.paper().entrySet()) {
                if (!columns.contains(number.getKey())) continue;
                groups.line(number.getKey(), row.label(), number.getValue() / 100);
                paper = true;
            }
        }
        if (paper) keys.add(new Canvas.Key(PAPER, Theme.INK, true));
        return groups.picture(keys, PAPER, text.toString());
    }
}
