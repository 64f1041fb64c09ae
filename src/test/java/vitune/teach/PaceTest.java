package vitune.teach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitune.data.ResponseType;

class PaceTest {
    private long now;

    @Test
    void noWindowHoldsMoreThanTheRate() {
        double rate = 50;
        var pace = new Pace(rate, () -> now);
        var random = new SplittableRandom(3);
        record Passed(double time, double amount) {}
        var passed = new ArrayList<Passed>();
        for (int i = 0; i < 600; i++) {
            now += random.nextInt(4) == 0 ? random.nextLong(300_000_000L) : 0; // bursts and pauses
            double amount = random.nextDouble() * 3;
            passed.add(new Passed((now + pace.take(amount)) / 1e9, amount));
        }
        passed.sort((a, b) -> Double.compare(a.time, b.time));
        double most = 0;
        for (int i = 0; i < passed.size(); i++) {
            double sum = 0;
            for (int j = i; j < passed.size(); j++) {
                sum += passed.get(j).amount;
                double seconds = passed.get(j).time - passed.get(i).time;
                assertTrue(sum <= rate * (seconds + 0.1) + 3 + 1e-6, sum + " in " + seconds + " s");
                if (seconds > 1) most = Math.max(most, sum / seconds);
            }
        }
        assertTrue(most > 0.9 * rate, "the rate is used: " + most);
    }

    @Test
    void usageCorrectsTheGuess() {
        var pace = new Pace(10, () -> now);
        assertEquals(0, pace.take(100));
        pace.correct(-90);
        assertEquals(1_000_000_000L, pace.take(1), "ten of ten a second are used");
        assertEquals(0, new Pace(Double.POSITIVE_INFINITY, () -> now).take(1e9));
    }

    @Test
    void allThreadsShareTheRate(@TempDir Path folder) {
        try (var server = new ScriptedServer();
                var generator = new InstructionGenerator(server.teacher(), folder.resolve("ledger.db"))) {
            long start = System.nanoTime();
            generator
                    .withLimits(Limits.none().withRequestsPerSecond(10))
                    .generate(Contexts.drawn(13), ResponseType.SUMMARY);
            double seconds = (System.nanoTime() - start) / 1e9;
            assertTrue(seconds >= 1.2, "13 requests at 10 a second took " + seconds + " s");
        }
    }

    @Test
    void waitsDoubleAndAreSpread() {
        var retry = new Retry(9, Duration.ofMillis(100), Duration.ofSeconds(1));
        for (int attempt = 1; attempt < 9; attempt++) {
            long longest = Math.min(1000, 100L << (attempt - 1));
            var waits = new TreeSet<Long>();
            for (int i = 0; i < 200; i++) waits.add(retry.after(attempt).toMillis());
            assertTrue(waits.first() >= longest / 2 && waits.last() <= longest, waits.toString());
            assertTrue(waits.last() - waits.first() > longest / 3, "threads do not come back together: " + waits);
        }
    }
}
