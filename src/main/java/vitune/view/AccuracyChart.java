package vitune.view;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import vitune.evaluate.Evaluation;
import vitune.evaluate.Score;

/**
 * Accuracy by kind of question: a group of bars a kind, a bar a stage, each with its 95 % interval, and a dashed line
 * where the best fixed answer stands.
 */
public final class AccuracyChart {
    static final String CHANCE = "best fixed answer";

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
        return bars(scores).picture(keys, CHANCE, "accuracy overall: " + text);
    }

    /** Scores by stage, then by kind. */
    static BarGroups bars(Map<String, Map<String, Score>> stages) {
        if (stages.isEmpty()) {
            throw new IllegalArgumentException("an accuracy chart needs at least one stage, got none");
        }
        Map<String, Map<String, BarGroups.Bar>> bars = new LinkedHashMap<>();
        stages.forEach((stage, scores) -> {
            Map<String, BarGroups.Bar> one = new LinkedHashMap<>();
            scores.forEach(
                    (kind, score) -> one.put(kind, new BarGroups.Bar(score.accuracy(), score.low(), score.high())));
            bars.put(stage, one);
        });
        BarGroups groups = new BarGroups("Accuracy by kind of question", WIDTH, HEIGHT, kinds(stages), bars);
        stages.values().iterator().next().forEach((kind, score) -> groups.line(kind, score.chance()));
        return groups;
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
}
