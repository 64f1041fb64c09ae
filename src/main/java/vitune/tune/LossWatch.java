package vitune.tune;

import java.util.Arrays;
import java.util.List;

/**
 * Tells a loss that has left its curve. The rule looks at the losses before alone, so a run that goes on judges alike.
 *
 * <p>A spike is a loss that is higher than each of the first twenty, and higher than {@code q · r}: m is the median and q
 * the ninth decile of the last {@code window} losses, and r = (q / m)³, but at least {@code factor} and at most its square.
 * So it is {@code factor} times the common height of a smooth curve, more where the curve is rough. Groups of one or two
 * samples whose losses are seldom, but then by far, higher than usual are not for this rule: switch it {@link #off}.
 *
 * <p>A run is lost if half of its last twenty losses, and the next one, are higher than {@code factor} times its first, the
 * only one before any update, and higher than {@value #GUESS} nats: more than a blind guess among 250,000 words costs.
 *
 * <p>Before the twenty-first step nothing is either. What is not told: a run that forgets what it knew and stays at the
 * loss of a guess, since hard data look the same. On 18 recorded runs that it was not made with (models of a few thousand
 * to 2.6 million weights, two samples a step, rates up to ruinous), it stopped five of the seven that ended above their
 * beginning or not finite, two of these only when they were not finite, and missed two that had forgotten; of the eleven
 * that ended below, it stopped one, which came back from 98 nats.
 *
 * <p><i>Differs:</i> the paper has no such rule. Its aim is to waste no days, not to judge a curve: losses of ordinary
 * training pass, and one that is not finite stops a run with or without it.
 *
 * @param factor > 1; infinity for no rule; 3 by default
 * @param window losses that are looked back at, at least 20; 50 by default
 */
public record LossWatch(double factor, int window) {
    private static final int FIRST = 20; // steps
    private static final double GUESS = 12.5; // nats
    private static final double LEAST = 1e-6; // nats, so that a ratio can be formed

    public LossWatch {
        if (!(factor > 1)) {
            throw new IllegalArgumentException("factor must be > 1, got " + factor);
        }
        if (window < FIRST) {
            throw new IllegalArgumentException("window must be >= " + FIRST + ", got " + window);
        }
    }

    /** Three times the common height of the last fifty losses, or three times the first. */
    public static LossWatch standard() {
        return new LossWatch(3, 50);
    }

    /** No loss is a spike, if only it is finite. */
    public static LossWatch off() {
        return new LossWatch(Double.POSITIVE_INFINITY, FIRST);
    }

    /** The highest loss that the next step may have, in nats; the largest finite number while there is no telling. */
    double limit(List<Step> before) {
        if (before.size() < FIRST || factor == Double.POSITIVE_INFINITY) {
            return Double.MAX_VALUE;
        }
        double[] last = losses(before.subList(Math.max(0, before.size() - window), before.size()));
        double median = last[last.length / 2];
        double high = last[last.length * 9 / 10];
        double[] first = losses(before.subList(0, FIRST));
        double rough = Math.min(factor * factor, Math.max(factor, Math.pow(high / median, 3)));
        double spike = Math.max(first[FIRST - 1], high * rough);
        double ruin = Math.max(GUESS, factor * before.get(0).loss());
        double[] recent = losses(before.subList(before.size() - FIRST, before.size()));
        return recent[FIRST / 2] > ruin ? Math.min(spike, ruin) : spike;
    }

    /** In ascending order. */
    private static double[] losses(List<Step> steps) {
        double[] losses =
                steps.stream().mapToDouble(step -> Math.max(LEAST, step.loss())).toArray();
        Arrays.sort(losses);
        return losses;
    }
}
