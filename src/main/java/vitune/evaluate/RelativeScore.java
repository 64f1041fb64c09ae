package vitune.evaluate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * LLaVA-Bench: 100 times the mean score of the candidate's answers by that of the reference's, by type of question and
 * overall; both means stand beside it, 1..10. A judge gives the scores; what it could not score is no rating and is left
 * out, never averaged in.
 *
 * <p>Source: paper §5.1, Tables 4 and 5. A ratio of means, not a mean of ratios. The interval draws questions anew, with
 * both of their scores.
 */
public final class RelativeScore {
    private static final double MOST = 10;

    private RelativeScore() {}

    /**
     * A judge's two scores for one question.
     *
     * @param kind conversation, detail or complex, or one of your own
     * @param reference score of the reference's answer, above 0, at most 10
     * @param candidate score of the candidate's answer, 0..10
     */
    public record Rating(String question, String kind, double reference, double candidate) {
        /** @throws IllegalArgumentException if a score is out of its range: a failed reading is no score */
        public Rating {
            if (!(reference > 0 && reference <= MOST) || !(candidate >= 0 && candidate <= MOST)) {
                throw new IllegalArgumentException("the scores of question " + question + " must be in 0..10, and the "
                        + "reference's above 0, got " + reference + " and " + candidate);
            }
        }
    }

    /**
     * Scores ratings; their order does not matter.
     *
     * @throws IllegalArgumentException if there are none, or a question is rated twice
     */
    public static Marks of(List<Rating> ratings) {
        if (ratings.isEmpty()) {
            throw new IllegalArgumentException("a relative score needs at least one rating, got none");
        }
        ratings.stream()
                .collect(Collectors.groupingBy(Rating::question, Collectors.counting()))
                .forEach((question, times) -> {
                    if (times > 1) {
                        throw new IllegalArgumentException("question " + question + " is rated " + times + " times");
                    }
                });
        List<Marks.Mark> marks = new ArrayList<>();
        ratings.stream()
                .collect(Collectors.groupingBy(Rating::kind, TreeMap::new, Collectors.toList()))
                .forEach((kind, some) -> add(kind, some, marks));
        add(Marks.OVERALL, ratings, marks);
        return new Marks("relative score", marks);
    }

    private static void add(String group, List<Rating> ratings, List<Marks.Mark> marks) {
        List<Rating> sorted = ratings.stream()
                .sorted(Comparator.comparingDouble(Rating::reference).thenComparingDouble(Rating::candidate))
                .toList();
        double[] reference = sorted.stream().mapToDouble(Rating::reference).toArray();
        double[] candidate = sorted.stream().mapToDouble(Rating::candidate).toArray();
        int[] all = IntStream.range(0, sorted.size()).toArray();
        double[] ends = Bootstrap.interval(drawn -> ratio(reference, candidate, drawn), sorted.size());
        marks.add(new Marks.Mark("relative", group, sorted.size(), ratio(reference, candidate, all), ends[0], ends[1]));
        marks.add(Marks.mean("reference", group, reference));
        marks.add(Marks.mean("candidate", group, candidate));
    }

    private static double ratio(double[] reference, double[] candidate, int[] rows) {
        double below = 0;
        double above = 0;
        for (int row : rows) {
            below += reference[row];
            above += candidate[row];
        }
        return 100 * above / below;
    }
}
