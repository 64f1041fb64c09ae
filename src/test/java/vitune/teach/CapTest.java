package vitune.teach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.DoubleAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitune.data.ResponseType;

class CapTest {
    private static final String MODEL = "dear";

    @TempDir
    private Path folder;

    /** Replies of random length at random speed, with refused and lost calls between, which it bills at random. */
    private static final class Gambler implements MeteredTeacher {
        final AtomicLong calls = new AtomicLong();
        final DoubleAdder billed = new DoubleAdder();
        final Prices.Price price;
        final double trouble;
        private final SplittableRandom random;

        Gambler(long seed, Prices.Price price) {
            random = new SplittableRandom(seed);
            this.price = price;
            trouble = random.nextDouble() * 0.6;
        }

        @Override
        public TeacherReply ask(TeacherRequest request, Meter meter) {
            long bytes = request.messages().stream()
                    .mapToLong(m -> m.text().getBytes(StandardCharsets.UTF_8).length)
                    .sum();
            for (int attempt = 1; ; attempt++) {
                int made = attempt - 1;
                Meter.Call call;
                try {
                    call = meter.begin(request).orElseThrow(() -> Meter.over(made));
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                calls.incrementAndGet();
                double fate, share;
                long completion;
                synchronized (random) {
                    fate = random.nextDouble();
                    share = random.nextDouble();
                    completion = random.nextInt(meter.replyTokens().orElse(5000) + 1);
                }
                Thread.yield();
                long prompt = Math.round(bytes * share);
                if (fate >= trouble) {
                    billed.add(price.of(prompt, completion));
                    call.answered(prompt, completion);
                    return new TeacherReply(share < 0.3 ? "no json" : REPLY, null, MODEL, prompt, completion, attempt);
                }
                if (fate < trouble / 2) {
                    call.refused();
                } else {
                    billed.add(share < 0.5 ? 0 : price.of(bytes, completion));
                    call.lost();
                }
                if (attempt == 3) throw new TeacherException("no luck", false, 3, null);
            }
        }

        private static final String REPLY = "{\"response\": \"A quiet street.\"}";

        @Override
        public String name() {
            return MODEL;
        }

        @Override
        public void close() {}
    }

    @Test
    void noCapIsEverCrossedInAThousandRuns() {
        var tasks = GenerationTask.of(Contexts.drawn(24), Prompts.of(ResponseType.SUMMARY), false, MODEL);
        int stoppedByMoney = 0, stoppedByCalls = 0, finished = 0;
        try (var ledger = new Ledger(folder.resolve("ledger.db"))) {
            for (int seed = 0; seed < 1000; seed++) {
                var random = new SplittableRandom(seed);
                double prompt = random.nextDouble() * 10, completion = random.nextDouble() * 40;
                var prices = Prices.standard().with(MODEL, prompt, completion);
                var limits = Limits.none().withReplyTokens(1 + random.nextInt(4000));
                if (random.nextInt(4) > 0) limits = limits.withUsd(random.nextDouble() * 2);
                if (random.nextInt(4) > 0) limits = limits.withCalls(random.nextInt(60));
                var settings = GenerationSettings.standard()
                        .withPrices(prices)
                        .withLimits(limits)
                        .withConcurrency(1 + random.nextInt(8));
                var teacher = new Gambler(seed, prices.of(MODEL).orElseThrow());
                var run = new GenerationRun(teacher, ledger, settings);
                try {
                    run.ask(tasks, GenerationProgress.start(0, tasks.size()), progress -> {});
                    finished++;
                } catch (CapReachedException e) {
                    assertEquals(teacher.calls.get(), e.calls());
                    if (e.calls() == limits.calls()) {
                        stoppedByCalls++;
                    } else {
                        stoppedByMoney++;
                        double mostOfOne = teacher.price.of(40_000, limits.replyTokens());
                        assertTrue(limits.usd() - e.usd() < mostOfOne, "stopped too soon: " + e.getMessage());
                    }
                } catch (TeacherException e) {
                    assertTrue(e.getMessage().startsWith("20 requests in a row"), e.getMessage());
                }
                assertTrue(teacher.calls.get() <= limits.calls(), "seed " + seed);
                assertTrue(teacher.billed.sum() <= limits.usd() + 1e-9, "seed " + seed + ": " + teacher.billed.sum());
            }
        }
        assertTrue(stoppedByMoney > 100 && stoppedByCalls > 100 && finished > 100, "each end is met often");
    }

