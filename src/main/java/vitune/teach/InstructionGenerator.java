package vitune.teach;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import tech.tablesaw.api.Table;
import vitune.data.ImageContext;
import vitune.data.InstructionSet;
import vitune.data.ResponseType;

/**
 * Generates visual instruction data: shows a teacher what is known of each picture, and keeps what it writes.
 *
 * <p>Every reply goes into the ledger first. A request that is answered there is never asked again, so a run that was
 * cut goes on where it stopped, and one picture more costs one picture more (with types that show several pictures: a few
 * groups more, since partners are chosen by content). Close the generator to release ledger and teacher.
 *
 * <p>Source: LLaVA §3, whose generator was never published.
 */
public final class InstructionGenerator extends TeacherClient<InstructionGenerator> {
    private static final List<ResponseType> OF_THE_PAPER =
            List.of(ResponseType.CONVERSATION, ResponseType.DETAILED_DESCRIPTION, ResponseType.COMPLEX_REASONING);

    private final AtomicReference<Consumer<GenerationProgress>> hook;

    /** A generator with the shipped prompts, {@link Prices#standard}, the content, refusal and grounding checks, and eight requests at a time. */
    public InstructionGenerator(Teacher teacher, Path ledger) {
        this(new Exchanges(teacher, ledger), new AtomicReference<>(progress -> {}));
    }

    private InstructionGenerator(Exchanges exchanges, AtomicReference<Consumer<GenerationProgress>> hook) {
        super(exchanges);
        this.hook = hook;
    }

    @Override
    protected InstructionGenerator with(Exchanges changed) {
        return new InstructionGenerator(changed, hook);
    }

    /** A copy, on the same teacher and ledger, that asks with these prompts for their type, which may be a new one. */
    public InstructionGenerator withPrompts(Prompts prompts) {
        return with(settings -> settings.withPrompts(prompts));
    }

    /** A copy, on the same teacher and ledger, that asks for plain text, for servers that keep to no JSON schema. */
    public InstructionGenerator withTextReplies() {
        return with(GenerationSettings::withTextReplies);
    }

    /**
     * A copy, on the same teacher and ledger, that also puts samples to this check; replies in the ledger are judged
     * anew.
     */
    public InstructionGenerator withCheck(SampleCheck check) {
        return with(settings -> settings.withCheck(check));
    }

    /**
     * A copy, on the same teacher and ledger, that puts samples to these checks alone, in this order; replies in the
     * ledger are judged anew.
     */
    public InstructionGenerator withChecks(SampleCheck... checks) {
        return with(settings -> settings.withChecks(List.of(checks)));
    }

    /**
     * A copy, on the same teacher and ledger, that also sends the pictures. <i>Differs:</i> the paper's teacher sees
     * text only.
     */
    public InstructionGenerator withPixels() {
        return with(GenerationSettings::withPixels);
    }

    /**
     * A copy, on the same teacher and ledger, that asks through the provider's batch endpoint: at half the price where
     * the price list says so, within a day. A {@link #generate} that is interrupted, or whose process is killed, leaves
     * its job at the provider; the next one collects it. Who asks for the same without this meanwhile pays twice.
     */
    public InstructionGenerator withBatch() {
        return withBatch(Duration.ofSeconds(30));
    }

    /** {@link #withBatch()}, with so much time between two looks at the job. */
    public InstructionGenerator withBatch(Duration poll) {
        return with(settings -> settings.withBatch(poll));
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
        var forecaster = new Forecaster(exchanges());
        var parts = new ArrayList<CostForecast.Part>();
        for (var type : chosen(types)) {
            parts.add(forecaster.part(type, tasks(contexts, type)));
        }
        return exchanges().whole(parts);
    }

    /**
     * Generates; only what the ledger does not hold is asked. Without types: conversation, detailed description,
     * complex reasoning. Types of several pictures take each once, like with like; who is shown with whom is decided by
     * captions and boxes, not by the order of the data.
     *
     * @return the accepted samples, type by type, in the order of the pictures
     * @throws CapReachedException when the next call might cross a cap; what is finished is kept
     * @throws IllegalArgumentException for a cap in money where the teacher's price is unknown, and for two pictures of
     *     one id
     * @throws TeacherException when asking on is pointless: a wrong key, a spent quota; what is finished is kept. Also where
     *     the ledger held nothing of it and every request failed, with the first one's reason
     * @throws java.util.concurrent.CancellationException when this thread is interrupted; what is finished is kept
     */
    public InstructionSet generate(List<ImageContext> contexts, ResponseType... types) {
        var tasks = tasks(contexts, types);
        return answers().samples(tasks, exchanges().ask(tasks, hook.get()));
    }

    /** The accepted samples that the ledger holds for these pictures already; asks nobody. */
    public InstructionSet finished(List<ImageContext> contexts, ResponseType... types) {
        return answers().samples(tasks(contexts, types), Map.of());
    }

    /** The replies that the ledger holds for these pictures, accepted and rejected, as today's checks find; asks nobody. */
    public List<JudgedReply> judged(List<ImageContext> contexts, ResponseType... types) {
        return answers().judged(tasks(contexts, types));
    }

    private static List<ResponseType> chosen(ResponseType... types) {
        return types.length == 0
                ? OF_THE_PAPER
                : List.of(types).stream().distinct().toList();
    }

    private List<GenerationTask> tasks(List<ImageContext> contexts, ResponseType... types) {
        var ids = new HashSet<String>();
        for (var context : contexts) {
            if (!ids.add(context.id())) {
                throw new IllegalArgumentException(
                        "each picture needs an id of its own, got " + context.id() + " twice");
            }
        }
        var settings = exchanges().settings();
        var teacher = exchanges().teacher();
        var tasks = new ArrayList<GenerationTask>();
        for (var type : chosen(types)) {
            tasks.addAll(GenerationTask.of(contexts, settings.prompts(type), settings.pixels(), teacher));
        }
        return tasks;
    }

    private Answers answers() {
        var through = exchanges();
        return new Answers(ledger(), through.teacher(), through.settings().checks());
    }

    /** The replies that were not accepted, and the requests that got none, each with its reason. */
    public Table rejected() {
        return LedgerEntry.table("rejected", ledger().rejected());
    }

    @Override
    public String toString() {
        return "generator: " + exchanges().teacher() + ", " + ledger();
    }
}
