package vitune.teach;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import vitune.teach.LedgerEntry.Verdict;

/** Asks for what is missing, several at a time, and writes each reply into the ledger before it counts. */
final class GenerationRun {
    /** So many requests in a row without a reply mean that the teacher is away. */
    private static final int MOST_FAILURES = 20;

    private final Teacher teacher;
    private final Ledger ledger;
    private final List<SampleCheck> checks;
    private final Prices prices;

    GenerationRun(Teacher teacher, Ledger ledger, List<SampleCheck> checks, Prices prices) {
        this.teacher = teacher;
        this.ledger = ledger;
        this.checks = checks;
        this.prices = prices;
    }

    /**
     * Asks for all of these.
     *
     * @param known requests that were answered before, as progress counts them
     * @throws TeacherException when asking on is pointless
     * @throws CancellationException when interrupted
     */
    void ask(List<GenerationTask> tasks, GenerationProgress known, int concurrency, Consumer<GenerationProgress> hook) {
        var progress = known;
        hook.accept(progress);
        if (tasks.isEmpty()) return;
        var threads = threads(concurrency);
        var finished = new ExecutorCompletionService<LedgerEntry>(threads);
        try {
            tasks.forEach(task -> finished.submit(() -> ask(task)));
            int failures = 0;
            for (int i = 0; i < tasks.size(); i++) {
                var entry = finished.take().get();
                failures = entry.verdict() == Verdict.FAILED ? failures + 1 : 0;
                if (failures == MOST_FAILURES) {
                    throw new TeacherException(
                            failures + " requests in a row: " + entry.reason(), true, entry.attempts(), null);
                }
                progress = progress.after(entry);
                hook.accept(progress);
            }
        } catch (InterruptedException e) {
            end(threads);
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted after " + progress.done() + " of " + progress.total()
                    + " requests: the ledger keeps them, and the next generate asks only for the rest");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException fault) throw fault;
            throw new IllegalStateException(e.getCause());
        } finally {
            end(threads);
        }
    }

    private static ExecutorService threads(int concurrency) {
        return Executors.newFixedThreadPool(concurrency, task -> {
            var thread = new Thread(task, "vitune-generate");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Stops asking, and waits until the last reply is in the ledger: nothing writes after that. */
    private static void end(ExecutorService threads) {
        threads.shutdownNow();
        boolean interrupted = Thread.interrupted();
        try {
            threads.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    /** One request; an unusable reply is sent back once with what is wrong with it. */
    private LedgerEntry ask(GenerationTask task) {
        var written = LedgerEntry.open(task, teacher.name());
        try {
            var reply = teacher.ask(task.request());
            var fault = fault(task, reply);
            written = written.after(reply, fault, price(reply));
            if (fault != null && reply.fault() == null) {
                reply = teacher.ask(task.request().after(reply.text(), fault));
                written = written.after(reply, fault(task, reply), price(reply));
            }
        } catch (TeacherException | CancellationException e) {
            boolean stop = !(e instanceof TeacherException teachers) || teachers.fatal();
            if (stop && written.attempts() == 0) throw e;
            written = written.failed(e.getMessage(), e instanceof TeacherException teachers ? teachers.attempts() : 1);
            ledger.put(written);
            if (stop) throw e;
            return written;
        }
        ledger.put(written);
        return written;
    }

    private @Nullable String fault(GenerationTask task, TeacherReply reply) {
        if (reply.fault() != null) return reply.fault();
        return task.judge(reply.text(), teacher.name(), reply.model(), checks).fault();
    }

    private Optional<Prices.Price> price(TeacherReply reply) {
        return prices.of(reply.model()).or(() -> prices.of(teacher.name()));
    }
}
