package vitune.teach;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import tech.tablesaw.api.Table;
import vitune.data.Box;
import vitune.data.ImageContext;
import vitune.data.InstructionSample;
import vitune.data.InstructionSet;
import vitune.data.ResponseType;
import vitune.teach.LedgerEntry.Verdict;

/**
 * Generates visual instruction data: shows a teacher what is known of each picture, and keeps what it writes.
 *
 * <p>Every reply goes into the ledger first. A request that is answered there is never asked again, so a run that was
 * cut goes on where it stopped, and one picture more costs one picture more. Close the generator to release ledger and
 * teacher.
 *
 * <p>Source: LLaVA §3, whose generator was never published.
 */
public final class InstructionGenerator implements AutoCloseable {
    private static final List<ResponseType> OF_THE_PAPER =
            List.of(ResponseType.CONVERSATION, ResponseType.DETAILED_DESCRIPTION, ResponseType.COMPLEX_REASONING);
    private static final int LIKE_WITHIN = 32;

    private final Teacher teacher;
    private final Ledger ledger;
    private final Settings settings;
    private final AtomicReference<Consumer<GenerationProgress>> hook;

    private record Settings(
            Map<ResponseType, Prompts> prompts,
            List<SampleCheck> checks,
            Prices prices,
            int concurrency,
            boolean pixels) {}

    /**
     * A generator with the shipped prompts and prices, the content, refusal and grounding checks, and eight requests at
     * a time.
     */
    public InstructionGenerator(Teacher teacher, Path ledger) {
        this(
                teacher,
                new Ledger(ledger),
                new Settings(
                        Prompts.shipped(),
                        List.of(new ContentCheck(), new RefusalCheck(), new GroundingCheck()),
                        Prices.standard(),
                        8,
                        false),
                new AtomicReference<>(progress -> {}));
    }

    private InstructionGenerator(
            Teacher teacher, Ledger ledger, Settings settings, AtomicReference<Consumer<GenerationProgress>> hook) {
        this.teacher = teacher;
        this.ledger = ledger;
        this.settings = settings;
        this.hook = hook;
    }

    /** A copy, on the same teacher and ledger, that asks with these prompts for their type, which may be a new one. */
    public InstructionGenerator withPrompts(Prompts prompts) {
        var all = new HashMap<>(settings.prompts);
        all.put(prompts.type(), prompts);
        return with(new Settings(all, settings.checks, settings.prices, settings.concurrency, settings.pixels));
    }

    /** A copy, on the same teacher and ledger, that asks for plain text, for servers that keep to no JSON schema. */
    public InstructionGenerator withTextReplies() {
        var all = new HashMap<>(settings.prompts);
        all.replaceAll((type, prompts) -> prompts.asText());
        return with(new Settings(all, settings.checks, settings.prices, settings.concurrency, settings.pixels));
    }

    /**
     * A copy, on the same teacher and ledger, that also puts samples to this check; replies in the ledger are judged
     * anew.
     */
    public InstructionGenerator withCheck(SampleCheck check) {
        var all = new ArrayList<>(settings.checks);
        all.add(check);
        return with(new Settings(settings.prompts, all, settings.prices, settings.concurrency, settings.pixels));
    }

    /**
     * A copy, on the same teacher and ledger, that puts samples to these checks alone, in this order; replies in the
     * ledger are judged anew.
     */
    public InstructionGenerator withChecks(SampleCheck... checks) {
        var all = List.of(checks);
        return with(new Settings(settings.prompts, all, settings.prices, settings.concurrency, settings.pixels));
    }

    /** A copy, on the same teacher and ledger, that reckons with these prices. */
    public InstructionGenerator withPrices(Prices prices) {
        return with(new Settings(settings.prompts, settings.checks, prices, settings.concurrency, settings.pixels));
    }

    /**
     * A copy, on the same teacher and ledger, with so many requests at a time.
     *
     * @param concurrency 1 to 256
     */
    public InstructionGenerator withConcurrency(int concurrency) {
        if (concurrency < 1 || concurrency > 256) {
            throw new IllegalArgumentException("concurrency must be 1 to 256, got " + concurrency);
        }
        return with(new Settings(settings.prompts, settings.checks, settings.prices, concurrency, settings.pixels));
    }

    /**
     * A copy, on the same teacher and ledger, that also sends the pictures. <i>Differs:</i> the paper's teacher sees
     * text only.
     */
    public InstructionGenerator withPixels() {
        return with(new Settings(settings.prompts, settings.checks, settings.prices, settings.concurrency, true));
    }

    private InstructionGenerator with(Settings changed) {
        return new InstructionGenerator(teacher, ledger, changed, hook);
    }

    /**
     * Calls this after every request, in the thread that called {@link #generate}; for this generator and its copies.
     */
    public InstructionGenerator onProgress(Consumer<GenerationProgress> hook) {
        this.hook.set(hook);
        return this;
    }

    /**
     * What a generation would take; asks nobody. Without types: conversation, detailed description, complex reasoning.
     */
    public CostForecast forecast(List<ImageContext> contexts, ResponseType... types) {
        var tokens = new Tokens();
        var parts = new ArrayList<CostForecast.Part>();
        for (var type : chosen(types)) {
            long calls = 0, known = 0, prompt = 0;
            for (var task : distinct(tasks(contexts, type))) {
                if (answered(task)) {
                    known++;
                } else {
                    calls++;
                    prompt += tokens.prompt(task.request());
                }
            }
            long completion = Math.round(calls * replyTokens(prompts(type), tokens));
            parts.add(new CostForecast.Part(type, calls, known, prompt, completion));
        }
        return new CostForecast(teacher.name(), parts, settings.prices.of(teacher.name()));
    }

