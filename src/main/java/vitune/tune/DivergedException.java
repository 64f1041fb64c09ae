package vitune.tune;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A step whose loss or gradient is not finite, or whose loss has left its curve ({@link LossWatch}). The step was not
 * made: weights and moments are those before it.
 */
public final class DivergedException extends ArithmeticException {
    private final int step;
    private final double loss;
    private final double gradNorm;
    private final List<String> samples;
    private final transient @Nullable Path kept;

    DivergedException(String stage, String what, int step, double loss, double gradNorm, List<String> samples) {
        this(
                stage + ", step " + step + ": " + what + " (loss " + loss + ", gradient norm " + gradNorm
                        + ") on samples " + String.join(", ", samples) + "; the weights are those before this step",
                step,
                loss,
                gradNorm,
                samples,
                null);
    }

    private DivergedException(
            String message, int step, double loss, double gradNorm, List<String> samples, @Nullable Path kept) {
        super(message);
        this.step = step;
        this.loss = loss;
        this.gradNorm = gradNorm;
        this.samples = List.copyOf(samples);
        this.kept = kept;
    }

    /** The same, and where the last good state is kept. */
    DivergedException kept(@Nullable Path file) {
        return file == null
                ? this
                : new DivergedException(getMessage() + ", kept in " + file, step, loss, gradNorm, samples, file);
    }

    /** The step that was not made, counted from 1. */
    public int step() {
        return step;
    }

    /** Its mean loss, in nats. */
    public double loss() {
        return loss;
    }

    /** Its gradient norm before clipping. */
    public double gradNorm() {
        return gradNorm;
    }

    /** The samples of its group, by id. */
    public List<String> samples() {
        return samples;
    }

    /** The file of the state before it; null for a run in memory, or where it could not be written. */
    public @Nullable Path kept() {
        return kept;
    }
}