    @Test
    void aRunStopsAtItsCapAndGoesOnLater() {
        try (var server = new ScriptedServer();
                var generator = new InstructionGenerator(server.teacher(), folder.resolve("ledger.db"))) {
            var contexts = Contexts.drawn(12);
            var capped = generator.withMostCalls(5);
            var e = assertThrows(CapReachedException.class, () -> capped.generate(contexts, ResponseType.SUMMARY));
            assertEquals(5, server.requests());
            assertEquals(7, e.left());
            assertEquals(5, capped.finished(contexts, ResponseType.SUMMARY).size());
            assertTrue(e.getMessage().contains("the cap of 5 calls"), e.getMessage());
            assertTrue(e.getMessage().contains("7 requests are left"), e.getMessage());
            assertEquals(12, generator.generate(contexts, ResponseType.SUMMARY).size());
            assertEquals(12, server.requests());
            assertEquals(
                    12,
                    generator
                            .withMostCalls(0)
                            .generate(contexts, ResponseType.SUMMARY)
                            .size(),
                    "all known");
        }
    }

    @Test
    void underACapInMoneyRequestsCarryTheTokenLimit() {
        try (var server = new ScriptedServer();
                var generator = new InstructionGenerator(server.teacher(), folder.resolve("ledger.db"))
                        .withPrices(Prices.standard().with("built-in", 2, 8))) {
            generator.generate(Contexts.drawn(1), ResponseType.SUMMARY);
            generator
                    .withLimits(Limits.none().withUsd(1).withReplyTokens(777))
                    .generate(Contexts.drawn(2), ResponseType.SUMMARY);
            assertFalse(body(server, 0).has("max_completion_tokens"));
            assertEquals(777, body(server, 1).get("max_completion_tokens").getAsInt());
            assertEquals(2, server.requests(), "the cap is no part of the fingerprint");
            var e = assertThrows(
                    CapReachedException.class,
                    () -> generator.withCap(0.001).generate(Contexts.drawn(3), ResponseType.SUMMARY));
            assertEquals(0, e.calls());
            assertEquals(2, server.requests());
        }
    }

    /** The built-in endpoint does not keep to the token limit. */
    @Test
    void aServerThatKeepsToNoTokenLimitIsFoundOut() {
        try (var server = new ScriptedServer();
                var generator = new InstructionGenerator(server.teacher(), folder.resolve("ledger.db"))
                        .withPrices(Prices.standard().with("built-in", 0, 1000))
                        .withConcurrency(1)
                        .withLimits(Limits.none().withUsd(1).withReplyTokens(2))) {
            var e = assertThrows(
                    CapReachedException.class, () -> generator.generate(Contexts.drawn(9), ResponseType.SUMMARY));
            assertTrue(e.getMessage().contains("does not keep to max_completion_tokens"), e.getMessage());
            assertEquals(1, server.requests());
            assertEquals(
                    1,
                    generator.finished(Contexts.drawn(9), ResponseType.SUMMARY).size());
        }
    }

    private static JsonObject body(ScriptedServer server, int i) {
        return new Gson().fromJson(server.bodies.get(i), JsonObject.class);
    }

    @Test
    void aCapInMoneyNeedsAPrice() {
        try (var teacher = Teacher.compatible("http://127.0.0.1:1/v1", "llama");
                var generator = new InstructionGenerator(teacher, folder.resolve("ledger.db"))) {
            var e = assertThrows(
                    IllegalArgumentException.class,
                    () -> generator.withCap(1).generate(Contexts.drawn(1), ResponseType.SUMMARY));
            assertTrue(e.getMessage().contains("Prices.standard().with(\"llama\""), e.getMessage());
        }
    }

    @Test
    void limitsAreCheckedAtTheDoor() {
        for (Runnable wrong : List.<Runnable>of(
                () -> Limits.none().withUsd(-1),
                () -> Limits.none().withUsd(Double.NaN),
                () -> Limits.none().withCalls(-1),
                () -> Limits.none().withRequestsPerSecond(0),
                () -> Limits.none().withTokensPerSecond(Double.NaN),
                () -> Limits.none().withReplyTokens(0))) {
            assertThrows(IllegalArgumentException.class, wrong::run);
        }
    }
}
