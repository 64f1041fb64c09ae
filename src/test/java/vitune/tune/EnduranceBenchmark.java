package vitune.tune;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import vitune.data.ClipArt;
import vitune.data.Coco;
import vitune.data.InstructionSet;
import vitune.data.Pairs;
import vitune.model.VisionLanguageModel;
import vitune.tensor.DeviceMemory;
import vitune.tensor.Engines;

/**
 * Two thousand steps of instruction tuning of the model in {@code data/tiny}, saved every ten seconds: do memory and the
 * time of a step stay as they are? The first hundred steps are left out, where the compiler is at work. One JSON line;
 * a drift is the median of the last quarter over that of the first, less one, and for time also the fastest tenth of the
 * one over that of the other: a host that gives less for a while moves the median, and says nothing of the program.
 *
 * <p>Run it with {@code -Xms256m -Xmx256m -XX:+AlwaysPreTouch}: a heap that may grow does so until its first large
 * collection, which says nothing about what is left behind.
 *
 * <p>Arguments: steps (2000), batch (4), threads (1).
 */
final class EnduranceBenchmark {
    private static final int WARM = 100; // steps

    private EnduranceBenchmark() {}

    public static void main(String[] args) throws IOException {
        int steps = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
        int batch = args.length > 1 ? Integer.parseInt(args[1]) : 4;
        Engines.threads(args.length > 2 ? Integer.parseInt(args[2]) : 1);
        Path folder = Files.createTempDirectory("vitune-endurance");
        int samples = 100;
        InstructionSet data = InstructionSet.ofCaptions(Coco.read(ClipArt.draw(folder, samples, 7, Pairs.TUNING)), 7);
        int epochs = ceil(steps, ceil(data.size(), batch));
        List<Double> resident = new ArrayList<>();
        try (VisionLanguageModel model = VisionLanguageModel.load(Path.of("data/tiny"))) {
            TuningRun run = new Tuner(model, folder.resolve("run"))
                    .withSaving(new Saving(Duration.ofSeconds(10), 2))
                    .onStep(step -> resident.add(DeviceMemory.used().orElse(-1) / 1048576.0))
                    .run(Stage.instruct().tiny().withBatch(batch).withEpochs(epochs), data);
            List<Double> seconds = run.steps().stream().map(Step::stepSeconds).toList();
            System.out.printf(
                    Locale.ROOT,
                    "{\"steps\": %d, \"batch\": %d, \"threads\": %d, \"step_ms_first\": %.2f, \"step_ms_last\": %.2f,"
                            + " \"step_drift\": %.4f, \"step_fastest_drift\": %.4f, \"rss_mib_first\": %.1f, \"rss_mib_last\": %.1f, \"rss_drift\": %.4f,"
                            + " \"peak_mib\": %d}%n",
                    run.steps().size(),
                    batch,
                    Engines.threads(),
                    1e3 * first(seconds),
                    1e3 * last(seconds),
                    last(seconds) / first(seconds) - 1,
                    fastest(seconds),
                    first(resident),
                    last(resident),
                    last(resident) / first(resident) - 1,
                    run.peakMiB());
        }
    }

    private static int ceil(int a, int b) {
        return (a + b - 1) / b;
    }

    private static List<Double> quarter(List<Double> values, boolean last) {
        int size = (values.size() - WARM) / 4;
        int from = last ? values.size() - size : WARM;
        return values.subList(from, from + size).stream().sorted().toList();
    }

    private static double first(List<Double> values) {
        return median(quarter(values, false));
    }

    private static double last(List<Double> values) {
        return median(quarter(values, true));
    }

    private static double fastest(List<Double> values) {
        return tenth(quarter(values, true)) / tenth(quarter(values, false)) - 1;
    }

    private static double tenth(List<Double> sorted) {
        return sorted.get(sorted.size() / 10);
    }

    private static double median(List<Double> sorted) {
        return sorted.get(sorted.size() / 2);
    }
}
