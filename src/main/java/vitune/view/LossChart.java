package vitune.view;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import vitune.tune.TuningRun;

/** Loss by step: each run as a smooth line over its raw, faint one. */
public final class LossChart {
    private static final String TITLE = "Loss per token, in nats";
    private static final String PATTERN = "0.##";

    private LossChart() {}

    /** One run. */
    public static Picture of(String run, double... losses) {
        return of(Map.of(run, losses));
    }

    /** Runs as the tuner returns them; two of one stage are numbered. */
    public static Picture of(TuningRun... runs) {
        return of(Curves.byStage(TuningRun::losses, runs));
    }

    /**
     * Several runs over the same axis of steps.
     *
     * @param runs name of each run and its loss at each step, the first being step 1; NaN leaves a gap
     * @throws IllegalArgumentException if there are no runs, or a run holds no finite loss
     */
    public static Picture of(Map<String, double[]> runs) {
        return of(
                runs,
                runs.values().stream().mapToInt(losses -> losses.length).max().orElse(1));
    }

    /** With an axis as long as the run will be, whatever is done of it. */
    static Picture of(Map<String, double[]> runs, int steps) {
        return sheet(runs, steps, new Curves(TITLE, PATTERN));
    }

    /** One of two in a stack. */
    static Picture upper(Map<String, double[]> runs, int steps) {
        return sheet(runs, steps, new Curves(TITLE, PATTERN, 250, 70, true));
    }

    private static Picture sheet(Map<String, double[]> runs, int steps, Curves curves) {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("a loss chart needs at least one run, got none");
        }
        runs.forEach((run, losses) -> {
            if (Arrays.stream(losses).noneMatch(Double::isFinite)) {
                throw new IllegalArgumentException(
                        "run '" + run + "' has no finite loss among " + losses.length + " steps");
            }
        });
        StringBuilder ends = new StringBuilder();
        runs.forEach((run, losses) -> {
            double[] smooth = Curves.smooth(losses);
            ends.append(ends.isEmpty() ? "" : "; ")
                    .append(run)
                    .append(String.format(
                            Locale.ROOT, " %.3f after %d steps", smooth[smooth.length - 1], losses.length));
        });
        return curves.picture(runs, steps, "loss: " + ends);
    }
}
