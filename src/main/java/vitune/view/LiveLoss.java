package vitune.view;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import vitune.tune.Step;

/**
 * A listener that shows tuning while it runs: a bar with loss, learning rate, gradient norm, tokens and samples a second,
 * memory and the time left, and, in a notebook, two curves beneath that grow to the right, loss and tokens a second,
 * drawn anew once a second. In a terminal only the bar, in tests and pipes nothing. When a stage is done its bar ends
 * and the loss curve stays, both without times, so that a notebook reads the same after every run ({@link
 * ThroughputChart} draws the other again); the next step begins a new bar, with the earlier curves beside the new.
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
    private final Map<String, double[]> speeds = new LinkedHashMap<>(); // tokens a second
    private double[] losses = {};
    private double[] speed = {};
    private final Deque<Step> recent = new ArrayDeque<>();
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
        speed[done - 1] = step.tokensPerSecond();
        boolean last = done == losses.length;
        if (last) {
            progress.at(done, String.format(Locale.ROOT, "loss %.3f", step.loss()));
        } else {
            recent.addLast(step);
            if (recent.size() > 10) {
                recent.removeFirst();
            }
            double seconds = recent.stream().mapToDouble(Step::stepSeconds).sum();
            progress.at(done, seconds / recent.size() * (step.steps() - done), note(recent));
        }
        if (chart != null && Double.isFinite(step.loss())) {
            Map<String, double[]> shown = soFar(curves, losses);
            int steps = curves.values().stream()
                    .mapToInt(curve -> curve.length)
                    .max()
                    .orElse(1);
            if (last) {
                chart.draw(() -> LossChart.of(shown, steps));
                chart.close();
            } else {
                Map<String, double[]> fast = soFar(speeds, speed);
                chart.draw(() -> Canvas.stacked(LossChart.upper(shown, steps), ThroughputChart.lower(fast, steps)));
            }
        }
    }

    private Map<String, double[]> soFar(Map<String, double[]> all, double[] current) {
        Map<String, double[]> shown = new LinkedHashMap<>(all);
        shown.replaceAll((stage, curve) -> curve == current ? Arrays.copyOf(curve, done) : curve);
        return shown;
    }

    /** What is known of the last of some steps, the speed as their mean. */
    static String note(Deque<Step> steps) {
        Step step = steps.getLast();
        double seconds = steps.stream().mapToDouble(Step::stepSeconds).sum();
        String note = String.format(
                Locale.ROOT,
                "loss %.3f \u00b7 lr %.1e \u00b7 norm %.2f \u00b7 %s tokens/s \u00b7 %s samples/s",
                step.loss(),
                step.learningRate(),
                step.gradNorm(),
                rounded(steps.stream().mapToLong(Step::tokens).sum() / seconds),
                rounded(steps.stream().mapToInt(Step::samples).sum() / seconds));
        return step.memoryMiB() < 0
                ? note
                : note + String.format(Locale.ROOT, " \u00b7 %.1f GiB", step.memoryMiB() / 1024.0);
    }

    private static String rounded(double number) {
        return String.format(Locale.ROOT, number < 10 ? "%.1f" : "%,.0f", number);
    }

    private void begin(int steps) {
        String stage = curves.size() < stages.size() ? stages.get(curves.size()) : "stage " + (curves.size() + 1);
        losses = new double[steps];
        Arrays.fill(losses, Double.NaN);
        curves.put(stage, losses);
        speed = losses.clone();
        speeds.put(stage, speed);
        recent.clear();
        progress = Progress.of(stage, steps);
        chart = places.get();
        done = 0;
    }
}
