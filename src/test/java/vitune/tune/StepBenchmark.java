package vitune.tune;

import ai.djl.ndarray.NDManager;
import vitune.model.Batch;
import vitune.model.Preset;
import vitune.model.VisionLanguageModel;
import vitune.tensor.Engines;
import vitune.tensor.Gradients;
import vitune.tensor.Parameters;
import vitune.tensor.Precision;

/**
 * Steps of {@link Benchmark}'s sizes without end, a line of milliseconds each behind a line {@code ready}: to be stopped and
 * continued in turn with another program ({@code kill -STOP}, {@code kill -CONT}), so that both meet the same machine.
 * {@code java -cp ... vitune.tune.StepBenchmark stage1|stage2 [kept]}, two threads; kept: features of the frozen vision
 * encoder are there already, as behind the cache.
 */
final class StepBenchmark {
    private static final int WARM = 8;

    private StepBenchmark() {}

    public static void main(String[] arguments) {
        Engines.threads(2);
        FreezePlan plan = arguments[0].equals("stage1") ? FreezePlan.align() : FreezePlan.instruct();
        VisionLanguageModel model = Preset.SMALL.random(Precision.F32, 1);
        Parameters all = model.parameters();
        all.train(plan.trained(model.config()));
        try (NDManager manager = model.manager().newSubManager();
                AdamW optimizer = new AdamW(all.select(plan.trained(model.config())), 0.999, 0.05, 1.0, manager)) {
            Batch seen = new Benchmark(model, Precision.F32, 1).batch(8, 64, manager);
            Batch batch = arguments.length == 1
                    ? seen
                    : seen.withFeatures(Gradients.off(() -> model.visionFeatures(seen.pixels(), Precision.F32)));
            Stage stage = Stage.instruct().withPlan(plan).withPrecision(Precision.F32);
            Learner learner = new Learner(model.withPrecision(Precision.F32), stage);
            for (int step = 0; ; step++) {
                if (step == WARM) System.out.println("ready");
                long from = System.nanoTime();
                learner.learn(near -> batch, 1.0 / batch.supervised(), 0);
                optimizer.step(1e-4);
                if (step >= WARM) System.out.printf("%.3f%n", (System.nanoTime() - from) / 1e6);
            }
        }
    }
}
