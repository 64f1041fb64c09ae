package vitune.hub;

import java.io.IOException;
import java.time.Duration;
import javax.net.ssl.SSLHandshakeException;

/**
 * How often and when a passing fault is tried again.
 *
 * @param attempts attempts in all that bring nothing, 1 or more
 * @param first the first wait; each later one doubles
 * @param longest the longest wait that is put up with, also when the server names it
 * @param silence how long a server may say nothing before it counts as gone
 */
record Patience(int attempts, Duration first, Duration longest, Duration silence) {
    static final Patience STANDARD =
            new Patience(5, Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofSeconds(30));

    Patience once() {
        return new Patience(1, first, longest, silence);
    }

    /** Something that may fail for a while. */
    interface Attempt<T> {
        T make(Tries tries) throws IOException, InterruptedException;
    }

    /**
     * The result of the first attempt that succeeds.
     *
     * @throws Unreachable after the last attempt, or where the server asks for too long a wait
     */
    <T> T keepTrying(String what, Attempt<T> attempt) throws InterruptedException {
        var tries = new Tries();
        while (true) {
            try {
                return attempt.make(tries);
            } catch (IOException e) {
                Thread.sleep(tries.failed(what, e).toMillis());
            }
        }
    }

    /** The attempts so far. */
    final class Tries {
        private int failures;
        private long best;

        /** So many bytes are here; where they are more than ever before, the line is bad, but not dead. */
        void at(long bytes) {
            if (bytes > best) {
                best = bytes;
                failures = 0;
            }
        }

        private Duration failed(String what, IOException e) {
            failures++;
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            var named = e instanceof PassingFault fault ? fault.retryAfter() : null;
            if (named != null && named.compareTo(longest) > 0) {
                throw new Unreachable(
                        what + ": " + why + " and asks to wait " + named.toSeconds() + " s: run again later", e);
            }
            if (failures >= attempts || e instanceof SSLHandshakeException) {
                String times = failures == 1 ? "1 attempt" : failures + " attempts";
                throw new Unreachable(what + ": " + why + " (" + times + ")", e);
            }
            var wait = first.multipliedBy(1L << Math.min(failures - 1, 16));
            if (named != null) {
                return named;
            }
            return wait.compareTo(longest) > 0 ? longest : wait;
        }
    }
}
