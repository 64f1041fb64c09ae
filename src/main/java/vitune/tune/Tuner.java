package vitune.tune;

import ai.djl.engine.EngineException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import vitune.data.InstructionSet;
import vitune.model.Rendered;
import vitune.model.VisionLanguageModel;
import vitune.tensor.DeviceMemory;
import vitune.tensor.Gradients;
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
    private static final AtomicBoolean RUNNING = new AtomicBoolean(); // there is one recording of gradients in a JVM

    private final VisionLanguageModel model;
    private final @Nullable Path folder;
    private FeatureCache features = FeatureCache.fastest();
    private Saving saving = Saving.standard();
    private LossWatch watch = LossWatch.standard();
    private Consumer<Step> onStep = step -> {};
    private IntConsumer onPicture = seen -> {};
    private Consumer<String> onWarning =
            message -> System.getLogger(Tuner.class.getName()).log(System.Logger.Level.WARNING, message);

    /** Trains a model in memory; nothing is written. */
    public Tuner(VisionLanguageModel model) {
        this(model, (Path) null);
    }

    /**
     * Trains a model, and keeps in {@code <folder>/<stage>/<hash of the run>} what a cut run needs to go on, and the weights
     * of one that is finished ({@link Saving}), {@code run.json} ({@link Runs}) and the files that TensorBoard reads.
     */
    public Tuner(VisionLanguageModel model, @Nullable Path folder) {
        this.model = model;
        this.folder = folder;
    }

    private Tuner with(Consumer<Tuner> change) {
        Tuner copy = new Tuner(model, folder);
        copy.features = features;
        copy.saving = saving;
        copy.watch = watch;
        copy.onStep = onStep;
        copy.onPicture = onPicture;
        copy.onWarning = onWarning;
        change.accept(copy);
        return copy;
    }

    /** The same tuner that keeps what a frozen encoder sees in this place; {@link FeatureCache#fastest()} by default. */
    public Tuner withFeatureCache(FeatureCache cache) {
        return with(copy -> copy.features = cache);
    }

    /** The same tuner that saves at other times, or keeps more states; by default every minute, and the last two. */
    public Tuner withSaving(Saving saving) {
        return with(copy -> copy.saving = saving);
    }

    /** The same tuner with another rule for a loss that has left its curve, or {@link LossWatch#off()}. */
    public Tuner withLossWatch(LossWatch watch) {
        return with(copy -> copy.watch = watch);
    }

    /** The same tuner that also tells a listener of every step: a progress bar, a live chart. */
    public Tuner onStep(Consumer<Step> listener) {
        return with(copy -> copy.onStep = onStep.andThen(listener));
    }

    /** The same tuner that also tells a listener how many pictures a frozen encoder has seen, before the first step. */
    public Tuner onPicture(IntConsumer listener) {
        return with(copy -> copy.onPicture = onPicture.andThen(listener));
    }

    /**
     * The same tuner that tells a listener what it could not do as asked, instead of the log: a disk that is full, layers
     * that must be computed again.
     */
    public Tuner onWarning(Consumer<String> listener) {
        return with(copy -> copy.onWarning = listener);
    }

    /**
     * Trains the parts of the stage's plan on the data. If the folder holds the state of this very run (same stage, data,
     * pictures, template and starting weights), it goes on from there, to the same bits.
     *
     * @throws IllegalArgumentException if the plan trains nothing, or what only pictures reach and there is none; if a sample
     *     cannot be learned; if the only step is one of warm-up, at a learning rate of 0
     * @throws IllegalStateException if the forecast does not fit the device's memory, or memory runs out all the same; it
     *     names up to three ways to make it fit; if another run is training in this JVM
     * @throws CancellationException if the thread was interrupted; the state is saved, and the same call goes on
     * @throws DivergedException if a loss or gradient is not finite, or a loss is a spike ({@link LossWatch}); the weights
     *     are those before the bad step, and their state is saved
     */
    public TuningRun run(Stage stage, InstructionSet data) {
        if (!RUNNING.compareAndSet(false, true)) {
            throw new IllegalStateException(
                    stage.name() + ": another run is training in this JVM; wait for it, or interrupt it");
        }
        try {
            return forecastAndTrain(stage, data);
        } finally {
            RUNNING.set(false);
        }
    }

    private TuningRun forecastAndTrain(Stage stage, InstructionSet data) {
        List<Rendered> texts = Examples.render(model, data);
        stage.plan().requirePictures(stage.name(), data);
        stage.plan().prepare(model, stage.seed()); // not before: a refused call leaves no adapters behind
        if (model.parameters().select(stage.plan().trained(model.config())).size() == 0) {
            throw new IllegalArgumentException("the plan trains nothing: " + stage.plan());
        }
        Fitting fitting = Fitting.of(model, stage, data, texts, features, onWarning);
        try {
            return train(fitting.stage(), data, texts, fitting.cache());
        } catch (EngineException e) {
            if (DeviceMemory.ranOut(e)) throw fitting.forecast().ranOut(DeviceMemory.complaint(e), e);
            throw e;
        }
    }

    private TuningRun train(Stage stage, InstructionSet data, List<Rendered> texts, FeatureCache cache) {
        Parameters all = model.parameters();
        Predicate<String> plan = stage.plan().trained(model.config());
        Parameters trained = all.select(plan);
        Parameters frozen = all.select(plan.negate());
        long before = frozen.checksum();
        all.train(plan);
        Gradients.zero(trained.arrays()); // of a step that failed before
        try (Examples examples = examples(stage, data, texts, cache);
                AdamW optimizer = AdamW.of(stage, trained, model.manager());
                RunFolder place = place(stage, examples, trained.count(), frozen.count())) {
            Schedule schedule = stage.schedule(examples.steps(stage));
            requireMoves(stage, schedule);
            List<Step> steps = place.restore(optimizer, model.manager());
            steps.forEach(onStep); // a run that goes on shows its whole curve
            MemoryGauge memory = new MemoryGauge();
            while (steps.size() < schedule.steps()) {
                Step step;
                try {
                    step = step(stage, examples, optimizer, schedule, steps, memory);
                } catch (RuntimeException e) {
                    throw stopped(e, stage, optimizer, steps, schedule.steps(), place);
                }
                steps.add(step);
                place.add(step);
                onStep.accept(step);
                if (Thread.currentThread().isInterrupted()) {
                    throw stopped(new CancellationException(), stage, optimizer, steps, schedule.steps(), place);
                }
                if (place.due()) {
                    place.save(optimizer, steps, "running", "");
                }
            }
            requireUnchanged(stage, before == frozen.checksum());
            optimizer.requireReached(stage);
            return place.finish(optimizer, steps, all.hash());
        } finally {
            all.train(name -> false);
        }
    }

    private RunFolder place(Stage stage, Examples examples, long trained, long frozen) {
        String settings = model.config() + " " + model.processor();
        String start = RunFolder.start(
                folder, stage, examples.hash(), settings, model.parameters().hash());
        TuningRun begun = TuningRun.begun(stage, examples, start, trained, frozen);
        return new RunFolder(folder, begun, settings, saving, onWarning);
    }

    private Examples examples(Stage stage, InstructionSet data, List<Rendered> texts, FeatureCache cache) {
        try {
            return new Examples(model, data, texts, stage, cache, onPicture);
        } catch (RuntimeException e) {
            if (Thread.interrupted()) {
                throw new CancellationException(
                        stage.name() + " was interrupted before its first step: " + e.getMessage());
            }
            throw e;
        }
    }

    /** One optimiser step: the loss is the mean over the supervised tokens of the whole group, however it is cut. */
    private Step step(
            Stage stage, Examples examples, AdamW optimizer, Schedule schedule, List<Step> before, MemoryGauge memory) {
        long began = System.nanoTime();
        int index = before.size();
        Examples.Group group = examples.group(stage, index);
        double limit = watch.limit(before);
        double loss;
        double norm;
        boolean again;
        do {
            LossScale scale = optimizer.scale();
            loss = new Learner(model, stage).learn(examples, group, index, scale);
            norm = loss <= limit ? optimizer.step(schedule.learningRate(index)) : optimizer.norm();
            again = Double.isFinite(loss) && loss <= limit && !Double.isFinite(norm) && scale.canFall();
        } while (again); // an overflow in f16: the same samples at half the scale
        if (!(loss <= limit) || !Double.isFinite(norm)) {
            String what = Double.isFinite(loss) && Double.isFinite(norm)
                    ? "the loss has left its curve, which allows " + (float) limit
                    : "not finite";
            throw new DivergedException(stage.name(), what, index + 1, loss, norm, examples.names(group.samples()));
        }
        if (examples.withPictures(group)) {
            optimizer.requireReached(stage); // rather now than at the end
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        return new Step(
                index + 1,
                schedule.steps(),
                loss,
                schedule.learningRate(index),
                norm,
                group.samples().size(),
                group.supervisedTokens(),
                examples.tokens(group.samples()),
                seconds,
                seconds + (index == 0 ? 0 : before.get(index - 1).seconds()),
                memory.now(),
                memory.peak());
    }

    /** Saves the state before a step that was not made, and tells why: an interrupt may also end the reading of a picture. */
    private RuntimeException stopped(
            RuntimeException why, Stage stage, AdamW optimizer, List<Step> steps, int of, RunFolder place) {
        if (why instanceof DivergedException diverged) {
            place.save(optimizer, steps, "diverged", model.parameters().hash());
            return diverged.kept(place.state(steps.size()));
        }
        if (!Thread.interrupted()) {
            return why;
        }
        place.save(optimizer, steps, "interrupted", model.parameters().hash());
        Path state = place.state(steps.size());
        return new CancellationException(stage.name() + " was interrupted after step " + steps.size() + " of " + of
                + (state == null ? "" : "; the same call goes on from there (" + state + ")"));
    }

    private static void requireMoves(Stage stage, Schedule schedule) {
        if (schedule.idle()) {
            throw new IllegalArgumentException(
                    stage.name() + " would learn nothing: 1 step of warm-up, at a learning rate of"
                            + " 0; expected more samples than a batch (" + stage.batch()
                            + "), more epochs, a smaller batch, or withWarmupRatio(0)");
        }
    }

    private static void requireUnchanged(Stage stage, boolean frozenUnchanged) {
        if (!frozenUnchanged) {
            throw new IllegalStateException(
                    stage.name() + " changed weights that its plan keeps frozen: " + stage.plan());
        }
    }
}
