package vitune.evaluate;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * 95 % intervals of anything that is computed from rows, by drawing the rows again with replacement.
 *
 * <p>Source: Efron 1979, percentile method. The draws are always the same ones: the same rows give the same interval.
 */
final class Bootstrap {
    private static final int DRAWS = 1000;
    private static final long SEED = 20230417;

    private Bootstrap() {}

    /**
     * The ends of the interval.
     *
     * @param statistic of the numbers of the drawn rows; draws for which it is NaN do not count
     * @param strata rows that are drawn among themselves, stratum after stratum; the numbers go on from one to the next
     * @return low and high; both NaN if there is no draw that counts
     */
    static double[] interval(ToDoubleFunction<int[]> statistic, int... strata) {
        SplittableRandom random = new SplittableRandom(SEED);
        int[] drawn = new int[Arrays.stream(strata).sum()];
        double[] values = new double[DRAWS];
        for (int draw = 0; draw < DRAWS; draw++) {
            int from = 0;
            for (int rows : strata) {
                for (int i = from; i < from + rows; i++) {
                    drawn[i] = from + random.nextInt(rows);
                }
                from += rows;
            }
            values[draw] = statistic.applyAsDouble(drawn);
        }
        double[] sorted = Arrays.stream(values)
                .filter(value -> !Double.isNaN(value))
                .sorted()
                .toArray();
        return new double[] {quantile(sorted, 0.025), quantile(sorted, 0.975)};
    }

    /** Between two values in proportion. */
    private static double quantile(double[] sorted, double share) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        double place = share * (sorted.length - 1);
        int below = (int) place;
        double above = sorted[Math.min(below + 1, sorted.length - 1)];
        return sorted[below] + (place - below) * (above - sorted[below]);
    }
}
