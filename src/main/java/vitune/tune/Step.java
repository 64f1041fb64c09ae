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
 * @param supervisedTokens tokens that carried a label, over the whole group
 * @param seconds of training so far, those before an interrupt included
 */
public record Step(
        int step, int steps, double loss, double learningRate, double gradNorm, long supervisedTokens, double seconds) {
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "step %d/%d loss %.4f lr %.2e norm %.2f", step, steps, loss, learningRate, gradNorm);
    }
}
