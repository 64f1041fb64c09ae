package vitune.tune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import vitune.data.ClipArt;
import vitune.data.Coco;
import vitune.data.InstructionSet;
import vitune.data.Pairs;
import vitune.model.VisionLanguageModel;
import vitune.tensor.DeviceMemory;
import vitune.tensor.Engines;
import vitune.tensor.Gradients;
import vitune.tensor.Kernels;
import vitune.tensor.Precision;

/**
 * Two thousand steps of instruction tuning of the model in {@code data/tiny}, saved every ten seconds: do memory and the
 * time of a step stay as they are? The first hundred steps are left out, where the compiler is at work. One JSON line;
 * a drift is the median of the last quarter over that of the first, less one.
 *
 * <p>What a shared host gives changes by a tenth from minute to minute. So each step is followed by a product of two
 * matrices, always the same: a step's time over that of its product says what the program does, {@code relative_drift}.
 *
 * <p>Arguments: steps (2000), batch (4), threads (1).
 */
final class EnduranceBenchmark {
    private static final int WARM = 100; // steps
    private static final int SIDE = 384; // of the product beside each step

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
        List<Double> products = new ArrayList<>();
        try (VisionLanguageModel model = VisionLanguageModel.load(Path.of("data/tiny"));
                NDManager manager = Engines.newManager()) {
            NDArray square = Kernels.normal(manager, new Shape(SIDE, SIDE), 0, 1, 1, Precision.F32);
            TuningRun run = new Tuner(model, folder.resolve("run"))
                    .withSaving(new Saving(Duration.ofSeconds(10), 2))
                    .onStep(step -> {
                        resident.add(DeviceMemory.used().orElse(-1) / 1048576.0);
                        products.add(product(square));
                    })
                    .run(Stage.instruct().tiny().withBatch(batch).withEpochs(epochs), data);
            List<Double> seconds = run.steps().stream().map(Step::stepSeconds).toList();
            List<Double> relative = IntStream.range(0, seconds.size())
                    .mapToObj(i -> seconds.get(i) / products.get(i))
                    .toList();
            System.out.printf(
                    Locale.ROOT,
                    "{\"steps\": %d, \"batch\": %d, \"threads\": %d, \"step_ms_first\": %.2f, \"step_ms_last\": %.2f,"
                            + " \"step_drift\": %.4f, \"product_ms_first\": %.3f, \"product_ms_last\": %.3f,"
                            + " \"relative_drift\": %.4f, \"rss_mib_first\": %.1f, \"rss_mib_last\": %.1f, \"rss_drift\": %.4f,"
                            + " \"peak_mib\": %d}%n",
                    run.steps().size(),
                    batch,
                    Engines.threads(),
                    1e3 * first(seconds),
                    1e3 * last(seconds),
                    last(seconds) / first(seconds) - 1,
                    1e3 * first(products),
                    1e3 * last(products),
                    last(relative) / first(relative) - 1,
                    first(resident),
                    last(resident),
                    last(resident) / first(resident) - 1,
                    run.peakMiB());
        }
    }

    private static double product(NDArray square) {
        long began = System.nanoTime();
        for (int i = 0; i < 4; i++)
            Gradients.off(() -> Kernels.linear(square, square)).close();
        return (System.nanoTime() - began) / 1e9;
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

    private static double median(List<Double> sorted) {
        return sorted.get(sorted.size() / 2);
    }
}
