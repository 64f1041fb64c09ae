package vitune.tune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import vitune.model.Batch;
import vitune.model.VisionLanguageModel;
import vitune.tensor.Gradients;
import vitune.tensor.Kernels;

/** Forward and backward: what samples teach is added to the gradients of the weights in training. */
record Learner(VisionLanguageModel model, Stage stage) {
    /**
     * Gathers the gradients of a group, one forward pass after the other, times the scale.
     *
     * @return its mean loss: over the supervised tokens of the whole group, however it is cut
     */
    double learn(Examples examples, Examples.Group group, int step, LossScale scale) {
        double sum = 0;
        int pass = 0;
        for (List<List<Integer>> rows : examples.passes(stage, group)) {
            sum += learn(
                    manager -> examples.batch(rows, manager),
                    scale.factor() / group.supervisedTokens(),
                    seed(step, pass++));
        }
        return sum / group.supervisedTokens();
    }

    /**
     * Adds the gradients of one batch, times a factor; all that was made on the way is freed.
     *
     * @param batch makes the batch, from arrays of the manager it is given
     * @param seed of what is drawn by chance
     * @return the loss, summed over the supervised tokens of this batch
     */
    double learn(Function<NDManager, Batch> batch, double factor, long seed) {
        try (NDScope scope = new NDScope();
                NDManager manager = model.manager().newSubManager();
                Gradients gradients = Gradients.record(seed, stage.recompute())) {
            scope.suppressNotUsedWarning();
            NDArray loss = model.lossSum(batch.apply(manager), stage.precision());
            gradients.backward(Kernels.scale(loss, factor));
            return loss.getFloat();
        }
    }

    /** What a pass draws by chance follows from its place, so that a run goes on to the bit. */
    private long seed(int step, int pass) {
        return new SplittableRandom(stage.seed()).nextLong() + 1_000_003L * step + pass;
    }
}
