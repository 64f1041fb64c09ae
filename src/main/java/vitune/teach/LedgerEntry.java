package vitune.teach;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
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
 * @param sample id of the sample it was first asked for
 * @param teacher the model that was asked
 * @param model the model that answered
 * @param prompt hash of the prompts, {@link Prompts#hash}
 * @param cost US dollars, null where the price is unknown
 * @param attempts calls made
 * @param reason why it was not accepted, in short, or null
 * @param outcomes one a sample that its reply was read for: often one, more where pictures are told of in the same
 *     words, none where no reply came or the teacher itself withdrew it
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
        List<Outcome> outcomes,
        Instant time) {
    /** Copies the list. */
    public LedgerEntry {
        outcomes = List.copyOf(outcomes);
    }

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

    /**
     * What a reply is worth as one sample.
     *
     * @param sample its id
     * @param findings all that is wrong with it, each with its evidence; empty where a row of the data came of it
     */
    public record Outcome(String sample, List<String> findings) {
        /** Copies the list. */
        public Outcome {
            findings = List.copyOf(findings);
        }

        /** Whether a row of the data came of it. */
        public boolean accepted() {
            return findings.isEmpty();
        }

        /** The first finding and how many more there are, or null where it is accepted. */
        public @Nullable String reason() {
            return SampleCheck.first(findings).orElse(null);
        }
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
                List.of(),
                Instant.now());
    }

    /** The ids of the samples that came of it, in the order in which they were first judged. */
    public List<String> samples() {
        return outcomes.stream().filter(Outcome::accepted).map(Outcome::sample).toList();
    }

    /** This row after one more reply, whose tokens and attempts add up. */
    LedgerEntry after(TeacherReply answer, List<String> findings, Optional<Prices.Price> price) {
        return with(row -> {
            row.model = answer.model();
            row.reply = answer.text();
            row.promptTokens += answer.promptTokens();
            row.completionTokens += answer.completionTokens();
            row.cost =
                    price.map(p -> p.of(row.promptTokens, row.completionTokens)).orElse(null);
            row.attempts += answer.attempts();
            row.verdict = verdict(answer, findings);
            row.reason = SampleCheck.first(findings).orElse(null);
            row.outcomes = answer.fault() == null ? List.of(new Outcome(sample, findings)) : List.of();
            row.time = Instant.now();
        });
    }

    private static Verdict verdict(TeacherReply answer, List<String> findings) {
        if (answer.fault() != null) return answer.unfinished() ? Verdict.FAILED : Verdict.WITHHELD;
        return findings.isEmpty() ? Verdict.ACCEPTED : Verdict.REJECTED;
    }

    /** What this row cost, beside the reply that is in use already. */
    LedgerEntry keeping(LedgerEntry inUse) {
        return with(row -> {
            row.model = inUse.model;
            row.reply = inUse.reply;
            row.verdict = inUse.verdict;
            row.reason = inUse.reason;
            row.outcomes = inUse.outcomes;
            row.time = inUse.time;
        });
    }

    /** This row where no more reply came. */
    LedgerEntry failed(@Nullable String why, int calls) {
        return with(row -> {
            row.attempts += calls;
            row.verdict = Verdict.FAILED;
            row.reason = why;
            row.outcomes = List.of();
            row.time = Instant.now();
        });
    }

    /** This row after its reply was judged for these samples, maybe for the first time, maybe by other checks. */
    LedgerEntry judged(List<Outcome> anew) {
        var all = new LinkedHashMap<String, Outcome>();
        for (var outcome : outcomes) all.put(outcome.sample, outcome);
        for (var outcome : anew) all.put(outcome.sample, outcome);
        boolean used = all.values().stream().anyMatch(Outcome::accepted);
        return with(row -> {
            row.verdict = used ? Verdict.ACCEPTED : Verdict.REJECTED;
            row.reason = used ? null : anew.get(0).reason();
            row.outcomes = List.copyOf(all.values());
        });
    }

    /** A changed copy. */
    private LedgerEntry with(Consumer<Draft> change) {
        var draft = new Draft();
        change.accept(draft);
        return draft.row();
    }

    /** What of this row may change: what was asked, for whom and of whom, stays. */
    private final class Draft {
        String model = model();
        String reply = reply();
        long promptTokens = promptTokens();
        long completionTokens = completionTokens();

        @Nullable
        Double cost = cost();

        int attempts = attempts();
        Verdict verdict = verdict();

        @Nullable
        String reason = reason();

        List<Outcome> outcomes = outcomes();
        Instant time = time();

        LedgerEntry row() {
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
                    attempts,
                    verdict,
                    reason,
                    outcomes,
                    time);
        }
    }

    /** Why the reply is no sample, or not each sample that it was read for; nothing where there is no such reason. */
    private String reasons() {
        if (reason != null) return reason;
        return outcomes.stream()
                .filter(outcome -> !outcome.accepted())
                .map(outcome -> "not for " + outcome.sample + ": " + outcome.reason())
                .findFirst()
                .orElse("");
    }

    /** Rows as a table; "sample" is the one it was asked for, "samples" are those that came of it. */
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
        var samples = StringColumn.create("samples");
        var reply = StringColumn.create("reply");
        for (var e : entries) {
            sample.append(e.sample());
            type.append(e.type().label());
            model.append(e.model());
            verdict.append(e.verdict().name().toLowerCase(Locale.ROOT));
            reason.append(e.reasons());
            attempts.append(e.attempts());
            prompt.append(e.promptTokens());
            completion.append(e.completionTokens());
            if (e.cost() == null) cost.appendMissing();
            else cost.append(e.cost());
            samples.append(String.join(", ", e.samples()));
            reply.append(e.reply());
        }
        return Table.create(
                name, sample, type, model, verdict, reason, attempts, prompt, completion, cost, samples, reply);
    }
}
