package vitune.teach;

import com.openai.errors.OpenAIServiceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import vitune.teach.LedgerEntry.Verdict;

/**
 * Asks for what is missing through the provider's batch endpoint. A job is in the ledger before it is at the provider,
 * so that whoever comes after a crash finds it again; its replies and its end are written in one transaction.
 */
final class BatchRun {
    /** What one job may hold: half of what OpenAI allows in bytes. */
    private static final int MOST_REQUESTS = 50_000, MOST_BYTES = 100 << 20;
    /** So many looks in a row without an answer, each tried again within, end the wait. */
    private static final int MOST_FAILURES = 20;

    private final BatchEndpoint endpoint;
    private final String teacher;
    private final Ledger ledger;
    private final GenerationSettings settings;
    private final Meter meter;
    private final Consumer<GenerationProgress> hook;
    private final long start = System.nanoTime();
    /** Calls of this run that wait for their reply; those of a job that an earlier run began are on its bill. */
    private final Map<String, Meter.Call> calls = new HashMap<>();

    private final Map<String, GenerationTask> tasks = new LinkedHashMap<>();
    private GenerationProgress progress;

    /** A request as it is, or as it is sent back with an unusable reply. */
    private record Ask(GenerationTask task, @Nullable TeacherRequest sentBack) {
        TeacherRequest request() {
            return sentBack == null ? task.request() : sentBack;
        }
    }

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
    }

    /**
     * Asks for all of these, and waits for the replies.
     *
     * @throws CapReachedException when the next call might cross a cap
     * @throws TeacherException when the provider does not take the job
     * @throws CancellationException when interrupted; the jobs go on
     */
    void ask(List<GenerationTask> open) {
        hook.accept(progress);
        open.forEach(task -> tasks.put(task.fingerprint(), task));
        var jobs = new ArrayDeque<BatchJob>();
        var rest = new ArrayDeque<>(open);
        for (var job : ledger.jobs().open(teacher)) {
            if (job.rows().stream().noneMatch(row -> tasks.containsKey(row.request()))) continue;
            adopt(job, jobs);
        }
        var underway = new HashSet<String>();
        jobs.forEach(job -> job.rows().forEach(row -> underway.add(row.request())));
        rest.removeIf(task -> underway.contains(task.fingerprint()));
        boolean cut = false;
        while (true) {
            while (submit(rest, jobs)) {}
            if (jobs.isEmpty()) break;
            var job = jobs.poll();
            var again = collect(job, await(job));
            while (!again.isEmpty() && send(again, 2, jobs)) {}
            cut |= !again.isEmpty();
        }
        if (rest.isEmpty() && !cut && !meter.stopped()) return;
        throw meter.reached(progress.total() - progress.done());
    }

    /** A job of an earlier run; one that never reached the provider is forgotten. */
    private void adopt(BatchJob job, Deque<BatchJob> jobs) {
        var id = job.id();
        if (id == null) {
            id = endpoint.find(job.token()).orElse(null);
            if (id == null) ledger.jobs().remove(job.token());
            else ledger.jobs().started(job.token(), id);
        }
        if (id != null) jobs.add(new BatchJob(job.token(), id, job.round(), job.rows()));
    }

    private boolean submit(Deque<GenerationTask> rest, Deque<BatchJob> jobs) {
        var asks = new ArrayDeque<Ask>();
        for (var task : rest) {
            if (asks.size() == MOST_REQUESTS) break;
            asks.add(new Ask(task, null));
        }
        int before = asks.size();
        boolean sent = before > 0 && send(asks, 1, jobs);
        for (int i = before - asks.size(); i > 0; i--) rest.poll();
        return sent;
    }

    /** Makes one job of as many of these as caps and sizes allow, and takes them off the list. */
    private boolean send(Deque<Ask> asks, int round, Deque<BatchJob> jobs) {
        var rows = new ArrayList<BatchJob.Row>();
        try {
            var lines = Files.createTempFile("vitune-batch", ".jsonl");
            try {
                write(asks, rows, lines);
                if (rows.isEmpty()) return false;
                var token = UUID.randomUUID().toString();
                ledger.jobs().add(new BatchJob(token, null, round, rows), teacher);
                var id = begin(lines, token);
                ledger.jobs().started(token, id);
                jobs.add(new BatchJob(token, id, round, rows));
                return true;
            } finally {
                Files.deleteIfExists(lines);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write a batch", e);
        }
    }

    private void write(Deque<Ask> asks, List<BatchJob.Row> rows, Path lines) throws IOException {
        long bytes = 0;
        try (var out = Files.newOutputStream(lines)) {
            while (!asks.isEmpty() && rows.size() < MOST_REQUESTS) {
                var ask = asks.peek();
                var id = ask.task.fingerprint();
                var request = ask.request();
                var line = endpoint.line(id, request, meter.replyTokens()).getBytes(StandardCharsets.UTF_8);
                if (!rows.isEmpty() && bytes + line.length > MOST_BYTES) return;
                var call = meter.tryBegin(request);
                if (call.isEmpty()) return;
                calls.put(id, call.get());
                out.write(line);
                bytes += line.length;
                rows.add(BatchJob.Row.of(ask.task));
                asks.poll();
            }
        }
    }

    /** There is no job only where the provider refuses it; after a server's fault there may be one all the same. */
    private String begin(Path lines, String token) {
        try {
            return endpoint.start(lines, token);
        } catch (TeacherException e) {
            int status = status(e);
            if (status >= 400 && status < 500 && status != 408 && status != 409)
                ledger.jobs().remove(token);
            throw e;
        }
    }

    private static int status(TeacherException e) {
        return e.getCause() instanceof OpenAIServiceException service ? service.statusCode() : 0;
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
                    if (status(e) == 404) return BatchEndpoint.State.gone();
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
    private Deque<Ask> collect(BatchJob job, BatchEndpoint.State state) {
        var again = new ArrayDeque<Ask>();
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
        return Optional.ofNullable(tasks.get(request)).map(GenerationTask::request);
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
            Deque<Ask> again,
            List<LedgerEntry> finished) {
        var call = calls.remove(row.request());
        var inUse = ledger.find(row.request()).filter(e -> e.verdict() != Verdict.FAILED);
        var written = LedgerEntry.open(row, teacher);
        if (outcome.reply().isEmpty()) {
            if (call != null && outcome.billed()) call.lost();
            else if (call != null) call.refused();
            written = written.failed(outcome.fault(), 1);
        } else {
            var reply = outcome.reply().get();
            if (call != null) call.answered(reply.promptTokens(), reply.completionTokens());
            var task = tasks.get(row.request());
            var judgement = task == null ? null : task.judge(reply, teacher, settings.checks());
            // nobody asks for the sample now: whoever does judges it
            var fault =
                    judgement != null ? judgement.fault() : reply.fault() != null ? reply.fault() : "not judged yet";
            written = written.after(reply, fault, settings.price(reply.model(), teacher));
            if (inUse.isEmpty() && fault != null && judgement != null && judgement.sendBack() && job.round() == 1) {
                again.add(new Ask(Objects.requireNonNull(task), task.request().after(reply.text(), fault)));
                ledger.put(written.failed("sent back: " + fault, 0));
                return;
            }
        }
        var last = written;
        written = inUse.map(last::keeping).orElse(last);
        ledger.put(written);
        if (tasks.containsKey(row.request())) finished.add(written);
    }
}
