package vitune.tune;

import java.util.Locale;

/**
 * What one optimiser step did.
 *
 * @param step counted from 1
 * @param steps steps in the whole stage
 * @param loss mean cross-entropy over the group's supervised tokens, in nats
 * @param learningRate of this step
 * @param gradNorm global gradient norm before clipping
 * @param samples samples in the group
 * @param supervisedTokens tokens that carried a label, over the whole group
 * @param tokens all tokens that were read, image tokens included, padding not
 * @param stepSeconds of this step alone
 * @param seconds of all steps so far, those before an interrupt included; saving and showing are not counted
 * @param memoryMiB what is held now: resident set on a CPU, taken memory of a GPU; -1 where the system does not tell
 * @param peakMiB the most that was held so far by this process; -1 where the system does not tell
 */
public record Step(
        int step,
        int steps,
        double loss,
        double learningRate,
        double gradNorm,
        int samples,
        long supervisedTokens,
        long tokens,
        double stepSeconds,
        double seconds,
        long memoryMiB,
        long peakMiB) {

    /** All tokens by this step's time. */
    public double tokensPerSecond() {
        return tokens / stepSeconds;
    }

    /** Samples by this step's time. */
    public double samplesPerSecond() {
        return samples / stepSeconds;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "step %d/%d loss %.4f lr %.2e norm %.2f", step, steps, loss, learningRate, gradNorm);
    }
}
