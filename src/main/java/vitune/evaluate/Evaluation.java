package vitune.evaluate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tech.tablesaw.api.BooleanColumn;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.numbers.NumberColumnFormatter;
import vitune.data.Question;
import vitune.model.VisionLanguageModel;

/**
 * What a model replied to a set of questions, and how much of it is right: by kind and overall, each with n and a 95 %
 * interval.
 *
 * <pre>{@code
 * var seen = Evaluation.of(model, questions);
 * var blind = Evaluation.blind(model, questions, 7);
 * Evaluation.compare(Map.of("tuned", seen, "blind", blind))
 * }</pre>
 */
public final class Evaluation {
    /** The row and column that holds all kinds together. */
    public static final String OVERALL = "overall";

    private static final int ANSWER_TOKENS = 8;

    private final List<Prediction> predictions;
    private final Map<String, Score> scores; // by kind, in the order of the questions; overall comes last

    private Evaluation(List<Prediction> predictions) {
        if (predictions.isEmpty()) {
            throw new IllegalArgumentException("an evaluation needs at least one question, got none");
        }
        this.predictions = List.copyOf(predictions);
        Map<String, List<Prediction>> kinds = predictions.stream()
                .collect(Collectors.groupingBy(p -> p.question().kind(), LinkedHashMap::new, Collectors.toList()));
        scores = new LinkedHashMap<>();
        kinds.forEach((kind, rows) -> scores.put(kind, score(rows)));
        scores.put(OVERALL, overall(scores.values(), predictions.size()));
    }

