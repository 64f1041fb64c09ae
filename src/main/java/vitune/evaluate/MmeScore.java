package vitune.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * MME: by subtask the {@code accuracy} over questions and {@code accuracy+} over pictures, of which both questions must
 * be right (shares, 0..1), and the {@code score}, 100 times their sum, 0..200; and the totals of perception (ten
 * subtasks, 0..2000) and cognition (four, 0..800). Subtasks of your own are scored, and belong to no total; a total
 * without all of its subtasks says so in its name.
 *
 * <p>Source: Fu et al. 2023 (arXiv:2306.13394) and its published evaluation: a reply in small letters is yes or no, or
 * has one of them within its first four letters, yes before no; any other is wrong.
 */
public record MmeScore() implements Metric {
    private static final Map<String, List<String>> TOTALS = new TreeMap<>(Map.of(
            "perception",
            List.of(
                    "existence",
                    "count",
                    "position",
                    "color",
                    "posters",
                    "celebrity",
                    "scene",
                    "landmark",
                    "artwork",
                    "OCR"),
            "cognition",
            List.of("commonsense_reasoning", "numerical_calculation", "text_translation", "code_reasoning")));

    @Override
    public String name() {
        return "MME";
    }

    @Override
    public int maxTokens() {
        return 10;
    }

    @Override
    public Marks score(List<Prediction> predictions) {
        Map<String, double[]> subtasks = new TreeMap<>(); // by picture: 0, 50 or 200
        List<Marks.Mark> marks = new ArrayList<>();
        Marks.groups(predictions).forEach((subtask, some) -> {
            if (subtask.equals(Marks.OVERALL)) {
                return; // questions of all subtasks together are no measure of MME
            }
            int[] right = rightByPicture(subtask, some);
            long all = 0;
            long both = 0;
            double[] worth = new double[right.length];
            for (int i = 0; i < right.length; i++) {
                all += right[i];
                both += right[i] == 2 ? 1 : 0;
                worth[i] = right[i] == 2 ? 200 : 50 * right[i];
            }
            marks.add(Marks.share("accuracy", subtask, all, some.size()));
            marks.add(Marks.share("accuracy+", subtask, both, right.length));
            marks.add(Marks.mean("score", subtask, worth));
            subtasks.put(subtask, worth);
        });
        TOTALS.forEach((total, names) -> {
            List<double[]> there = names.stream()
                    .filter(subtasks::containsKey)
                    .map(subtasks::get)
                    .toList();
            if (!there.isEmpty()) {
                String part = there.size() == names.size() ? "" : " (" + there.size() + " of " + names.size() + ")";
                marks.add(total(total + part, there));
            }
        });
        return new Marks(name(), marks);
    }

    /** How many of a picture's two questions are right, in rising order. */
    private static int[] rightByPicture(String subtask, List<Prediction> predictions) {
        Map<String, List<Prediction>> pictures = predictions.stream()
                .collect(Collectors.groupingBy(p -> p.question().tag("picture")));
        pictures.forEach((picture, pair) -> {
            if (pair.size() != 2) {
                throw new IllegalArgumentException(
                        "expected 2 questions a picture, got " + pair.size() + " about " + picture + " of " + subtask);
            }
        });
        return pictures.values().stream()
                .mapToInt(pair -> (int) pair.stream().filter(MmeScore::right).count())
                .sorted()
                .toArray();
    }

    private static Marks.Mark total(String name, List<double[]> subtasks) {
        double[] ends = Bootstrap.interval(
                drawn -> {
                    double sum = 0;
                    int from = 0;
                    for (double[] worth : subtasks) {
                        double own = 0;
                        for (int i = from; i < from + worth.length; i++) {
                            own += worth[drawn[i] - from];
                        }
                        sum += own / worth.length;
                        from += worth.length;
                    }
                    return sum;
                },
                subtasks.stream().mapToInt(worth -> worth.length).toArray());
        double value = 0;
        int n = 0;
        for (double[] worth : subtasks) {
            value += Arrays.stream(worth).sum() / worth.length;
            n += worth.length;
        }
        return new Marks.Mark("score", name, n, value, ends[0], ends[1]);
    }

    private static boolean right(Prediction prediction) {
        return said(prediction.reply()).equals(prediction.question().answer().toLowerCase(Locale.ROOT));
    }

    /** What a reply says: yes, no, or other. */
    public static String said(String reply) {
        String start = reply.toLowerCase(Locale.ROOT);
        start = start.substring(0, Math.min(4, start.length()));
        if (start.contains("yes")) {
            return "yes";
        }
        return start.contains("no") ? "no" : "other";
    }
}
