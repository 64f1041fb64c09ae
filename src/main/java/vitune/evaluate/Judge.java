package vitune.evaluate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import vitune.data.LlavaBench;
import vitune.data.Question;
import vitune.teach.CostForecast;
import vitune.teach.Exchanges;
import vitune.teach.GenerationProgress;
import vitune.teach.JudgePrompts;
import vitune.teach.LedgerEntry;
import vitune.teach.Teacher;
import vitune.teach.TeacherClient;

/**
 * A teacher that marks answers beside a reference: it reads the picture in words, the question and both answers, and
 * gives each 1 to 10.
 *
 * <p>Every exchange is a row of the ledger, with the model that answered, tokens and cost; the temperature is part of
 * its fingerprint. What is finished is never paid for twice, so a score replays from the ledger alone, to the same
 * numbers: {@code Judge.paper(Teacher.recorded(ledger), ledger)}. Close the judge to release ledger and teacher.
 *
 * <pre>{@code
 * var bench = JudgedQuestions.of(samples, pictures);
 * var judge = Judge.swapped(Teacher.openAi(), Path.of("ledger.db")).withCap(2);   // US dollars
 * judge.compare(bench, Predictions.of(model, bench, 64)).table()
 * }</pre>
 */
public final class Judge extends TeacherClient<Judge> {
    /** The judge's temperature. Source: the evaluation published with the paper. */
    public static final double TEMPERATURE = 0.2;

    private final JudgePrompts prompts = JudgePrompts.scores();
    private final Order order;
    private final @Nullable Double temperature;

    /** In which order a judge is shown the two answers. */
    public enum Order {
        /** Once, the reference's answer first: what stands first may be marked higher for that alone. */
        REFERENCE_FIRST,
        /** Twice, each answer first once; a question's scores are the means of both. */
        BOTH
    }

    private Judge(Exchanges exchanges, Order order, @Nullable Double temperature) {
        super(exchanges);
        this.order = order;
        this.temperature = temperature;
    }

    /**
     * The paper's protocol: the reference's answer first, asked once, temperature {@value #TEMPERATURE}. Source: paper
     * §5.1; the prompt is our own.
     */
    public static Judge paper(Teacher teacher, Path ledger) {
        return new Judge(new Exchanges(teacher, ledger), Order.REFERENCE_FIRST, TEMPERATURE);
    }

    /**
     * Each question in both orders, else as {@link #paper}: a liking for the first or the second place adds as much to
     * the one answer as to the other, and is told as {@link Judgements#marks position bias}.
     */
    public static Judge swapped(Teacher teacher, Path ledger) {
        return new Judge(new Exchanges(teacher, ledger), Order.BOTH, TEMPERATURE);
    }

    @Override
    protected Judge with(Exchanges changed) {
        return new Judge(changed, order, temperature);
    }

    /**
     * A copy, on the same teacher and ledger, that asks at this temperature.
     *
     * @param temperature 0 to 2; null for the server's own, for models that take none
     * @throws IllegalArgumentException if it is out of this range
     */
    public Judge withTemperature(@Nullable Double temperature) {
        if (temperature != null && !(temperature >= 0 && temperature <= 2)) {
            throw new IllegalArgumentException("temperature must be in 0..2 or null, got " + temperature);
        }
        return new Judge(exchanges(), order, temperature);
    }

    /** What a comparison would take; asks nobody. */
    public CostForecast forecast(Iterable<Question> questions, Predictions answers) {
        return exchanges()
                .forecast(shown(questions, answers).stream().map(this::item).toList());
    }

    /** {@link #compare(Iterable, Predictions, Consumer)} without telling how far it is. */
    public Judgements compare(Iterable<Question> questions, Predictions answers) {
        return compare(questions, answers, progress -> {});
    }

    /**
     * Has a model's answers marked beside the questions' own, the references.
     *
     * @param questions with what the judge is told of the picture, as {@link JudgedQuestions} and {@link LlavaBench}
     *     give them
     * @param progress told after every request
     * @throws IllegalArgumentException if a question has no answer or an answer no question, or the judge knows nothing
     *     of a question's picture
     * @throws vitune.teach.CapReachedException when the next call might cross a cap; what is finished is kept
     * @throws vitune.teach.TeacherException when asking on is pointless; what is finished is kept
     * @throws java.util.concurrent.CancellationException when this thread is interrupted; what is finished is kept
     */
    public Judgements compare(
            Iterable<Question> questions, Predictions answers, Consumer<GenerationProgress> progress) {
        List<Shown> shown = shown(questions, answers);
        List<LedgerEntry> rows = exchanges().of(shown.stream().map(this::item).toList(), progress);
        List<Judgements.Exchange> all = new ArrayList<>();
        for (int i = 0; i < shown.size(); i++) {
            Shown one = shown.get(i);
            all.add(new Judgements.Exchange(one.asked.question(), one.asked.reply(), one.referenceFirst, rows.get(i)));
        }
        return new Judgements(exchanges().teacher(), protocol(), all);
    }

    /** A question with its answer, in one order. */
    private record Shown(Prediction asked, boolean referenceFirst) {}

    private List<Shown> shown(Iterable<Question> questions, Predictions answers) {
        List<Shown> shown = new ArrayList<>();
        for (Prediction asked : answers.answering(questions)) {
            shown.add(new Shown(asked, true));
            if (order == Order.BOTH) {
                shown.add(new Shown(asked, false));
            }
        }
        return shown;
    }

    private Exchanges.Item item(Shown shown) {
        Question question = shown.asked.question();
        String reference = question.answer();
        String candidate = shown.asked.reply();
        return new Exchanges.Item(
                question.id() + ", " + (shown.referenceFirst ? "reference" : "candidate") + " first, " + drawn(),
                prompts.request(
                        question.tag(LlavaBench.CONTEXT),
                        question.text(),
                        shown.referenceFirst ? reference : candidate,
                        shown.referenceFirst ? candidate : reference,
                        temperature),
                prompts.hash(),
                reply -> JudgeScores.read(reply).fault());
    }

    private String drawn() {
        return temperature == null ? "the server's temperature" : "temperature " + temperature;
    }

    /** How it asks, in words: the order and the temperature. */
    public String protocol() {
        return (order == Order.BOTH ? "both orders" : "reference first") + ", " + drawn();
    }

    @Override
    public String toString() {
        return "judge: " + exchanges().teacher() + ", " + protocol() + ", " + ledger();
    }
}
