package vitune.tune;

import static java.util.Objects.requireNonNull;

import java.util.function.Consumer;
import tech.tablesaw.api.Table;
import vitune.model.Part;
import vitune.tensor.Engines;
import vitune.tensor.Precision;

/**
 * One stage of training: what is trained, and every hyperparameter with its place in the paper. Immutable; the
 * {@code withX} methods give a changed copy.
 *
 * <p>The defaults are the paper's, for models of 7 B parameters and more. {@link #tiny()} gives the values that suit the
 * 2.6-million-parameter model in {@code data/tiny}.
 *
 * @param name "align" or "instruct", or a name of your own in letters, digits, '_', '-' and '.': it names files and charts
 * @param plan which parts are trained
 * @param epochs passes over the data, >= 1
 * @param learningRate peak learning rate of AdamW, > 0, finite
 * @param batch samples in one optimiser step, >= 1
 * @param microBatch samples in one forward pass, 1..batch; changes memory, never the result beyond rounding
 * @param warmupRatio share of the steps in which the learning rate rises linearly from 0, in [0, 1)
 * @param weightDecay AdamW's decoupled weight decay, >= 0, finite
 * @param beta2 AdamW's second-moment decay, in (0, 1); the first is 0.9
 * @param maxGradNorm the global gradient norm is clipped to this, > 0; infinity clips nothing
 * @param precision what the forward and backward passes compute in, bf16 on a GPU and f32 on a CPU unless said
 *     otherwise; master weights, norm statistics, softmax and losses are always f32, and in f16 the loss is scaled
 * @param recompute whether layers are computed again on the way back, which takes a third more work and the memory of one
 *     layer in place of all
 * @param packed whether short samples stand one behind the other in a row, none seeing another; changes time and memory,
 *     never the result beyond rounding; not for T5
 * @param seed orders the samples, and draws fresh adapters and dropout
 */
