package vitune.evaluate;

import java.util.Locale;

/**
 * A share of right answers with its 95 % Wilson interval.
 *
 * <p>Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference". The interval stays
 * inside 0..1 and is honest at small n, where the usual plus-minus is not.
 *
 * @param right answers that match
 * @param n answers in all, 1 or more
 * @param chance what always giving the most frequent expected answer would score, 0..1
 */
public record Score(int right, int n, double chance) {
    private static final double Z = 1.959963984540054; // the 97.5 % quantile of the normal distribution

    /**
     * Checks the counts.
     *
     * @throws IllegalArgumentException if n is below 1, right is not in 0..n or chance is not in 0..1
     */
    public Score {
        if (n < 1) {
            throw new IllegalArgumentException("n must be >= 1, got " + n);
        }
        if (right < 0 || right > n) {
            throw new IllegalArgumentException("right must be in 0.." + n + ", got " + right);
        }
        if (!(chance >= 0 && chance <= 1)) {
            throw new IllegalArgumentException("chance must be in 0..1, got " + chance);
        }
    }

    /** The share that is right, 0..1. */
    public double accuracy() {
        return (double) right / n;
    }

    /** The lower end of the 95 % interval. */
    public double low() {
        return right == 0 ? 0 : centre() - halfWidth();
    }

    /** The upper end of the 95 % interval. */
    public double high() {
        return right == n ? 1 : centre() + halfWidth();
    }

    private double centre() {
        return (accuracy() + Z * Z / (2 * n)) / (1 + Z * Z / n);
    }

    private double halfWidth() {
        double p = accuracy();
        return Z / (1 + Z * Z / n) * Math.sqrt(p * (1 - p) / n + Z * Z / (4.0 * n * n));
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.3f [%.3f, %.3f] of %d", accuracy(), low(), high(), n);
    }
}