    /**
     * Asks every question and scores the replies.
     *
     * @param answerer replies to all questions, in their order
     * @throws IllegalArgumentException if there are no questions, or the replies are not as many as the questions
     */
    public static Evaluation of(Function<List<Question>, List<String>> answerer, Iterable<Question> questions) {
        List<Question> asked = new ArrayList<>();
        questions.forEach(asked::add);
        List<String> replies = Answerer.replies(answerer, asked);
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            predictions.add(new Prediction(asked.get(i), replies.get(i)));
        }
        return new Evaluation(predictions);
    }

    /**
     * Asks a model every question over its picture; it answers in a few words, the likeliest ones.
     *
     * @throws java.util.concurrent.CancellationException if the thread was interrupted; the replies so far are not kept
     */
    public static Evaluation of(VisionLanguageModel model, Questions questions) {
        return of(model, questions, answered -> {});
    }

    /** The same, and tells a listener how many questions are answered. */
    public static Evaluation of(VisionLanguageModel model, Questions questions, IntConsumer progress) {
        return of(Answerer.of(model, ANSWER_TOKENS, progress), questions);
    }

    /**
     * Kept replies, scored again.
     *
     * @throws IllegalArgumentException if a question has no reply or a reply no question, naming them
     */
    public static Evaluation of(Predictions predictions, Iterable<Question> questions) {
        return new Evaluation(predictions.answering(questions));
    }

    /** {@link #blind(Function, Questions, long)} for a model. */
    public static Evaluation blind(VisionLanguageModel model, Questions questions, long seed) {
        return blind(Answerer.of(model, ANSWER_TOKENS, answered -> {}), questions, seed);
    }

    /**
     * The blind control: the same questions, each over the picture of another scene. What is still right was not seen.
     *
     * @param seed decides which picture takes the place of which
     * @throws IllegalArgumentException if the questions show fewer than two pictures
     */
    public static Evaluation blind(Function<List<Question>, List<String>> answerer, Questions questions, long seed) {
        return of(answerer, questions.swapped(seed));
    }

    private static Score score(List<Prediction> rows) {
        Map<String, Long> answers = rows.stream()
                .collect(Collectors.groupingBy(
                        p -> ExactMatch.normalise(p.question().answer()), Collectors.counting()));
        long mode = answers.values().stream().mapToLong(Long::longValue).max().orElseThrow();
        int right = (int) rows.stream().filter(Prediction::right).count();
        return new Score(right, rows.size(), (double) mode / rows.size());
    }

    /** Chance overall is the best fixed answer PER KIND: a model can read the kind off the question. */
    private static Score overall(Iterable<Score> kinds, int n) {
        int right = 0;
        double chance = 0;
        for (Score score : kinds) {
            right += score.right();
            chance += score.chance() * score.n() / n;
        }
        return new Score(right, n, Math.min(1, chance));
    }

    /** All kinds together. */
    public Score overall() {
        return scores.get(OVERALL);
    }

    /**
     * The score of one kind.
     *
     * @throws IllegalArgumentException if no question of that kind was asked
     */
    public Score score(String kind) {
        Score score = scores.get(kind);
        if (score == null) {
            throw new IllegalArgumentException(
                    "no question of kind '" + kind + "' was asked; kinds: " + scores.keySet());
        }
        return score;
    }

    /** The scores by kind, in the order of the questions, with {@link #OVERALL} last. */
    public Map<String, Score> scores() {
        return new LinkedHashMap<>(scores);
    }

    /** Every question with its reply, in the order asked. */
    public List<Prediction> predictions() {
        return predictions;
    }

    /** A row a kind and one overall: n, right, accuracy, the ends of the 95 % interval, chance. */
    public Table table() {
        List<@Nullable Score> all = new ArrayList<>(scores.values());
        return Table.create(
                "accuracy by kind",
                StringColumn.create("kind", scores.keySet().stream()),
                IntColumn.create("n", all.stream().mapToInt(Score::n).toArray()),
                IntColumn.create("right", all.stream().mapToInt(Score::right).toArray()),
                shares("accuracy", all, Score::accuracy),
                shares("low", all, Score::low),
                shares("high", all, Score::high),
                shares("chance", all, Score::chance));
    }

    /** A column of shares with three places; a score that is missing stays missing. */
    private static DoubleColumn shares(String name, List<@Nullable Score> scores, ToDoubleFunction<Score> share) {
        DoubleColumn column = DoubleColumn.create(name);
        scores.forEach(score -> column.append(score == null ? Double.NaN : rounded(share.applyAsDouble(score))));
        column.setPrintFormatter(NumberColumnFormatter.fixedWithGrouping(3));
        return column;
    }

    /** A row a question: id, kind, picture, question, expected answer, reply, right. */
    public Table rows() {
        Table table = Table.create("predictions");
        Map<String, Function<Prediction, String>> texts = new LinkedHashMap<>();
        texts.put("id", p -> p.question().id());
        texts.put("kind", p -> p.question().kind());
        texts.put("image", p -> p.question().imageName());
        texts.put("question", p -> p.question().text());
        texts.put("expected", p -> p.question().answer());
        texts.put("reply", Prediction::reply);
        texts.forEach((name, text) ->
                table.addColumns(StringColumn.create(name, predictions.stream().map(text))));
        return table.addColumns(BooleanColumn.create(
                "right", predictions.stream().map(Prediction::right).toList()));
    }

    /** For a report in JSON: the accuracy by kind and overall, n, and the 95 % intervals and chance by kind. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        Map<String, List<Double>> intervals = new LinkedHashMap<>();
        Map<String, Double> chance = new LinkedHashMap<>();
        scores.forEach((kind, s) -> {
            map.put(kind, rounded(s.accuracy()));
            intervals.put(kind, List.of(rounded(s.low()), rounded(s.high())));
            chance.put(kind, rounded(s.chance()));
        });
        map.put("n", overall().n());
        map.put("interval95", intervals);
        map.put("chance", chance);
        return map;
    }

    /**
     * Stages side by side: a row a stage, the accuracy by kind, and the interval and n of all kinds together.
     *
     * @param stages name of each stage and its evaluation; a {@code LinkedHashMap} keeps your order
     * @throws IllegalArgumentException if there are no stages
     */
    public static Table compare(Map<String, Evaluation> stages) {
        if (stages.isEmpty()) {
            throw new IllegalArgumentException("there is nothing to compare: expected at least one stage");
        }
        Table table = Table.create("accuracy by stage", StringColumn.create("stage", stages.keySet().stream()));
        List<String> kinds = stages.values().stream()
                .flatMap(e -> e.scores.keySet().stream())
                .distinct()
                .filter(kind -> !kind.equals(OVERALL))
                .collect(Collectors.toCollection(ArrayList::new));
        kinds.add(OVERALL);
        for (String kind : kinds) {
            List<@Nullable Score> column = new ArrayList<>();
            stages.values().forEach(stage -> column.add(stage.scores.get(kind)));
            table.addColumns(shares(kind, column, Score::accuracy));
        }
        List<@Nullable Score> all = new ArrayList<>(
                stages.values().stream().map(Evaluation::overall).toList());
        return table.addColumns(
                shares("low", all, Score::low),
                shares("high", all, Score::high),
                IntColumn.create(
                        "n",
                        stages.values().stream()
                                .mapToInt(stage -> stage.overall().n())
                                .toArray()));
    }

    private static double rounded(double share) {
        return Math.round(share * 1000) / 1000.0;
    }

    @Override
    public String toString() {
        return scores.entrySet().stream()
                .map(e -> e.getKey() + " " + rounded(e.getValue().accuracy()))
                .collect(Collectors.joining(", ", "Evaluation of " + predictions.size() + " questions: ", ""));
    }
}
