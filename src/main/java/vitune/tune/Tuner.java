package vitune.tune;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import vitune.data.InstructionSet;
import vitune.model.Part;
import vitune.model.VisionLanguageModel;
import vitune.tensor.DeviceMemory;
import vitune.tensor.Engines;
import vitune.tensor.Gradients;
import vitune.tensor.Kernels;
import vitune.tensor.Parameters;

/**
 * Runs the stages of a model. One loop serves alignment and instruction tuning alike: what differs is in the
 * {@link Stage}.
 *
 * <pre>{@code
 * var tuner = new Tuner(model, Path.of("runs/first"));
 * var align = tuner.run(Stage.align().tiny(), captions);
 * var instruct = tuner.run(Stage.instruct().tiny(), conversations);
 * }</pre>
 */
public final class Tuner {
    private static final int STEPS_BETWEEN_SAVES = 50;

    private final VisionLanguageModel model;
    private final @Nullable Path folder;
    private final Consumer<Step> onStep;
    private final IntConsumer onPicture;
    private final FeatureCache features;

    /** Trains a model in memory; nothing is written. */
    public Tuner(VisionLanguageModel model) {
        this(model, null, step -> {}, seen -> {}, FeatureCache.fastest());
    }

    /** Trains a model, and keeps in a folder what a cut run needs to go on: {@code <stage>/state.safetensors}. */
    public Tuner(VisionLanguageModel model, Path folder) {
        this(model, folder, step -> {}, seen -> {}, FeatureCache.fastest());
    }

    private Tuner(
            VisionLanguageModel model,
            @Nullable Path folder,
            Consumer<Step> onStep,
            IntConsumer onPicture,
            FeatureCache features) {
        this.model = model;
        this.folder = folder;
        this.onStep = onStep;
        this.onPicture = onPicture;
        this.features = features;
    }

    /** The same tuner that also tells a listener of every step: a progress bar, a live chart. */
    public Tuner onStep(Consumer<Step> listener) {
        return new Tuner(model, folder, onStep.andThen(listener), onPicture, features);
    }

    /** The same tuner that also tells a listener how many pictures a frozen encoder has seen, before the first step. */
    public Tuner onPicture(IntConsumer listener) {
        return new Tuner(model, folder, onStep, onPicture.andThen(listener), features);
    }

    /** The same tuner that keeps what a frozen encoder sees in this place; {@link FeatureCache#fastest()} by default. */
    public Tuner withFeatureCache(FeatureCache cache) {
        return new Tuner(model, folder, onStep, onPicture, cache);
    }

    /**
     * Trains the parts of the stage's plan on the data. If the folder holds the state of this very run (same stage, data,
     * pictures, template and starting weights), it goes on from there, to the same bits.
     *
     * @throws IllegalStateException if the forecast does not fit the device's memory, or memory runs out all the same; it
     *     names three ways to make it fit
     * @throws CancellationException if the thread was interrupted; the state is saved, and the same call goes on
     * @throws ArithmeticException if a loss or gradient is not finite; the weights are those before the bad step
     */
    public TuningRun run(Stage stage, InstructionSet data) {
        stage.plan().prepare(model, stage.seed());
        if (model.parameters().select(stage.plan().trained()).size() == 0) {
            throw new IllegalArgumentException("the plan trains nothing: " + stage.plan());
        }
        TuningForecast forecast = TuningForecast.of(model, stage, data);
        forecast.requireFits();
        try {
            return train(stage, data);
        } catch (EngineException e) {
            if (DeviceMemory.ranOut(e)) throw forecast.ranOut(DeviceMemory.complaint(e), e);
            throw e;
        }
    }