    private double replyTokens(Prompts prompts, Tokens tokens) {
        var examples = prompts.messages().stream()
                .filter(m -> m.role() == TeacherRequest.Role.ASSISTANT)
                .mapToInt(m -> tokens.count(m.text()))
                .average()
                .orElse(100);
        return ledger.completionTokens(teacher.name(), prompts.hash()).orElse(examples);
    }

    /**
     * Generates; only what the ledger does not hold is asked. Without types: conversation, detailed description,
     * complex reasoning. Types of several pictures take them like with like.
     *
     * @return the accepted samples, type by type, in the order of the pictures
     * @throws TeacherException when asking on is pointless: a wrong key, a spent quota; what is finished is kept
     * @throws java.util.concurrent.CancellationException when this thread is interrupted; what is finished is kept
     */
    public InstructionSet generate(List<ImageContext> contexts, ResponseType... types) {
        var tasks = tasks(contexts, types);
        var distinct = distinct(tasks);
        var open = distinct.stream().filter(task -> !answered(task)).toList();
        var known = new GenerationProgress(distinct.size() - open.size(), distinct.size(), 0, 0, 0, 0.0);
        new GenerationRun(teacher, ledger, settings.checks, settings.prices)
                .ask(open, known, settings.concurrency, hook.get());
        return collect(tasks);
    }

    /** The accepted samples that the ledger holds for these pictures already; asks nobody. */
    public InstructionSet finished(List<ImageContext> contexts, ResponseType... types) {
        return collect(tasks(contexts, types));
    }

    private static List<ResponseType> chosen(ResponseType... types) {
        return types.length == 0
                ? OF_THE_PAPER
                : List.of(types).stream().distinct().toList();
    }

    private Prompts prompts(ResponseType type) {
        var prompts = settings.prompts.get(type);
        if (prompts != null) return prompts;
        throw new IllegalArgumentException(
                "there are no prompts for " + type + ": give them with withPrompts; there are some for "
                        + settings.prompts.keySet().stream().sorted().toList());
    }

    private List<GenerationTask> tasks(List<ImageContext> contexts, ResponseType... types) {
        var tasks = new ArrayList<GenerationTask>();
        for (var type : chosen(types)) {
            var prompts = prompts(type);
            var hash = prompts.hash();
            var suffix = "-" + type.label().replace(' ', '-');
            for (var shown :
                    type.images() == 1 ? contexts.stream().map(List::of).toList() : groups(contexts, type.images())) {
                var request = prompts.request(shown, settings.pixels);
                var id = String.join("+", shown.stream().map(ImageContext::id).toList()) + suffix;
                tasks.add(new GenerationTask(id, shown, prompts, hash, request, request.fingerprint(teacher.name())));
            }
        }
        return tasks;
    }

    /** Each picture with the next ones near it that show a like thing, or else with the next ones. */
    private static List<List<ImageContext>> groups(List<ImageContext> contexts, int size) {
        var groups = new ArrayList<List<ImageContext>>();
        var left = new ArrayDeque<>(contexts);
        while (left.size() >= size) {
            var group = new ArrayList<>(List.of(left.pop()));
            var kinds = group.get(0).boxes().stream().map(Box::category).collect(Collectors.toSet());
            while (group.size() < size) {
                var next = left.stream()
                        .limit(LIKE_WITHIN)
                        .filter(c -> c.boxes().stream().anyMatch(box -> kinds.contains(box.category())))
                        .findFirst()
                        .orElse(left.peek());
                left.remove(next);
                group.add(next);
            }
            groups.add(List.copyOf(group));
        }
        return groups;
    }

    /** One task a request: pictures that are told of in the same words are asked for once. */
    private static List<GenerationTask> distinct(List<GenerationTask> tasks) {
        var byRequest = new LinkedHashMap<String, GenerationTask>();
        for (var task : tasks) byRequest.putIfAbsent(task.fingerprint(), task);
        return List.copyOf(byRequest.values());
    }

    private boolean answered(GenerationTask task) {
        return ledger.find(task.fingerprint())
                .filter(entry -> entry.verdict() != Verdict.FAILED)
                .isPresent();
    }

    /** Reads replies into samples, and judges them anew: the checks may have changed since they came. */
    private InstructionSet collect(List<GenerationTask> tasks) {
        var samples = new ArrayList<InstructionSample>();
        for (var task : tasks) {
            var entry = ledger.find(task.fingerprint()).filter(e -> e.verdict() != Verdict.FAILED);
            if (entry.isEmpty()) continue;
            var judgement =
                    task.judge(entry.get().reply(), teacher.name(), entry.get().model(), settings.checks);
            judgement.sample().ifPresent(samples::add);
            var verdict = judgement.fault() == null ? Verdict.ACCEPTED : Verdict.REJECTED;
            if (verdict != entry.get().verdict()) ledger.judge(task.fingerprint(), verdict, judgement.fault());
        }
        return InstructionSet.of(samples);
    }

    /** The replies that were not accepted, and the requests that got none, each with its reason. */
    public Table rejected() {
        return Ledger.table("rejected", ledger.rejected());
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
        return "generator: " + teacher.name() + ", " + ledger;
    }
}
