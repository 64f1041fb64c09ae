package vitune.teach;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import vitune.data.InstructionSample;
import vitune.data.ResponseType;
import vitune.teach.LedgerEntry.Verdict;

/**
 * Kills a generating process (SIGKILL) at random moments, again and again, and lets it finish at last. The server that
 * counts is in this process, and so is a second reader of the ledger. One JSON line; any broken promise is an exception.
 *
 * <p>Arguments: kills (20), requests (3000), seed (1).
 */
final class KillTrial implements AutoCloseable {
    private static final int IN_FLIGHT = 16, LATENCY = 4; // milliseconds
    /** Requests that a kill may cost: those in flight, and those whose reply is judged. */
    static final int AT_A_KILL = GenerationRun.workers(IN_FLIGHT);

    private final int requests;
    private final Path folder = Files.createTempDirectory("vitune-kill");
    private final Path ledger = folder.resolve("ledger.db");
    private final Map<String, String> fingerprints = new HashMap<>();
    /** How often each request was answered in full. */
    private final Map<String, AtomicInteger> answered = new ConcurrentHashMap<>();
    /** What the ledger held when the last process had ended: none of it may be asked again. */
    private volatile Set<String> finished = Set.of();

    private final Set<String> askedAgain = ConcurrentHashMap.newKeySet();
    private final AtomicInteger received = new AtomicInteger();
    private final Gson json = new Gson();
    private final BuiltInEndpoint server;

    record Outcome(int kills, int samples, int received, int answeredTwice, int readsMeanwhile, double seconds) {}

    KillTrial(int requests) throws IOException {
        this.requests = requests;
        for (var task : tasks(requests)) {
            var messages = task.request().messages();
            fingerprints.put(messages.get(messages.size() - 1).text(), task.fingerprint());
        }
        server = new BuiltInEndpoint(this::answer);
    }

    private static List<GenerationTask> tasks(int requests) {
        return GenerationTask.of(
                Contexts.photographs(requests), Prompts.of(ResponseType.SUMMARY), false, BuiltInEndpoint.MODEL);
    }

    private void answer(HttpExchange exchange) throws IOException {
        var body = json.fromJson(new String(exchange.getRequestBody().readAllBytes(), UTF_8), JsonObject.class);
        var messages = body.getAsJsonArray("messages");
        var text = messages.get(messages.size() - 1)
                .getAsJsonObject()
                .get("content")
                .getAsString();
        var fingerprint = fingerprints.get(text);
        received.incrementAndGet();
        if (finished.contains(fingerprint)) askedAgain.add(fingerprint);
        try {
            Thread.sleep(LATENCY);
        } catch (InterruptedException e) {
            return;
        }
        BuiltInEndpoint.send(
                exchange,
                200,
                BuiltInEndpoint.completion(reply(fingerprint), 100, 10).toString());
        answered.computeIfAbsent(fingerprint, key -> new AtomicInteger()).incrementAndGet();
    }

    /** Letters only: digits might look like coordinates. */
    private static String reply(String fingerprint) {
        var letters = fingerprint.substring(0, 16).chars().map(c -> c <= '9' ? c - '0' + 'k' : c);
        return "{\"response\": \"A street called "
                + letters.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append) + ".\"}";
    }

    Outcome run(int kills, long seed) throws Exception {
        long start = System.nanoTime();
        var random = new SplittableRandom(seed);
        int reads = 0, killed = 0;
        for (int i = 0; i < kills; i++) {
            int before = received.get();
            var child = child();
            while (received.get() == before && child.isAlive()) Thread.sleep(2);
            long moment = System.nanoTime() + random.nextLong(250_000_000L);
            Set<String> seen = new HashSet<>();
            do {
                seen = held();
                reads++;
                TimeUnit.NANOSECONDS.sleep(Math.min(100_000_000L, Math.max(0, moment - System.nanoTime())));
            } while (System.nanoTime() < moment);
            if (child.isAlive()) killed++;
            child.destroyForcibly().waitFor(); // SIGKILL
            var held = held();
            check(held.containsAll(seen), "rows that were seen are lost");
            check(held.containsAll(finished), "rows of an earlier process are lost");
            finished = held;
        }
        check(killed == kills, "the run was over after " + killed + " kills: give it more requests");
        var last = child();
        check(last.waitFor(5, TimeUnit.MINUTES) && last.exitValue() == 0, "the last process did not finish");
        check(askedAgain.isEmpty(), askedAgain.size() + " finished requests were sent again");
        int samples = samples();
        int twice = (int) answered.values().stream().filter(n -> n.get() > 1).count();
        check(twice <= kills * AT_A_KILL, twice + " requests were answered twice");
        return new Outcome(kills, samples, received.get(), twice, reads, (System.nanoTime() - start) / 1e9);
    }

    private Set<String> held() {
        if (!Files.exists(ledger)) return Set.of();
        try (var reader = new Ledger(ledger)) {
            var held = new HashSet<String>();
            for (var row : reader.entries()) {
                if (row.verdict() == Verdict.FAILED) continue;
                check(row.reply().equals(reply(row.request())), "a reply in the wrong row");
                check(held.add(row.request()), "a row twice");
            }
            return held;
        }
    }

    /** Every sample once, with the reply that belongs to it. */
    private int samples() {
        try (var generator = new InstructionGenerator(Teacher.recorded(ledger), folder.resolve("ledger.db"))) {
            var set = generator.finished(Contexts.photographs(requests), ResponseType.SUMMARY);
            check(set.size() == requests, set.size() + " of " + requests + " samples");
            check(set.samples().stream().map(InstructionSample::id).distinct().count() == requests, "an id twice");
            for (var sample : set) {
                var reply = reply(sample.provenance().get("request"));
                check(reply.contains(sample.turns().get(0).response()), "a sample with another's reply");
            }
            return set.size();
        }
    }

    private Process child() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1", // starts sooner
                        "-cp",
                        System.getProperty("java.class.path"),
                        KillTrial.class.getName(),
                        "child",
                        server.baseUrl(),
                        ledger.toString(),
                        String.valueOf(requests))
                .inheritIO()
                .start();
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) throw new IllegalStateException(otherwise);
    }

    public static void main(String[] args) throws Exception {
        if (args.length > 0 && args[0].equals("child")) {
            try (var generator = new InstructionGenerator(
                            Teacher.compatible(args[1], BuiltInEndpoint.MODEL), Path.of(args[2]))
                    .withConcurrency(IN_FLIGHT)) {
                generator.generate(Contexts.photographs(Integer.parseInt(args[3])), ResponseType.SUMMARY);
            }
            return;
        }
        int kills = args.length > 0 ? Integer.parseInt(args[0]) : 20;
        try (var trial = new KillTrial(args.length > 1 ? Integer.parseInt(args[1]) : 3000)) {
            var outcome = trial.run(kills, args.length > 2 ? Long.parseLong(args[2]) : 1);
            System.out.printf(
                    Locale.ROOT,
                    "{\"kills\": %d, \"samples\": %d, \"requests_received\": %d, \"finished_sent_again\": 0,"
                            + " \"lost\": 0, \"doubled\": 0, \"in_flight_at_a_kill_asked_twice\": %d,"
                            + " \"reads_meanwhile\": %d, \"seconds\": %.1f}%n",
                    outcome.kills,
                    outcome.samples,
                    outcome.received,
                    outcome.answeredTwice,
                    outcome.readsMeanwhile,
                    outcome.seconds);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }
}
