package vitune.view;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import vitune.tune.Step;

/**
 * A listener that shows tuning while it runs: a progress bar and, in a notebook, a loss curve beneath that grows to
 * the right, drawn anew once a second. In a terminal only the bar, in tests and pipes nothing. When a stage is done
 * its bar ends, and the next step begins a new one, with the earlier curves beside the new.
 *
 * <pre>{@code
 * var tuner = new Tuner(model).onStep(LiveLoss.of("align", "instruct"));
 * var align = tuner.run(Stage.align(), captions);
 * var instruct = tuner.run(Stage.instruct(), conversations);
 * }</pre>
 */
public final class LiveLoss implements Consumer<Step> {
    static final long SECOND = 1_000_000_000; // drawing takes a tenth of it: the processor is for tuning

    private final List<String> stages;
    private final Supplier<@Nullable Live> places;
    private final Map<String, double[]> curves = new LinkedHashMap<>(); // NaN where a resumed run did not come by
    private double[] losses = {};
    private int done;
    private Progress progress = Progress.silent();
    private @Nullable Live chart;

    LiveLoss(List<String> stages, Supplier<@Nullable Live> places) {
        this.stages = List.copyOf(stages);
        this.places = places;
    }

    /** A listener for these stages, in the order in which they will run. */
    public static LiveLoss of(String... stages) {
        return new LiveLoss(List.of(stages), () -> {
            Notebook notebook = Notebook.running();
            return notebook == null ? null : new Live(notebook, SECOND, System::nanoTime);
        });
    }

    /** A step is done; the last one ends the bar and draws the whole curve. */
    @Override
    public synchronized void accept(Step step) {
        if (step.steps() != losses.length || step.step() <= done) {
            begin(step.steps());
        }
        done = step.step();
        losses[done - 1] = step.loss();
        progress.at(done, String.format(Locale.ROOT, "loss %.3f", step.loss()));
        if (chart != null && Double.isFinite(step.loss())) {
            Map<String, double[]> shown = new LinkedHashMap<>(curves);
            shown.replaceAll((stage, curve) -> curve == losses ? Arrays.copyOf(curve, done) : curve);
            int steps = curves.values().stream()
                    .mapToInt(curve -> curve.length)
                    .max()
                    .orElse(1);
            chart.draw(() -> LossChart.of(shown, steps));
            if (done == losses.length) {
                chart.close();
            }
        }
    }

    private void begin(int steps) {
        String stage = curves.size() < stages.size() ? stages.get(curves.size()) : "stage " + (curves.size() + 1);
        losses = new double[steps];
        Arrays.fill(losses, Double.NaN);
        curves.put(stage, losses);
        progress = Progress.of(stage, steps);
        chart = places.get();
        done = 0;
    }
}
