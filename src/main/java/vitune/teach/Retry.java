package vitune.teach;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How often and when a passing fault is tried again.
 *
 * @param attempts calls in all, 1 or more
 * @param first the first wait; each later one doubles, and is cut by up to a half at random (jitter)
 * @param longest the longest wait that is put up with, also when the server names it
 */
record Retry(int attempts, Duration first, Duration longest) {
    static final Retry STANDARD = new Retry(6, Duration.ofMillis(500), Duration.ofMinutes(2));

    /** The wait after the n-th failed attempt, where the server names none. */
    Duration after(int attempt) {
        var wait = first.multipliedBy(1L << Math.min(attempt - 1, 16));
        if (wait.compareTo(longest) > 0) wait = longest;
        return Duration.ofNanos(
                (long) (wait.toNanos() * (0.5 + ThreadLocalRandom.current().nextDouble() / 2)));
    }
}
