package vitune.teach;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import vitune.teach.LedgerEntry.Verdict;

/**
 * Asks for what is missing through the provider's batch endpoint. A job is in the ledger before it is at the provider,
 * so that whoever comes after a crash finds it again; its replies and its end are written in one transaction.
 */
final class BatchRun {
    /** So many looks in a row without an answer, each tried again within, end the wait. */
    private static final int MOST_FAILURES = 20;

    private final BatchEndpoint endpoint;
    private final String teacher;
    private final Ledger ledger;
    private final GenerationSettings settings;
    private final Meter meter;
    private final BatchJobMaker maker;
    private final Consumer<GenerationProgress> hook;
    private final long start = System.nanoTime();
    private final Map<String, Errand> tasks = new LinkedHashMap<>();
    private GenerationProgress progress;

    BatchRun(
            OpenAiTeacher teacher,
            Ledger ledger,
            GenerationSettings settings,
            GenerationProgress known,
            Consumer<GenerationProgress> hook) {
        endpoint = new BatchEndpoint(teacher);
        this.teacher = teacher.name();
        this.ledger = ledger;
        this.settings = settings;
        this.hook = hook;
        progress = known;
        meter = new Meter(settings.limits(), this.teacher, settings.price(this.teacher));
        maker = new BatchJobMaker(endpoint, ledger, this.teacher, meter);
    }

    /**
     * Asks for all of these, and waits for the replies.
     *
     * @throws CapReachedException when the next call might cross a cap
     * @throws TeacherException when the provider does not take the job
     * @throws CancellationException when interrupted; the jobs go on
     */
    void ask(List<? extends Errand> open) {
        hook.accept(progress);
        open.forEach(task -> tasks.put(task.fingerprint(), task));
        var rest = new ArrayDeque<Errand>(open);
        for (var job : ledger.jobs().open(teacher)) {
            if (job.rows().stream().noneMatch(row -> tasks.containsKey(row.request()))) continue;
            maker.adopt(job);
        }
        var underway = new HashSet<String>();
        maker.jobs().forEach(job -> job.rows().forEach(row -> underway.add(row.request())));
        rest.removeIf(task -> underway.contains(task.fingerprint()));
        boolean cut = false;
        while (true) {
            while (maker.submit(rest)) {}
            var job = maker.jobs().poll();
            if (job == null) break;
            var again = collect(job, await(job));
            while (!again.isEmpty() && maker.send(again, 2)) {}
            cut |= !again.isEmpty();
        }
        if (rest.isEmpty() && !cut && !meter.stopped()) return;
        throw meter.reached(progress.total() - progress.done());
    }

    /** Looks until the job has ended; a provider that is away for a while is waited for. */
    private BatchEndpoint.State await(BatchJob job) {
        var id = Objects.requireNonNull(job.id());
        var poll = Objects.requireNonNull(settings.poll());
        try {
            for (int away = 0; ; Thread.sleep(poll.toMillis())) {
                try {
                    var state = endpoint.look(id);
                    if (state.ended()) return state;
                    away = 0;
                } catch (TeacherException e) {
                    if (BatchEndpoint.status(e) == 404) return BatchEndpoint.State.gone();
                    if (e.fatal() || ++away == MOST_FAILURES) throw e;
                }
            }
        } catch (InterruptedException | CancellationException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted: batch job " + id
                    + " goes on at the provider, and the next generate with withBatch() collects it");
        } catch (TeacherException e) {
            throw new TeacherException(
                    "cannot see batch job " + id + " (same key and server as when it began?): " + e.getMessage(),
                    true,
                    e.attempts(),
                    e);
        }
    }

    /** Writes what came, and gives what is to be sent back. */
    private Deque<BatchJobMaker.Ask> collect(BatchJob job, BatchEndpoint.State state) {
        var again = new ArrayDeque<BatchJobMaker.Ask>();
        var outcomes = new LinkedHashMap<String, BatchEndpoint.Outcome>();
        for (var file : new String[] {state.output(), state.errors()}) {
            // of two lines about a request the first counts
            if (file != null) endpoint.read(file, this::asked, outcomes::putIfAbsent);
        }
        var finished = new ArrayList<LedgerEntry>();
        ledger.together(() -> {
            for (var row : job.rows()) {
                var outcome = outcomes.remove(row.request());
                write(job, row, outcome == null ? missing(state) : outcome, again, finished);
            }
            ledger.jobs().remove(job.token());
        });
        for (var entry : finished) {
            progress = progress.after(entry, (System.nanoTime() - start) / 1e9);
            hook.accept(progress);
        }
        if (state.status().equals("failed")) {
            throw new TeacherException("the provider turns the batch down: " + state.problems(), true, 1, null);
        }
        return again;
    }

    private Optional<TeacherRequest> asked(String request) {
        return Optional.ofNullable(tasks.get(request)).map(Errand::request);
    }

    private static BatchEndpoint.Outcome missing(BatchEndpoint.State state) {
        if (state.isGone()) {
            var fault = "the provider knows the batch job no more, or this key and server are not those it began with";
            return new BatchEndpoint.Outcome(Optional.empty(), fault, true);
        }
        var why = state.status().equals("completed") ? "it is not in the files" : "the job is " + state.status();
        return BatchEndpoint.none("the batch gave no reply: " + why);
    }

    private void write(
            BatchJob job,
            BatchJob.Row row,
            BatchEndpoint.Outcome outcome,
            Deque<BatchJobMaker.Ask> again,
            List<LedgerEntry> finished) {
        var call = maker.call(row.request());
        var inUse = ledger.find(row.request()).filter(e -> e.verdict() != Verdict.FAILED);
        var written = LedgerEntry.open(row, teacher);
        if (outcome.reply().isEmpty()) {
            if (call != null && outcome.billed()) call.lost();
            else if (call != null) call.refused();
            written = written.failed(outcome.fault(), 1);
        } else {
            var reply = outcome.reply().get();
            if (call != null) call.answered(reply.promptTokens(), reply.completionTokens());
            var judgement = judge(row, reply);
            written = written.after(reply, judgement.findings(), settings.price(reply.model(), teacher));
            if (inUse.isEmpty() && judgement.sendBack() && job.round() == 1) {
                var task = Objects.requireNonNull(tasks.get(row.request()));
                again.add(new BatchJobMaker.Ask(task, task.request().after(reply.text(), judgement.feedback())));
                ledger.put(written.failed(
                        "sent back: " + SampleCheck.first(judgement.findings()).orElseThrow(), 0));
                return;
            }
        }
        var last = written;
        written = inUse.map(last::keeping).orElse(last);
        ledger.put(written);
        if (tasks.containsKey(row.request())) finished.add(written);
    }

    /** Where nobody asks for the sample now, whoever does judges it. */
    private GenerationTask.Judgement judge(BatchJob.Row row, TeacherReply reply) {
        var task = tasks.get(row.request());
        if (task != null) return task.judge(reply, teacher, settings.checks());
        return GenerationTask.Judgement.not(reply.fault() != null ? reply.fault() : "not judged yet");
    }
}