    private TuningRun train(Stage stage, InstructionSet data) {
        Parameters all = model.parameters();
        Parameters trained = all.select(stage.plan().trained());
        Parameters frozen = all.select(stage.plan().trained().negate());
        String start = all.hash();
        String before = frozen.hash();
        all.train(stage.plan().trained());
        Gradients.zero(trained.arrays()); // of a step that failed before
        try (Examples examples = new Examples(model, data, stage, features, onPicture);
                AdamW optimizer = new AdamW(
                        trained,
                        name -> stage.learningRate(Part.of(name)) / stage.learningRate(),
                        stage.beta2(),
                        stage.weightDecay(),
                        stage.maxGradNorm(),
                        model.manager())) {
            optimizer.scale(LossScale.of(stage.precision()));
            Schedule schedule = stage.schedule(examples.steps(stage));
            TuningState state = state(stage, examples.hash() + start + model.config() + model.processor());
            List<Step> steps = state == null ? new ArrayList<>() : state.restore(optimizer, model.manager());
            steps.forEach(onStep); // a run that goes on shows its whole curve
            double earlier = steps.isEmpty() ? 0 : steps.get(steps.size() - 1).seconds();
            long began = System.nanoTime();
            while (steps.size() < schedule.steps()) {
                int index = steps.size();
                Examples.Group group = examples.group(stage, index);
                double rate = schedule.learningRate(index);
                double[] lossAndNorm = step(stage, index, examples, group, optimizer, rate);
                double seconds = earlier + (System.nanoTime() - began) / 1e9;
                steps.add(new Step(
                        index + 1,
                        schedule.steps(),
                        lossAndNorm[0],
                        rate,
                        lossAndNorm[1],
                        group.supervisedTokens(),
                        seconds));
                onStep.accept(steps.get(index));
                boolean interrupted = Thread.interrupted();
                if (state != null
                        && (interrupted
                                || steps.size() % STEPS_BETWEEN_SAVES == 0
                                || steps.size() == schedule.steps())) {
                    state.save(optimizer, steps);
                }
                if (interrupted) {
                    throw new CancellationException(stage.name() + " was interrupted after step " + steps.size()
                            + " of " + schedule.steps()
                            + (state == null ? "" : "; the same call goes on from there (" + state.file() + ")"));
                }
            }
            return finish(
                    new TuningRun(
                            stage,
                            steps,
                            data.size(),
                            examples.hash(),
                            start,
                            all.hash(),
                            trained.count(),
                            frozen.count(),
                            Engines.versions(),
                            examples.features()),
                    optimizer,
                    before.equals(frozen.hash()));
        } finally {
            all.train(name -> false);
        }
    }

    /** One optimiser step: the loss is the mean over the supervised tokens of the whole group, however it is cut. */
    private double[] step(
            Stage stage, int index, Examples examples, Examples.Group group, AdamW optimizer, double rate) {
        while (true) {
            double loss = backward(stage, index, examples, group, optimizer.scale()) / group.supervisedTokens();
            boolean again = Double.isFinite(loss) && optimizer.scale().canFall();
            double norm = optimizer.attempt(rate);
            if (Double.isFinite(norm)) return new double[] {loss, norm};
            if (again) continue; // an overflow in f16: the same samples at half the scale
            throw new ArithmeticException(stage.name() + ": the gradient norm is " + norm + ", loss " + loss
                    + ", on samples " + examples.names(group.samples()));
        }
    }

    /** Gathers the gradients of a group, times the scale; returns the sum of its losses. */
    private double backward(Stage stage, int index, Examples examples, Examples.Group group, LossScale scale) {
        double sum = 0;
        int pass = 0;
        for (List<List<Integer>> rows : examples.passes(stage, group)) {
            try (NDScope scope = new NDScope();
                    NDManager manager = model.manager().newSubManager();
                    Gradients gradients = Gradients.record(chance(stage, index, pass++), stage.recompute())) {
                scope.suppressNotUsedWarning();
                NDArray loss = model.lossSum(examples.batch(rows, manager), stage.precision());
                gradients.backward(Kernels.scale(loss.div(group.supervisedTokens()), scale.factor()));
                sum += loss.getFloat();
            }
        }
        return sum;
    }

    /** The seed of what a micro-batch draws by chance: it follows from its place, so that a run goes on to the bit. */
    private static long chance(Stage stage, int step, int pass) {
        return new SplittableRandom(stage.seed()).nextLong() + 1_000_003L * step + pass;
    }

    private TuningRun finish(TuningRun run, AdamW optimizer, boolean frozenUnchanged) {
        if (!frozenUnchanged) {
            throw new IllegalStateException(run.stage().name() + " changed weights that its plan keeps frozen: "
                    + run.stage().plan());
        }
        if (!optimizer.unreached().isEmpty()) {
            throw new IllegalStateException(
                    run.stage().name() + " was to train, but no gradient reached: " + optimizer.unreached());
        }
        if (folder != null) {
            run.save(folder.resolve(run.stage().name()).resolve("run.json"));
        }
        return run;
    }

    private @Nullable TuningState state(Stage stage, String material) {
        if (folder == null) {
            return null;
        }
        try {
            Path place = Files.createDirectories(folder.resolve(stage.name()));
            byte[] key =
                    MessageDigest.getInstance("SHA-256").digest((stage + material).getBytes(StandardCharsets.UTF_8));
            return new TuningState(
                    place.resolve("state.safetensors"), HexFormat.of().formatHex(key));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to " + folder, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
