package vitune.teach;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import vitune.data.ResponseType;
import vitune.teach.LedgerEntry.Outcome;
import vitune.teach.LedgerEntry.Verdict;

/**
 * Asks a teacher many things at once and keeps each exchange in a ledger, with fingerprint, tokens and cost: what is
 * answered there is not asked again, by whoever asks. The generator's caps, rates and retries hold here too.
 */
public final class Exchanges implements AutoCloseable {
    private static final long UNKNOWN_REPLY = 150; // tokens

    private final Teacher teacher;
    private final Ledger ledger;
    private final GenerationSettings settings;

    /**
     * What is asked.
     *
     * @param id the ledger's name for it, for people
     * @param prompt hash of the prompts it is made of
     * @param fault why a reply cannot be used; empty where it can
     */
    public record Item(String id, TeacherRequest request, String prompt, Function<String, Optional<String>> fault) {}

    /** An item that knows its fingerprint. */
    private record Asked(Item item, String fingerprint) implements Errand {
        @Override
        public BatchJob.Row row() {
            return new BatchJob.Row(fingerprint, item.id, item.request.type(), item.prompt);
        }

        @Override
        public TeacherRequest request() {
            return item.request;
        }

        /** Sent back is nothing: a reply stands as it came. */
        @Override
        public GenerationTask.Judgement judge(TeacherReply reply, String teacher, List<SampleCheck> checks) {
            if (reply.fault() != null) return GenerationTask.Judgement.not(reply.fault());
            return new GenerationTask.Judgement(Optional.empty(), findings(reply.text()), false);
        }

        List<String> findings(String reply) {
            return item.fault.apply(reply).stream().toList();
        }
    }

    /** With {@link Prices#standard} and eight requests at a time. */
    public Exchanges(Teacher teacher, Path ledger) {
        this(teacher, new Ledger(ledger), GenerationSettings.standard());
    }

    private Exchanges(Teacher teacher, Ledger ledger, GenerationSettings settings) {
        this.teacher = teacher;
        this.ledger = ledger;
        this.settings = settings;
    }

    /** A copy, on the same teacher and ledger, that reckons with these prices. */
    public Exchanges withPrices(Prices prices) {
        return new Exchanges(teacher, ledger, settings.withPrices(prices));
    }

    /** A copy, on the same teacher and ledger, that spends at most so many US dollars each time. */
    public Exchanges withCap(double usd) {
        return withLimits(settings.limits().withUsd(usd));
    }

    /** A copy, on the same teacher and ledger, that keeps to these caps and rates each time. */
    public Exchanges withLimits(Limits limits) {
        return new Exchanges(teacher, ledger, settings.withLimits(limits));
    }

    /**
     * A copy, on the same teacher and ledger, with so many requests at a time.
     *
     * @param concurrency 1 to 256
     */
    public Exchanges withConcurrency(int concurrency) {
        return new Exchanges(teacher, ledger, settings.withConcurrency(concurrency));
    }

    /** What these items would take; asks nobody. */
    public CostForecast forecast(List<Item> items) {
        var tokens = new Tokens();
        var parts = new LinkedHashMap<ResponseType, CostForecast.Part>();
        var distinct = distinct(items);
        var answered = ledger.answered(distinct.keySet());
        for (var asked : distinct.values()) {
            var type = asked.request().type();
            boolean known = answered.contains(asked.fingerprint);
            long reply = Math.round(
                    ledger.completionTokens(teacher.name(), asked.item.prompt).orElse(UNKNOWN_REPLY));
            var part = new CostForecast.Part(
                    type, known ? 0 : 1, known ? 1 : 0, known ? 0 : tokens.prompt(asked.request()), known ? 0 : reply);
            parts.merge(type, part, Exchanges::sum);
        }
        return new CostForecast(
                teacher.name(),
                List.copyOf(parts.values()),
                settings.price(teacher.name()),
                ledger.usage(teacher.name()));
    }

    private static CostForecast.Part sum(CostForecast.Part a, CostForecast.Part b) {
        return new CostForecast.Part(
                a.type(),
                a.calls() + b.calls(),
                a.known() + b.known(),
                a.promptTokens() + b.promptTokens(),
                a.completionTokens() + b.completionTokens());
    }

    /**
     * Asks what the ledger does not hold yet. Items that ask the same share a row.
     *
     * @return the row of each item, in their order; one whose verdict is FAILED got no reply, and is asked next time
     * @throws CapReachedException when the next call might cross a cap; what is finished is kept
     * @throws TeacherException when asking on is pointless; what is finished is kept
     * @throws java.util.concurrent.CancellationException when this thread is interrupted; what is finished is kept
     */
    public List<LedgerEntry> of(List<Item> items, Consumer<GenerationProgress> hook) {
        var distinct = distinct(items);
        var answered = ledger.answered(distinct.keySet());
        var open = distinct.values().stream()
                .filter(asked -> !answered.contains(asked.fingerprint))
                .toList();
        var known = GenerationProgress.start(distinct.size() - open.size(), distinct.size());
        new GenerationRun(teacher, ledger, settings).ask(open, known, hook);
        var rows = new LinkedHashMap<String, LedgerEntry>();
        distinct.values().forEach(asked -> rows.put(asked.fingerprint, row(asked)));
        return items.stream()
                .map(item -> rows.get(item.request.fingerprint(teacher.name())))
                .toList();
    }

    private Map<String, Asked> distinct(List<Item> items) {
        var distinct = new LinkedHashMap<String, Asked>();
        for (var item : items) {
            var asked = new Asked(item, item.request.fingerprint(teacher.name()));
            distinct.putIfAbsent(asked.fingerprint, asked);
        }
        return distinct;
    }

    /** The row as its reply is worth today: how replies are read may have changed since it came. */
    private LedgerEntry row(Asked asked) {
        var entry = ledger.find(asked.fingerprint).orElseThrow();
        if (entry.verdict() == Verdict.FAILED || entry.verdict() == Verdict.WITHHELD) return entry;
        var judged = entry.judged(List.of(new Outcome(entry.sample(), asked.findings(entry.reply()))));
        if (!judged.equals(entry)) ledger.judge(judged);
        return judged;
    }

    /** The teacher's name. */
    public String teacher() {
        return teacher.name();
    }

    /** Every request with its reply, tokens and cost. */
    public Ledger ledger() {
        return ledger;
    }

    @Override
    public void close() {
        teacher.close();
        ledger.close();
    }

    @Override
    public String toString() {
        return "exchanges with " + teacher.name() + ", " + ledger;
    }
}
