package vitune.tune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import vitune.data.Turn;
import vitune.model.Batch;
import vitune.model.Part;
import vitune.model.Rendered;
import vitune.model.VisionLanguageModel;
import vitune.tensor.Engines;
import vitune.tensor.Gradients;
import vitune.tensor.Precision;

/**
 * What sorting and packing save in forward and backward passes of the tiny model, vision features given: tokens computed by
 * real tokens, and the least milliseconds of a step of 32 samples, layouts in turn, one thread. A line of JSON for each mix
 * of samples and each number of samples in a pass. {@code java -cp ... vitune.tune.PackingBenchmark [rounds]}, in the root
 * of the repository.
 */
final class PackingBenchmark {
    private static final int STEP = 32;

    private PackingBenchmark() {}

    public static void main(String[] arguments) {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 12;
        Engines.threads(1);
        try (VisionLanguageModel model = VisionLanguageModel.load(Path.of("data/tiny"))) {
            model.parameters().train(name -> Part.of(name) != Part.VISION);
            for (String mix : List.of("captions", "mixed")) {
                List<Rendered> samples = samples(model, mix);
                for (int most : new int[] {8, STEP}) measure(model, mix, samples, most, rounds);
            }
        }
    }

    /** Captions are short; of a mix a third are captions, a third questions in a few turns, a third long answers. */
    private static List<Rendered> samples(VisionLanguageModel model, String mix) {
        Random random = new Random(5);
        List<Rendered> samples = new ArrayList<>();
        for (int i = 0; i < STEP; i++) {
            int kind = mix.equals("captions") ? 0 : i % 3;
            List<Turn> turns = new ArrayList<>();
            for (int turn = kind == 1 ? random.nextInt(3) : 0; turn >= 0; turn--) {
                int words =
                        kind == 0 ? 4 + random.nextInt(8) : kind == 1 ? 1 + random.nextInt(6) : 50 + random.nextInt(60);
                turns.add(new Turn("what is there", "a red box ".repeat(words).substring(0, 4 * words)));
            }
            samples.add(model.render(turns, 1).cut(model.config().language().maxTokens()));
        }
        return samples;
    }

    private static void measure(VisionLanguageModel model, String mix, List<Rendered> samples, int most, int rounds) {
        Map<String, List<List<List<Integer>>>> layouts = layouts(model, samples, most);
        Map<String, Double> least = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            layouts.forEach((name, passes) -> least.merge(name, step(model, samples, passes), Math::min));
        }
        long real = samples.stream().mapToLong(Rendered::length).sum();
        List<String> figures = new ArrayList<>();
        layouts.forEach((name, passes) -> figures.add(String.format(
                Locale.ROOT,
                "\"%s\": {\"computed_by_real\": %.3f, \"passes\": %d, \"ms\": %.1f, \"time_by_shuffled\": %.3f}",
                name,
                (double) computed(samples, passes) / real,
                passes.size(),
                least.get(name),
                least.get(name) / least.get("shuffled"))));
        System.out.printf(
                "{\"mix\": \"%s\", \"samples_in_a_pass\": %d, \"real_tokens\": %d, %s}%n",
                mix, most, real, String.join(", ", figures));
    }

    private static Map<String, List<List<List<Integer>>>> layouts(
            VisionLanguageModel model, List<Rendered> samples, int most) {
        List<Integer> shuffled =
                new ArrayList<>(IntStream.range(0, samples.size()).boxed().toList());
        Collections.shuffle(shuffled, new Random(1));
        List<Integer> sorted = shuffled.stream()
                .sorted(Comparator.comparingInt((Integer i) -> samples.get(i).length())
                        .reversed())
                .toList();
        int longest = samples.get(sorted.get(0)).length();
        int positions = model.config().language().maxTokens();
        Map<String, List<List<List<Integer>>>> layouts = new LinkedHashMap<>();
        layouts.put("shuffled", cut(shuffled.stream().map(List::of).toList(), most));
        layouts.put("sorted", MicroBatches.of(shuffled, i -> samples.get(i).length(), most, false));
        layouts.put("packed", MicroBatches.of(shuffled, i -> samples.get(i).length(), most, true));
        for (int width : new int[] {2 * longest, Math.max(longest, positions)}) {
            List<List<Integer>> rows =
                    MicroBatches.rows(sorted, i -> samples.get(i).length(), width, STEP);
            layouts.put("packed_" + width + "_in_one_pass", cut(rows, STEP));
        }
        return layouts;
    }

    private static List<List<List<Integer>>> cut(List<List<Integer>> rows, int most) {
        List<List<List<Integer>>> passes = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += most) {
            passes.add(rows.subList(from, Math.min(rows.size(), from + most)));
        }
        return passes;
    }

    private static long computed(List<Rendered> samples, List<List<List<Integer>>> passes) {
        return passes.stream()
                .mapToLong(rows -> rows.size()
                        * rows.stream()
                                .mapToLong(row -> row.stream()
                                        .mapToLong(i -> samples.get(i).length())
                                        .sum())
                                .max()
                                .orElse(0))
                .sum();
    }

    /** Milliseconds of all passes. */
    private static double step(VisionLanguageModel model, List<Rendered> samples, List<List<List<Integer>>> passes) {
        long began = System.nanoTime();
        for (List<List<Integer>> rows : passes) {
            try (NDScope scope = new NDScope();
                    NDManager manager = model.manager().newSubManager();
                    Gradients gradients = Gradients.record()) {
                scope.suppressNotUsedWarning();
                Batch batch = Batch.packed(
                        rows.stream()
                                .map(row -> row.stream().map(samples::get).toList())
                                .toList(),
                        model.specials().pad(),
                        manager);
                int shown = rows.stream().mapToInt(List::size).sum();
                float[] seen = new float
                        [shown
                                * model.config().vision().features()
                                * model.config().vision().width()];
                Arrays.fill(seen, 0.1f);
                NDArray features = manager.create(
                        seen,
                        new Shape(
                                shown,
                                model.config().vision().features(),
                                model.config().vision().width()));
                gradients.backward(model.lossSum(batch.withFeatures(features), Precision.F32));
            }
        }
        Gradients.zero(model.parameters().trained().arrays());
        return (System.nanoTime() - began) / 1e6;
    }
}
