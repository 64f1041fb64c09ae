package vitune.teach;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import vitune.data.InstructionSample;
import vitune.teach.LedgerEntry.Verdict;

/** Asks for what is missing, several at a time, and writes each reply into the ledger before it counts. */
final class GenerationRun {
    /** So many requests in a row without a reply mean that the teacher is away. */
    private static final int MOST_FAILURES = 20;
    /** Tasks at hand for each thread: the one it is at, and the next. */
    private static final int READY = 2;

    private final Teacher teacher;
    private final Ledger ledger;
    private final GenerationSettings settings;
    private final Meter meter;
    private final Semaphore inFlight;
    /** So that nobody judges them a second time. */
    private final Map<Errand, InstructionSample> accepted = Collections.synchronizedMap(new IdentityHashMap<>());

    GenerationRun(Teacher teacher, Ledger ledger, GenerationSettings settings) {
        this.teacher = teacher;
        this.ledger = ledger;
        this.settings = settings;
        inFlight = new Semaphore(settings.concurrency());
        meter = new Meter(settings.limits(), teacher.name(), settings.price(teacher.name()));
    }

    /**
     * Asks for all of these.
     *
     * @param known requests that were answered before, as progress counts them
     * @return the samples that came of them, by task (by identity)
     * @throws CapReachedException when the next call might cross a cap
     * @throws TeacherException when asking on is pointless, or nothing is known and every request failed
     * @throws CancellationException when interrupted
     */
    Map<Errand, InstructionSample> ask(
            List<? extends Errand> tasks, GenerationProgress known, Consumer<GenerationProgress> hook) {
        hook.accept(known);
        if (tasks.isEmpty()) return accepted;
        var threads = Executors.newFixedThreadPool(workers(settings.concurrency()), Daemons.named("vitune-generate"));
        var progress = new GenerationProgress[] {known};
        try {
            ask(tasks, progress, hook, threads);
        } catch (InterruptedException e) {
            end(threads);
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted after " + progress[0].done() + " of " + progress[0].total()
                    + " requests: the ledger keeps them, and the next generate asks only for the rest");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException fault) throw fault;
            throw new IllegalStateException(e.getCause());
        } finally {
            end(threads);
        }
        if (meter.stopped()) throw meter.reached(progress[0].total() - progress[0].done());
        return accepted;
    }

    /** Keeps as many tasks ready as all threads need, and no more. */
    private void ask(
            List<? extends Errand> tasks,
            GenerationProgress[] progress,
            Consumer<GenerationProgress> hook,
            ExecutorService threads)
            throws InterruptedException, ExecutionException {
        long start = System.nanoTime();
        var finished = new ExecutorCompletionService<Optional<LedgerEntry>>(threads);
        int ready = Math.min(tasks.size(), READY * workers(settings.concurrency())), failures = 0;
        int unanswered = 0;
        boolean nothingKnown = progress[0].done() == 0;
        LedgerEntry first = null;
        for (var task : tasks.subList(0, ready)) finished.submit(() -> ask(task));
        for (int open = ready, next = ready; open > 0; open--) {
            var outcome = finished.take().get();
            if (next < tasks.size() && !meter.stopped()) {
                var task = tasks.get(next++);
                finished.submit(() -> ask(task));
                open++;
            }
            if (outcome.isEmpty()) continue;
            var entry = outcome.get();
            boolean failed = entry.verdict() == Verdict.FAILED;
            if (failed && meter.stopped()) continue;
            failures = failed ? failures + 1 : 0;
            if (failed && entry.reply().isEmpty()) unanswered++;
            if (first == null) first = entry;
            if (failures == MOST_FAILURES) {
                throw new TeacherException(
                        failures + " requests in a row: " + entry.reason(), true, entry.attempts(), null);
            }
            progress[0] = progress[0].after(entry, (System.nanoTime() - start) / 1e9);
            hook.accept(progress[0]);
        }
        if (nothingKnown && first != null && unanswered == tasks.size()) {
            throw new TeacherException(
                    unanswered + " of " + unanswered + " requests failed: " + first.reason(),
                    true,
                    first.attempts(),
                    null);
        }
    }

    /** Where many are in flight, a few threads more than requests: a reply that is judged keeps no request back. */
    static int workers(int concurrency) {
        return concurrency + concurrency / 16;
    }

    /** Stops asking, and waits ten seconds at most for the last replies to be in the ledger. */
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

    /** One request; an unusable reply is sent back once with what is wrong with it. Empty at the cap. */
    private Optional<LedgerEntry> ask(Errand task) {
        var written = LedgerEntry.open(task.row(), teacher.name());
        try {
            var request = task.request();
            var reply = reply(request);
            var judgement = judge(task, reply);
            written = written.after(reply, judgement.findings(), settings.price(reply.model(), teacher.name()));
            if (judgement.sendBack()) {
                reply = reply(request.after(reply.text(), judgement.feedback()));
                judgement = judge(task, reply);
                written = written.after(reply, judgement.findings(), settings.price(reply.model(), teacher.name()));
            }
        } catch (TeacherException | CancellationException e) {
            int calls = e instanceof TeacherException teachers ? teachers.attempts() : 1;
            if (meter.stopped() && written.attempts() + calls == 0) return Optional.empty();
            boolean stop = !(e instanceof TeacherException teachers) || teachers.fatal();
            if (stop && written.attempts() == 0) throw e;
            written = written.failed(e.getMessage(), calls);
            ledger.put(written);
            if (stop) throw e;
            return Optional.of(written);
        }
        ledger.put(written);
        return Optional.of(written);
    }

    private GenerationTask.Judgement judge(Errand task, TeacherReply reply) {
        var judgement = task.judge(reply, teacher.name(), settings.checks());
        judgement.sample().ifPresent(sample -> accepted.put(task, sample));
        return judgement;
    }

    private TeacherReply reply(TeacherRequest request) {
        try {
            inFlight.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TeacherException("interrupted before asking " + teacher.name(), true, 0, null);
        }
        try {
            return metered(request);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while asking " + teacher.name());
        } finally {
            inFlight.release();
        }
    }

    /** Of a teacher that knows no meter, one ask is one call. */
    private TeacherReply metered(TeacherRequest request) throws InterruptedException {
        if (teacher instanceof MeteredTeacher metered) return metered.ask(request, meter);
        var call = meter.begin(request).orElseThrow(() -> Meter.over(0));
        try {
            var reply = teacher.ask(request);
            call.answered(reply.promptTokens(), reply.completionTokens());
            return reply;
        } catch (RuntimeException e) {
            call.lost();
            throw e;
        }
    }
}
