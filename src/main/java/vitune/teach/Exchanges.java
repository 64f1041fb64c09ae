package vitune.teach;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import vitune.data.InstructionSample;
import vitune.data.ResponseType;
import vitune.teach.LedgerEntry.Outcome;
import vitune.teach.LedgerEntry.Verdict;

/**
 * Asks a teacher many things at once and keeps each exchange in a ledger, with fingerprint, tokens and cost: what is
 * answered there is not asked again, by whoever asks. A {@link TeacherClient} says within which caps and rates.
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

    /** A copy, on the same teacher and ledger, that asks in this way. */
    Exchanges with(GenerationSettings changed) {
        return new Exchanges(teacher, ledger, changed);
    }

    /** How it asks. */
    GenerationSettings settings() {
        return settings;
    }

    /** What these items would take; asks nobody. */
    public CostForecast forecast(List<Item> items) {
        var tokens = new Tokens();
        var byType = distinct(asked(items)).stream()
                .collect(Collectors.groupingBy(
                        asked -> asked.request().type(), LinkedHashMap::new, Collectors.toList()));
        return whole(byType.entrySet().stream()
                .map(same -> part(same.getKey(), same.getValue(), tokens))
                .toList());
    }

    private CostForecast.Part part(ResponseType type, List<Asked> distinct, Tokens tokens) {
        var open = open(distinct);
        int known = distinct.size() - open.size();
        long prompt = open.stream().mapToLong(a -> tokens.prompt(a.request())).sum();
        var replies = new HashMap<String, Long>(); // most items share a prompt
        long reply = open.stream()
                .mapToLong(a -> replies.computeIfAbsent(a.item.prompt, this::replyTokens))
                .sum();
        return new CostForecast.Part(type, open.size(), known, prompt, reply);
    }

    private long replyTokens(String prompt) {
        return Math.round(ledger.completionTokens(teacher.name(), prompt).orElse(UNKNOWN_REPLY));
    }

    /** The parts as one forecast, beside what the teacher has used. */
    CostForecast whole(List<CostForecast.Part> parts) {
        return new CostForecast(teacher.name(), parts, settings.price(teacher.name()), ledger.usage(teacher.name()));
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
        var asked = asked(items);
        ask(asked, hook);
        var rows = new LinkedHashMap<String, LedgerEntry>();
        for (var one : distinct(asked)) rows.put(one.fingerprint, row(one));
        return asked.stream().map(one -> rows.get(one.fingerprint)).toList();
    }

    private List<Asked> asked(List<Item> items) {
        return items.stream()
                .map(item -> new Asked(item, item.request.fingerprint(teacher.name())))
                .toList();
    }

    /** The row as its reply is worth today: how replies are read may have changed since it came. */
    private LedgerEntry row(Asked asked) {
        var entry = ledger.find(asked.fingerprint).orElseThrow();
        if (entry.verdict() == Verdict.FAILED || entry.verdict() == Verdict.WITHHELD) return entry;
        var judged = entry.judged(List.of(new Outcome(entry.sample(), asked.findings(entry.reply()))));
        if (!judged.equals(entry)) ledger.judge(judged);
        return judged;
    }

    /**
     * Asks what the ledger does not hold yet, one by one or through the provider's batch endpoint.
     *
     * @return the samples that came of it and are judged already, by errand (by identity)
     */
    Map<Errand, InstructionSample> ask(List<? extends Errand> errands, Consumer<GenerationProgress> hook) {
        var distinct = distinct(errands);
        var open = open(distinct);
        var known = GenerationProgress.start(distinct.size() - open.size(), distinct.size());
        if (settings.poll() == null || open.isEmpty()) {
            return new GenerationRun(teacher, ledger, settings).ask(open, known, hook);
        }
        if (!(teacher instanceof OpenAiTeacher provider)) {
            throw new IllegalStateException(
                    "the teacher " + teacher.name() + " has no batch endpoint: see Teacher.openAi");
        }
        new BatchRun(provider, ledger, settings, known, hook).ask(open);
        return Map.of();
    }

    /** One errand a request: what is asked in the same words is asked once. */
    static <E extends Errand> List<E> distinct(List<E> errands) {
        var byRequest = new LinkedHashMap<String, E>();
        for (var errand : errands) byRequest.putIfAbsent(errand.fingerprint(), errand);
        return List.copyOf(byRequest.values());
    }

    /** The errands whose request has no answer yet, not even one that cannot be used. */
    <E extends Errand> List<E> open(List<E> errands) {
        var answered = ledger.answered(errands.stream().map(Errand::fingerprint).toList());
        return errands.stream()
                .filter(errand -> !answered.contains(errand.fingerprint()))
                .toList();
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
