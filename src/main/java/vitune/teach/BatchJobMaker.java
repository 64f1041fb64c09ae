package vitune.teach;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes batch jobs of requests: in the ledger first, then at the provider. */
final class BatchJobMaker {
    /** What one job may hold: half of what OpenAI allows in bytes. */
    private static final int MOST_REQUESTS = 50_000, MOST_BYTES = 100 << 20;

    private final BatchEndpoint endpoint;
    private final Ledger ledger;
    private final String teacher;
    private final Meter meter;
    private final Deque<BatchJob> jobs = new ArrayDeque<>();
    /** Calls of this run that wait for their reply; those of a job that an earlier run began are on its bill. */
    private final Map<String, Meter.Call> calls = new HashMap<>();

    /** A request as it is, or as it is sent back with an unusable reply. */
    record Ask(Errand task, @Nullable TeacherRequest sentBack) {
        TeacherRequest request() {
            return sentBack == null ? task.request() : sentBack;
        }
    }

    BatchJobMaker(BatchEndpoint endpoint, Ledger ledger, String teacher, Meter meter) {
        this.endpoint = endpoint;
        this.ledger = ledger;
        this.teacher = teacher;
        this.meter = meter;
    }

    /** The jobs that are at the provider, the oldest first. */
    Deque<BatchJob> jobs() {
        return jobs;
    }

    /** The call that a request of this run waits for, told once; null where an earlier run made it. */
    Meter.@Nullable Call call(String request) {
        return calls.remove(request);
    }

    /** A job of an earlier run; one that never reached the provider is forgotten. */
    void adopt(BatchJob job) {
        var id = job.id();
        if (id == null) {
            id = endpoint.find(job.token()).orElse(null);
            if (id == null) ledger.jobs().remove(job.token());
            else ledger.jobs().started(job.token(), id);
        }
        if (id != null) jobs.add(new BatchJob(job.token(), id, job.round(), job.rows()));
    }

    /** Makes one job of as many of these as caps and sizes allow, and takes them off the list. */
    boolean submit(Deque<Errand> rest) {
        var asks = new ArrayDeque<Ask>();
        for (var task : rest) {
            if (asks.size() == MOST_REQUESTS) break;
            asks.add(new Ask(task, null));
        }
        int before = asks.size();
        boolean sent = before > 0 && send(asks, 1);
        for (int i = before - asks.size(); i > 0; i--) rest.poll();
        return sent;
    }

    /** As {@link #submit}, in this round. */
    boolean send(Deque<Ask> asks, int round) {
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
                rows.add(ask.task.row());
                asks.poll();
            }
        }
    }

    /** There is no job only where the provider refuses it; after a server's fault there may be one all the same. */
    private String begin(Path lines, String token) {
        try {
            return endpoint.start(lines, token);
        } catch (TeacherException e) {
            int status = BatchEndpoint.status(e);
            if (status >= 400 && status < 500 && status != 408 && status != 409)
                ledger.jobs().remove(token);
            throw e;
        }
    }
}
