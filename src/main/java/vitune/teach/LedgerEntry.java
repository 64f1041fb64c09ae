package vitune.teach;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import vitune.data.ResponseType;

/**
 * A row of the ledger: a request, and what became of it.
 *
 * @param request fingerprint, {@link TeacherRequest#fingerprint}
 * @param sample id of the sample it was asked for
 * @param teacher the model that was asked
 * @param model the model that answered
 * @param prompt hash of the prompts, {@link Prompts#hash}
 * @param cost US dollars, null where the price is unknown
 * @param attempts calls made
 * @param reason why it was not accepted, or null
 */
public record LedgerEntry(
        String request,
        String sample,
        ResponseType type,
        String teacher,
        String model,
        String prompt,
        String reply,
        long promptTokens,
        long completionTokens,
        @Nullable Double cost,
        int attempts,
        Verdict verdict,
        @Nullable String reason,
        Instant time) {
    /** What became of a request. */
    public enum Verdict {
        /** Its reply is in use. */
        ACCEPTED,
        /** A reply came and cannot be used. Other checks may find otherwise. */
        REJECTED,
        /** The teacher itself says that its reply is none: a refusal, a filter. */
        WITHHELD,
        /** No reply came, or none to the end: it is asked again next time. */
        FAILED
    }

    /** A row that waits for its first reply. */
    static LedgerEntry open(BatchJob.Row row, String teacher) {
        return new LedgerEntry(
                row.request(),
                row.sample(),
                row.type(),
                teacher,
                teacher,
                row.prompt(),
                "",
                0,
                0,
                null,
                0,
                Verdict.FAILED,
                null,
                Instant.now());
    }

    /** This row after one more reply, whose tokens and attempts add up. */
    LedgerEntry after(TeacherReply answer, @Nullable String fault, Optional<Prices.Price> price) {
        long sent = promptTokens + answer.promptTokens();
        long written = completionTokens + answer.completionTokens();
        return new LedgerEntry(
                request,
                sample,
                type,
                teacher,
                answer.model(),
                prompt,
                answer.text(),
                sent,
                written,
                price.map(p -> p.of(sent, written)).orElse(null),
                attempts + answer.attempts(),
                verdict(answer, fault),
                fault,
                Instant.now());
    }

    private static Verdict verdict(TeacherReply answer, @Nullable String fault) {
        if (answer.fault() != null) return answer.unfinished() ? Verdict.FAILED : Verdict.WITHHELD;
        return fault == null ? Verdict.ACCEPTED : Verdict.REJECTED;
    }

    /** What this row cost, beside the reply that is in use already. */
    LedgerEntry keeping(LedgerEntry inUse) {
        return new LedgerEntry(
                request,
                sample,
                type,
                teacher,
                inUse.model,
                prompt,
                inUse.reply,
                promptTokens,
                completionTokens,
                cost,
                attempts,
                inUse.verdict,
                inUse.reason,
                inUse.time);
    }

    /** This row where no more reply came. */
    LedgerEntry failed(@Nullable String why, int calls) {
        return new LedgerEntry(
                request,
                sample,
                type,
                teacher,
                model,
                prompt,
                reply,
                promptTokens,
                completionTokens,
                cost,
                attempts + calls,
                Verdict.FAILED,
                why,
                Instant.now());
    }

    /** Rows as a table. */
    static Table table(String name, List<LedgerEntry> entries) {
        var sample = StringColumn.create("sample");
        var type = StringColumn.create("type");
        var model = StringColumn.create("model");
        var verdict = StringColumn.create("verdict");
        var reason = StringColumn.create("reason");
        var attempts = IntColumn.create("attempts");
        var prompt = LongColumn.create("prompt tokens");
        var completion = LongColumn.create("completion tokens");
        var cost = DoubleColumn.create("cost USD");
        var reply = StringColumn.create("reply");
        for (var e : entries) {
            sample.append(e.sample());
            type.append(e.type().label());
            model.append(e.model());
            verdict.append(e.verdict().name().toLowerCase(Locale.ROOT));
            reason.append(e.reason() == null ? "" : e.reason());
            attempts.append(e.attempts());
            prompt.append(e.promptTokens());
            completion.append(e.completionTokens());
            if (e.cost() == null) cost.appendMissing();
            else cost.append(e.cost());
            reply.append(e.reply());
        }
        return Table.create(name, sample, type, model, verdict, reason, attempts, prompt, completion, cost, reply);
    }
}
