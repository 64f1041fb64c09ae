package vitune.tune;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import vitune.data.Sha256;

/**
 * What one run leaves on the disk while it goes: its states, {@code run.json} and TensorBoard's numbers. A run in memory
 * has none, and all of this does nothing.
 *
 * <p>No fault of the disk stops a run: it is told as a warning, what was written before stays, and the next save tries
 * again. What is lost if the process ends before a save succeeds are the steps since the last one that did.
 */
final class RunFolder implements AutoCloseable {
    private final TuningRun begun;
    private final @Nullable TuningStates states;
    private final Saving saving;
    private final Consumer<String> onWarning;
    private @Nullable EventFile events;
    private long saved = System.nanoTime();
    private long cost;
    private int stepsSaved = -1;
    private boolean ended; // the weights of its end are saved
    private String began;
    private boolean failing;
    private boolean silent; // TensorBoard's file

    /**
     * Makes the folder {@code <home>/<stage>/<first eight digits of the key>}: runs that differ in anything lie apart.
     *
     * @param home null for a run in memory
     * @param settings what the run depends on beside its stage, data and weights
     * @throws UncheckedIOException if the folder cannot be made or written
     */
    RunFolder(@Nullable Path home, TuningRun begun, String settings, Saving saving, Consumer<String> onWarning) {
        this.begun = begun;
        this.began = begun.began();
        this.saving = saving;
        this.onWarning = onWarning;
        if (home == null) {
            states = null;
            return;
        }
        String key = Sha256.of(begun.stage() + begun.dataHash() + begun.startHash() + settings);
        Path folder = home.resolve(begun.stage().name()).resolve(key.substring(0, 8));
        try {
            states = new TuningStates(Files.createDirectories(folder), key, saving.kept());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to " + folder, e);
        }
    }

    /**
     * The weights that a run begins with, by their hash: those that are there, or, where a run like it was stopped at just
     * these, the ones that it began with, so that it goes on.
     *
     * @param settings as of the constructor
     * @param now hash of the weights that are there
     */
    static String start(@Nullable Path home, Stage stage, String dataHash, String settings, String now) {
        if (home == null || !Files.isDirectory(home.resolve(stage.name()))) return now;
        try (Stream<Path> all = Files.list(home.resolve(stage.name()))) {
            for (Path folder : all.sorted().toList()) {
                String began = TuningRun.startOf(folder.resolve("run.json"), now);
                if (began != null
                        && Sha256.of(stage + dataHash + began + settings)
                                .startsWith(String.valueOf(folder.getFileName()))) {
                    return began;
                }
            }
            return now;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + home.resolve(stage.name()), e);
        }
    }

    /** The steps that were made before, with weights and moments put back. */
    List<Step> restore(AdamW optimizer, NDManager manager) {
        if (states == null) {
            return new ArrayList<>();
        }
        try {
            List<Step> steps = new ArrayList<>();
            whole(() -> {
                TuningStates.Content found = states.restore(optimizer, manager, onWarning);
                if (found != null) {
                    began = found.began();
                    stepsSaved = found.steps().size();
                    ended = found.finished();
                    steps.addAll(found.steps());
                }
            });
            return steps;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + states.folder(), e);
        }
    }

    /** A step is done. */
    void add(Step step) {
        if (states == null) {
            return;
        }
        Map<String, Double> scalars = new LinkedHashMap<>();
        scalars.put("train/loss", step.loss());
        scalars.put("train/learning_rate", step.learningRate());
        scalars.put("train/grad_norm", step.gradNorm());
        scalars.put("speed/tokens_per_second", step.tokensPerSecond());
        scalars.put("speed/samples_per_second", step.samplesPerSecond());
        scalars.put("memory/now_mib", (double) step.memoryMiB());
        scalars.put("memory/peak_mib", (double) step.peakMiB());
        try {
            whole(() -> write(states.folder(), step.step(), scalars));
            silent = false;
        } catch (IOException e) {
            if (!silent) {
                warn("TensorBoard's file in " + states.folder() + " cannot be written: " + e);
            }
            silent = true;
        }
    }

    private void write(Path folder, int step, Map<String, Double> scalars) throws IOException {
        EventFile file = events != null ? events : new EventFile(folder, step);
        events = file;
        try {
            file.add(step, scalars);
        } catch (IOException e) {
            close(); // a record may be cut: the next one begins another file
            throw e;
        }
    }

    /** A piece of work on files. */
    private interface Work {
        void run() throws IOException;
    }

    /** Does it whatever interrupts come: Java closes a file under a thread that is interrupted. */
    private static void whole(Work work) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    work.run();
                    return;
                } catch (IOException | UncheckedIOException e) {
                    if (!Thread.interrupted()) {
                        throw e;
                    }
                    interrupted = true; // and once more
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Whether a save is due. */
    boolean due() {
        return states != null && saving.due(System.nanoTime() - saved, cost);
    }

    /** Saves the state after these steps, unless it is saved, and {@code run.json} with what became of the run. */
    void save(AdamW optimizer, List<Step> steps, String outcome, String endHash) {
        if (states == null) {
            return;
        }
        long start = System.nanoTime();
        boolean end = outcome.equals("finished");
        try {
            whole(() -> {
                if (stepsSaved != steps.size() || end && !ended) {
                    states.save(optimizer, began, steps, end);
                    stepsSaved = steps.size();
                    ended = end;
                }
            });
            failing = false;
        } catch (IOException e) {
            if (!outcome.equals("running")) {
                warn(e.getMessage());
            } else if (!failing) { // once, not every minute
                warn(e.getMessage() + "; training goes on, and every next save tries again");
            }
            failing = true;
        }
        try {
            whole(() -> begun.with(began, steps, outcome, endHash)
                    .save(states.folder().resolve("run.json")));
        } catch (IOException | UncheckedIOException e) {
            if (!failing) {
                warn(e.getMessage() + " (" + e.getCause() + ")");
            }
        }
        saved = System.nanoTime();
        cost = saved - start;
    }

    /** Saves the weights, which take the place of all states, and tells the whole run. */
    TuningRun finish(AdamW optimizer, List<Step> steps, String endHash) {
        save(optimizer, steps, "finished", endHash);
        return begun.with(began, steps, "finished", endHash);
    }

    /** The file of the state after that many steps; null if it is not there. */
    @Nullable
    Path state(int steps) {
        return states != null && stepsSaved == steps ? states.file(steps) : null;
    }

    private void warn(String message) {
        onWarning.accept(begun.stage().name() + ": " + message);
    }

    @Override
    public void close() {
        EventFile open = events;
        events = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                warn("TensorBoard's file could not be closed: " + e);
            }
        }
    }
}