public record Stage(
        String name,
        FreezePlan plan,
        int epochs,
        double learningRate,
        int batch,
        int microBatch,
        double warmupRatio,
        double weightDecay,
        double beta2,
        double maxGradNorm,
        Precision precision,
        boolean recompute,
        boolean packed,
        long seed) {

    public Stage {
        requireNonNull(plan, "plan must not be null");
        requireNonNull(precision, "precision must not be null");
        require(
                requireNonNull(name, "name must not be null").matches("\\w[\\w.-]*"),
                "name must be letters, digits, '_', '-' or '.', the last two not first, got \"" + name + "\"");
        require(epochs >= 1, "epochs must be >= 1, got " + epochs);
        require(
                learningRate > 0 && learningRate < Double.POSITIVE_INFINITY,
                "learningRate must be > 0 and finite, got " + learningRate);
        require(batch >= 1, "batch must be >= 1, got " + batch);
        require(microBatch >= 1 && microBatch <= batch, "microBatch must be in 1.." + batch + ", got " + microBatch);
        require(warmupRatio >= 0 && warmupRatio < 1, "warmupRatio must be in [0, 1), got " + warmupRatio);
        require(
                weightDecay >= 0 && weightDecay < Double.POSITIVE_INFINITY,
                "weightDecay must be >= 0 and finite, got " + weightDecay);
        require(beta2 > 0 && beta2 < 1, "beta2 must be in (0, 1), got " + beta2);
        require(maxGradNorm > 0, "maxGradNorm must be > 0, got " + maxGradNorm);
    }

    /**
     * Stage 1, feature alignment on captions: 1 epoch, learning rate 2e-3, batch 128, 3 % warm-up, no weight decay.
     * Source: paper §4.2 and appendix C.
     */
    public static Stage align() {
        Draft stage = ofBoth("align", FreezePlan.align()); // paper §4.2, stage 1
        stage.epochs = 1; // paper, appendix C
        stage.learningRate = 2e-3; // paper, appendix C
        stage.batch = 128; // paper, appendix C
        return stage.stage();
    }

    /**
     * Stage 2, instruction tuning: 3 epochs, learning rate 2e-5, batch 32, 3 % warm-up, no weight decay.
     * Source: paper §4.2 and appendix C (the released script says batch 128 and 1 epoch for LLaVA-1.5).
     */
    public static Stage instruct() {
        Draft stage = ofBoth("instruct", FreezePlan.instruct()); // paper §4.2, stage 2
        stage.epochs = 3; // paper, appendix C
        stage.learningRate = 2e-5; // paper, appendix C
        stage.batch = 32; // paper, appendix C
        return stage.stage();
    }

    /** What the paper's two stages have in common. */
    private static Draft ofBoth(String name, FreezePlan plan) {
        Draft stage = new Draft(name, plan, Engines.usualPrecision()); // paper, appendix C: bf16, on GPUs
        stage.microBatch = 32; // ours: changes memory, not the result
        stage.warmupRatio = 0.03; // paper, appendix C
        stage.weightDecay = 0; // paper, appendix C
        stage.beta2 = 0.999; // the paper names none: the default of transformers' trainer
        stage.maxGradNorm = 1; // the paper names none: the default of transformers' trainer
        stage.recompute = false; // ours: changes memory and time, not the result
        stage.packed = false; // ours: changes memory and time, not the result
        stage.seed = 0; // ours
        return stage;
    }

    /**
     * This stage for the tiny model, which has a few thousand times fewer weights: alignment in batches of 32 for two
     * epochs, five epochs of instruction tuning at a learning rate of 1e-3. <i>Differs:</i> from the paper in just these.
     */
    public Stage tiny() {
        return aligns() ? withBatch(32).withEpochs(2) : withLearningRate(1e-3).withEpochs(5);
    }

    public Stage withName(String name) {
        return with(draft -> draft.name = name);
    }

    public Stage withPlan(FreezePlan plan) {
        return with(draft -> draft.plan = plan);
    }

    public Stage withEpochs(int epochs) {
        return with(draft -> draft.epochs = epochs);
    }

    public Stage withLearningRate(double learningRate) {
        return with(draft -> draft.learningRate = learningRate);
    }

    /** Sets the batch, and the micro-batch to the same or less. */
    public Stage withBatch(int batch) {
        return with(draft -> {
            draft.batch = batch;
            draft.microBatch = Math.min(microBatch, batch);
        });
    }

    public Stage withMicroBatch(int microBatch) {
        return with(draft -> draft.microBatch = microBatch);
    }

    public Stage withWarmupRatio(double warmupRatio) {
        return with(draft -> draft.warmupRatio = warmupRatio);
    }

    public Stage withWeightDecay(double weightDecay) {
        return with(draft -> draft.weightDecay = weightDecay);
    }

    public Stage withMaxGradNorm(double maxGradNorm) {
        return with(draft -> draft.maxGradNorm = maxGradNorm);
    }

    public Stage withPrecision(Precision precision) {
        return with(draft -> draft.precision = precision);
    }

    public Stage withRecompute(boolean recompute) {
        return with(draft -> draft.recompute = recompute);
    }

    /** Whether several samples may stand in a row. */
    public Stage withPacked(boolean packed) {
        return with(draft -> draft.packed = packed);
    }

    public Stage withSeed(long seed) {
        return with(draft -> draft.seed = seed);
    }

    /**
     * Every setting beside the paper's, and where it stands: columns {@code setting}, {@code value}, {@code paper},
     * {@code source}. The paper's stage is the one that trains the language model or the one that does not.
     */
    public Table table() {
        return StageTable.of(this, aligns() ? align() : instruct());
    }

    private boolean aligns() {
        return plan.language().equals(Treatment.FROZEN);
    }

    /** The peak learning rate of a part. */
    public double learningRate(Part part) {
        Double own = plan.of(part).learningRate();
        return own == null ? learningRate : own;
    }

    /** The learning-rate schedule over a number of optimiser steps. */
    public Schedule schedule(int steps) {
        return new Schedule(learningRate, steps, (int) Math.ceil(warmupRatio * steps));
    }

    /** A changed copy. */
    private Stage with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.stage();
    }

    /** A stage that is being written down or changed. */
    private static final class Draft {
        String name;
        FreezePlan plan;
        int epochs;
        double learningRate;
        int batch;
        int microBatch;
        double warmupRatio;
        double weightDecay;
        double beta2;
        double maxGradNorm;
        Precision precision;
        boolean recompute;
        boolean packed;
        long seed;

        Draft(String name, FreezePlan plan, Precision precision) {
            this.name = name;
            this.plan = plan;
            this.precision = precision;
        }

        Draft(Stage stage) {
            this(stage.name, stage.plan, stage.precision);
            epochs = stage.epochs;
            learningRate = stage.learningRate;
            batch = stage.batch;
            microBatch = stage.microBatch;
            warmupRatio = stage.warmupRatio;
            weightDecay = stage.weightDecay;
            beta2 = stage.beta2;
            maxGradNorm = stage.maxGradNorm;
            recompute = stage.recompute;
            packed = stage.packed;
            seed = stage.seed;
        }

        Stage stage() {
            return new Stage(
                    name,
                    plan,
                    epochs,
                    learningRate,
                    batch,
                    microBatch,
                    warmupRatio,
                    weightDecay,
                    beta2,
                    maxGradNorm,
                    precision,
                    recompute,
                    packed,
                    seed);
        }
    }

    private static void require(boolean ok, String message) {
        if (!ok) {
            throw new IllegalArgumentException(message);
        }
    }
}
