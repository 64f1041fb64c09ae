package vitune.tune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import vitune.model.Batch;
import vitune.model.Preset;
import vitune.model.VisionLanguageModel;
import vitune.tensor.DeviceMemory;
import vitune.tensor.Engines;
import vitune.tensor.Gradients;
import vitune.tensor.Kernels;
import vitune.tensor.Parameters;
import vitune.tensor.Precision;

/**
 * The forecast beside what a stage's steps take, in a JVM of its own for each case: one JSON line.
 *
 * <pre>java -cp ... vitune.tune.ForecastBenchmark PRESET align|instruct PRECISION STORED ROWS TEXT [STEPS] [THREADS]</pre>
 */
public final class ForecastBenchmark {
    private ForecastBenchmark() {}

    public static void main(String[] args) {
        Preset preset = Preset.of(args[0]);
        Stage stage = (args[1].equals("align") ? Stage.align() : Stage.instruct())
                .withPrecision(Precision.valueOf(args[2].toUpperCase()));
        Precision stored = Precision.valueOf(args[3].toUpperCase());
        int rows = Integer.parseInt(args[4]);
        int text = Integer.parseInt(args[5]);
        int steps = args.length > 6 ? Integer.parseInt(args[6]) : 6;
        Engines.threads(args.length > 7 ? Integer.parseInt(args[7]) : 1);
        long bare = DeviceMemory.used().orElse(-1);
        double rate = TuningForecast.measuredRate(stage.precision());
        TuningForecast forecast = TuningForecast.of(
                preset.config(), stage.withBatch(rows).withMicroBatch(rows).withEpochs(steps), stored, text, rows);
        List<Double> seconds = new ArrayList<>();
        try (VisionLanguageModel model = preset.random(stored, 1)) {
            Parameters trained = model.parameters().select(stage.plan().trained(model.config()));
            model.parameters().train(stage.plan().trained(model.config()));
            try (AdamW optimizer = new AdamW(trained, 0.999, 0, 1, model.manager())) {
                for (int step = 0; step < steps; step++) {
                    long began = System.nanoTime();
                    step(model, stage, rows, text);
                    optimizer.step(1e-4);
                    seconds.add((System.nanoTime() - began) / 1e9);
                }
            }
        }
        long peak = DeviceMemory.peak().orElse(-1);
        double fastest = seconds.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        JsonObject line = new JsonObject();
        line.addProperty("case", String.join(" ", args));
        line.addProperty("bare_mib", bare >> 20);
        line.addProperty("forecast_mib", forecast.peakBytes() >> 20);
        line.addProperty("measured_mib", peak >> 20);
        line.addProperty("error_percent", Math.round(1000.0 * (forecast.peakBytes() - peak) / peak) / 10.0);
        line.addProperty("step_gflop", Math.round(forecast.stepOperations() / 1e7) / 100.0);
        line.addProperty("rate_gflops", Math.round(rate / 1e9));
        line.addProperty("forecast_ms", Math.round(1e3 * forecast.stepOperations() / rate));
        line.addProperty("fastest_ms", Math.round(1e3 * fastest));
        System.out.println(line);
        if (System.getProperty("table") != null) System.out.println(forecast.table());
    }

    private static void step(VisionLanguageModel model, Stage stage, int rows, int text) {
        int queries = model.config().queries();
        int width = queries + text;
        long[] ids = new long[rows * width];
        long[] labels = new long[rows * width];
        Random random = new Random(1);
        for (int i = 0; i < ids.length; i++) {
            boolean picture = i % width < queries;
            ids[i] = picture ? model.config().imageToken() : 4 + random.nextInt(3000);
            labels[i] = picture ? -100 : ids[i];
        }
        long[] ones = new long[ids.length];
        Arrays.fill(ones, 1);
        long side = model.config().vision().imageSize();
        Shape shape = new Shape(rows, width);
        try (NDScope scope = new NDScope();
                NDManager m = model.manager().newSubManager();
                Gradients gradients = Gradients.record()) {
            scope.suppressNotUsedWarning();
            NDArray pixels = Kernels.normal(m, new Shape(rows, 3, side, side), 0, 1, 5, Precision.F32);
            Batch batch = new Batch(pixels, null, m.create(ids, shape), m.create(labels, shape), m.create(ones, shape));
            gradients.backward(model.lossSum(batch, stage.precision()).div(rows * text));
        }
    }
}
