package vitune.teach;

import java.util.function.LongSupplier;

/**
 * So much a second, for all threads together: a bucket that fills at the rate and holds a tenth of a second of it. In
 * any t seconds at most rate · (t + 0.1) passes, and the one amount that was let through last.
 */
final class Pace {
    private static final double BURST = 0.1; // seconds

    private final double perSecond;
    private final LongSupplier nanos;
    private final long start;
    /** When the bucket is level again, in seconds from the start. */
    private double level;

    Pace(double perSecond, LongSupplier nanos) {
        this.perSecond = perSecond;
        this.nanos = nanos;
        start = nanos.getAsLong();
    }

    boolean limited() {
        return perSecond != Double.POSITIVE_INFINITY;
    }

    /** Takes an amount, and says how many nanoseconds to wait before using it. */
    synchronized long take(double amount) {
        if (!limited()) return 0;
        double now = (nanos.getAsLong() - start) / 1e9;
        level = Math.max(level, now - BURST);
        double wait = Math.max(0, level - now);
        level += amount / perSecond;
        return Math.round(wait * 1e9);
    }

    /** More was used than taken, or less. */
    synchronized void correct(double amount) {
        if (limited()) level += amount / perSecond;
    }
}
