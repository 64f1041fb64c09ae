package vitune.tune;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import vitune.model.Batch;
import vitune.model.Decoding;
import vitune.model.ModelConfig;
import vitune.model.VisionLanguageModel;
import vitune.tensor.DeviceMemory;
import vitune.tensor.Engines;
import vitune.tensor.Parameters;
import vitune.tensor.Precision;

/**
 * How fast a model learns and writes here: steps of both stages and greedy answers, beside the speed of one large matrix
 * product measured in the same run.
 *
 * <p>A step is forward, backward, clipping to 1, AdamW and clearing gradients, as {@link Tuner} makes it; pictures pass
 * the frozen vision encoder in every step. Rows hold one picture and {@value #TEXT} words, all learned. Prompts have a
 * picture and {@value #PROMPT} words, answers {@value #NEW_TOKENS}.
 */
public final class Benchmark {
    private static final int BATCH = 8;
    private static final int TEXT = 64;
    private static final int PROMPT = 8;
    private static final int NEW_TOKENS = 64;
    private static final int FIRST_WORD = 4; // below are tokens that mean something
    private static final Set<String> CASES = Set.of("stage1", "stage2", "generate");

    private final VisionLanguageModel model;
    private final Precision precision;
    private final int runs;
    private final Random random = new Random(1);

    /**
     * A benchmark of a model that may be changed: its weights are trained.
     *
     * @param precision to compute in
     * @param runs undisturbed runs that a median is taken over, at least 1; see {@link Timing}
     */
    public Benchmark(VisionLanguageModel model, Precision precision, int runs) {
        if (runs < 1) {
            throw new IllegalArgumentException("runs must be >= 1, got " + runs);
        }
        this.model = model.withPrecision(precision);
        this.precision = precision;
        this.runs = runs;
    }

