package vitune.evaluate;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import vitune.data.LlavaBench;
import vitune.data.Question;
import vitune.teach.Exchanges;
import vitune.teach.JudgePrompts;
import vitune.teach.LedgerEntry;
import vitune.teach.Teacher;
import vitune.teach.TeacherClient;

/**
 * A teacher that decides where two models disagree: it is shown the question with its choices and both replies, and
 * gives an answer of its own. Every exchange is a row of the ledger, as a {@link Judge}'s.
 *
 * <pre>{@code
 * var judged = new ScienceQaAccuracy(false).ensemble(questions, model, teacher, TeacherArbiter.of(Teacher.openAi(), ledger));
 * }</pre>
 *
 * <p>Source: paper §5.2, "GPT-4 as the judge"; the prompt is our own, the temperature 0.
 */
public final class TeacherArbiter extends TeacherClient<TeacherArbiter> implements ScienceQaAccuracy.Arbiter {
    private static final double TEMPERATURE = 0;

    private final JudgePrompts prompts = JudgePrompts.decision();

    private TeacherArbiter(Exchanges exchanges) {
        super(exchanges);
    }

    /** An arbiter that keeps its exchanges here; close it to release both. */
    public static TeacherArbiter of(Teacher teacher, Path ledger) {
        return new TeacherArbiter(new Exchanges(teacher, ledger));
    }

    @Override
    protected TeacherArbiter with(Exchanges changed) {
        return new TeacherArbiter(changed);
    }

    /**
     * "The answer is B.", the last letter that the teacher names so; "" where it names none or gave no reply, which the
     * ledger tells.
     */
    @Override
    public List<String> decide(List<ScienceQaAccuracy.Dispute> disputes) {
        return exchanges().of(disputes.stream().map(this::item).toList(), progress -> {}).stream()
                .map(TeacherArbiter::decision)
                .toList();
    }

    private Exchanges.Item item(ScienceQaAccuracy.Dispute dispute) {
        Question question = dispute.question();
        return new Exchanges.Item(
                question.id(),
                prompts.request(
                        question.tags().getOrDefault(LlavaBench.CONTEXT, ""),
                        question.text(),
                        dispute.first(),
                        dispute.second(),
                        TEMPERATURE),
                prompts.hash(),
                reply -> letter(reply).isEmpty()
                        ? Optional.of("there is no \"The answer is\" with a letter")
                        : Optional.empty());
    }

    private static String decision(LedgerEntry row) {
        return letter(row.reply())
                .map(letter -> "The answer is " + letter + ".")
                .orElse("");
    }

    private static Optional<String> letter(String reply) {
        return ScienceQaAccuracy.SAID_LAST
                .matcher(reply)
                .results()
                .map(said -> said.group(1))
                .reduce((one, later) -> later);
    }

    @Override
    public String toString() {
        return "arbiter: " + exchanges().teacher() + ", " + ledger();
    }
}
