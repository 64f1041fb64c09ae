package vitune.tune;

import java.time.Duration;

/**
 * When a run in a folder saves its state, and how many states it keeps. A state holds the trained weights, the
 * optimiser's moments and every step so far; schedule, order of the data and all that is drawn by chance follow from
 * the seed and the step. It is also saved on an interrupt, and before a step that diverged. At the end of a run its weights
 * take the place of its states, so that the same call gives the same model at once; they stay until the run's folder is
 * deleted, as do the states of a run that was not brought to its end. {@link Runs#table} says what each takes.
 *
 * @param every time between two saves, >= 0: a minute by default, so a crash costs a minute at most; where writing takes
 *     longer than three seconds, twenty times as long as the last one took; 0 saves after every step
 * @param kept the newest states that stay on the disk, at least 1; two by default, so that a damaged one does not end a run
 */
public record Saving(Duration every, int kept) {
    public Saving {
        if (every.isNegative()) {
            throw new IllegalArgumentException("every must be >= 0, got " + every);
        }
        if (kept < 1) {
            throw new IllegalArgumentException("kept must be >= 1, got " + kept);
        }
    }

    /** Every minute, the last two. */
    public static Saving standard() {
        return new Saving(Duration.ofMinutes(1), 2);
    }

    /** Whether it is time.
     *
     * @param since nanoseconds since the last save ended
     * @param cost nanoseconds that it took
     */
    boolean due(long since, long cost) {
        return every.isZero() || since >= Math.max(every.toNanos(), 20 * cost);
    }
}