    /**
     * Measures.
     *
     * @param cases some of stage1, stage2, generate
     * @return for a stage {@code median_ms}, {@code text_tokens_per_s}, {@code gflops}, {@code share_of_ceiling}; for
     *     {@code generate.batch1} and {@code generate.batch8} {@code tokens_per_s}; peak memory, versions and the load
     *     of the machine beside them
     */
    public JsonObject run(Set<String> cases) {
        if (!CASES.containsAll(cases) || cases.isEmpty()) {
            throw new IllegalArgumentException("cases must be some of " + CASES + ", got " + cases);
        }
        JsonObject report = new JsonObject();
        report.addProperty("model", model.toString());
        report.addProperty("precision", precision.name());
        report.addProperty("threads", Engines.threads());
        report.addProperty(
                "load_1min", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        report.add("versions", new GsonBuilder().create().toJsonTree(Engines.versions()));
        double ceiling = MatrixRate.measure(precision, 1024) / 1e9;
        report.addProperty("ceiling_gflops", ceiling);
        if (cases.contains("generate")) {
            JsonObject generate = new JsonObject();
            generate.add("batch1", generate(1));
            generate.add("batch" + BATCH, generate(BATCH));
            report.add("generate", generate);
        }
        if (cases.contains("stage1")) report.add("stage1", train(FreezePlan.align(), ceiling));
        if (cases.contains("stage2")) report.add("stage2", train(FreezePlan.instruct(), ceiling));
        report.addProperty("peak_rss_mb", DeviceMemory.peak().orElse(0) / (double) (1 << 20));
        return report;
    }

    /** A report of {@link #run} as lines to read. */
    public static String table(JsonObject report) {
        StringBuilder text = new StringBuilder("%s, %s, %s threads, load %.1f, ceiling %.0f GFLOP/s%n"
                .formatted(
                        report.get("model").getAsString(),
                        report.get("precision").getAsString(),
                        report.get("threads").getAsString(),
                        report.get("load_1min").getAsDouble(),
                        report.get("ceiling_gflops").getAsDouble()));
        text.append("%-10s %10s %10s %10s %10s %7s %10s %9s %8s %9s%n"
                .formatted(
                        "case",
                        "median ms",
                        "min",
                        "max",
                        "min CPU",
                        "runs",
                        "tokens/s",
                        "GFLOP/s",
                        "ceiling",
                        "peak MB"));
        if (report.has("generate")) {
            report.getAsJsonObject("generate")
                    .asMap()
                    .forEach((name, row) -> text.append(line(name, row.getAsJsonObject(), "tokens_per_s")));
        }
        for (String stage : List.of("stage1", "stage2")) {
            if (report.has(stage)) text.append(line(stage, report.getAsJsonObject(stage), "text_tokens_per_s"));
        }
        return text.toString();
    }

    private static String line(String name, JsonObject row, String tokens) {
        boolean counted = row.has("gflops");
        return "%-10s %10.1f %10.1f %10.1f %10.1f %3d/%-3d %10.1f %9s %8s %9.0f%n"
                .formatted(
                        name,
                        row.get("median_ms").getAsDouble(),
                        row.get("min_ms").getAsDouble(),
                        row.get("max_ms").getAsDouble(),
                        row.get("min_cpu_ms").getAsDouble(),
                        row.get("clean_runs").getAsInt(),
                        row.get("all_runs").getAsInt(),
                        row.get(tokens).getAsDouble(),
                        counted ? "%.1f".formatted(row.get("gflops").getAsDouble()) : "",
                        counted
                                ? "%.0f %%"
                                        .formatted(100
                                                * row.get("share_of_ceiling").getAsDouble())
                                : "",
                        row.get("peak_rss_mb").getAsDouble());
    }

    private JsonObject train(FreezePlan plan, double ceiling) {
        Parameters all = model.parameters();
        Parameters trained = all.select(plan.trained(model.config()));
        all.train(plan.trained(model.config()));
        try (NDManager manager = model.manager().newSubManager();
                AdamW optimizer = new AdamW(trained, 0.999, 0.05, 1.0, manager)) {
            Batch batch = batch(BATCH, TEXT, manager);
            long tokens = batch.supervised();
            Stage stage = Stage.instruct().withPlan(plan).withPrecision(precision);
            Learner learner = new Learner(model, stage);
            double[] losses = new double[2];
            Timing timing = Timing.of(runs, () -> {
                losses[1] = learner.learn(near -> batch, 1.0 / tokens, 0) / tokens;
                if (losses[0] == 0) losses[0] = losses[1];
                optimizer.step(1e-4);
            });
            double operations =
                    1e-9 * Operations.of(model.config(), BATCH, TEXT).step(plan);
            JsonObject report = timing.toJson();
            report.addProperty("text_tokens_per_s", timing.perSecond(tokens));
            report.addProperty("gflop_step", operations);
            report.addProperty("gflops", timing.perSecond(operations));
            report.addProperty("share_of_ceiling", timing.perSecond(operations) / ceiling);
            report.addProperty("loss_first", losses[0]);
            report.addProperty("loss_last", losses[1]);
            report.addProperty("trained_params", trained.count());
            return report;
        } finally {
            all.train(name -> false);
        }
    }

    private JsonObject generate(int rows) {
        try (NDManager manager = model.manager().newSubManager()) {
            Batch prompts = batch(rows, PROMPT, manager);
            long[] written = new long[1];
            Timing timing = Timing.of(runs, () -> {
                try (NDScope scope = new NDScope()) {
                    scope.suppressNotUsedWarning();
                    List<long[]> answers = model.generate(prompts, Decoding.greedy(), NEW_TOKENS, (row, token) -> {});
                    written[0] = answers.stream().mapToLong(ids -> ids.length).sum();
                }
            });
            if (written[0] != (long) rows * NEW_TOKENS) {
                throw new IllegalStateException("an answer ended early, at " + written[0] + " of " + rows * NEW_TOKENS
                        + " tokens in all: take weights of another seed");
            }
            JsonObject report = timing.toJson();
            report.addProperty("tokens_per_s", timing.perSecond(written[0]));
            report.addProperty("ms_per_step", timing.medianMs() / NEW_TOKENS);
            return report;
        }
    }

    Batch batch(int rows, int words, NDManager manager) {
        ModelConfig config = model.config();
        int places = config.queries() + words;
        long[] ids = new long[rows * places];
        long[] labels = new long[ids.length];
        for (int i = 0; i < ids.length; i++) {
            boolean picture = i % places < config.queries();
            ids[i] = picture ? config.imageToken() : word(config);
            labels[i] = picture ? -100 : ids[i];
        }
        long[] mask = new long[ids.length];
        Arrays.fill(mask, 1);
        int size = config.vision().imageSize();
        float[] pixels = new float[rows * 3 * size * size];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (float) random.nextGaussian();
        Shape shape = new Shape(rows, places);
        return new Batch(
                manager.create(pixels, new Shape(rows, 3, size, size)),
                null,
                manager.create(ids, shape),
                manager.create(labels, shape),
                manager.create(mask, shape));
    }

    private long word(ModelConfig config) {
        int words = config.language().vocabulary() - FIRST_WORD;
        long id = FIRST_WORD + random.nextInt(words);
        return id == config.imageToken() ? FIRST_WORD : id;
    }
}
