package vitune.tune;

import static vitune.data.ResponseType.CONVERSATION;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import vitune.data.ClipArt;
import vitune.data.Coco;
import vitune.data.ImageContext;
import vitune.data.InstructionSet;
import vitune.data.Pairs;
import vitune.model.VisionLanguageModel;
import vitune.teach.InstructionGenerator;
import vitune.teach.Teacher;
import vitune.tensor.Engines;

/**
 * Records losses of real runs for the test of {@link LossWatch}: small models, batches from one sample up, learning rates
 * from slow to ruinous, no warm-up and no rule that stops them. One line a run: its name, then its losses.
 *
 * <p>Two sets: {@code looked-at} is what the rule may be worked on with, {@code held-out} has other seeds, pictures,
 * batches and rates. Here are the golden models {@code blip2-opt} and {@code llava-llama} of the test resources (the latter
 * in {@code looked-at} up to batch 4 at .001, where its recording was ended), and in {@code held-out} {@code data/tiny} too.
 *
 * <p>Arguments: the file to write, looked-at or held-out, folders of models.
 */
final class LossCurves {
    private static final int STEPS = 200;

    private static final class Enough extends RuntimeException {}

    private LossCurves() {}

    public static void main(String[] args) throws IOException {
        Engines.threads(1);
        boolean held = args[1].equals("held-out");
        int[] batches = held ? new int[] {2} : new int[] {1, 4, 16};
        double[] rates = held ? new double[] {2e-3, 2e-2, 0.1, 0.5, 1, 6} : new double[] {1e-3, 1e-2, 5e-2, 0.3, 3};
        Path folder = Files.createTempDirectory("vitune-curves");
        InstructionSet data = data(folder, held ? 12 : 11);
        List<String> lines = new ArrayList<>();
        for (String model : Arrays.asList(args).subList(2, args.length)) {
            for (int batch : batches) {
                for (double rate : rates) {
                    Stage stage = Stage.instruct()
                            .withBatch(batch)
                            .withMicroBatch(batch)
                            .withEpochs((STEPS * batch + data.size() - 1) / data.size())
                            .withWarmupRatio(0)
                            .withLearningRate(rate)
                            .withSeed(held ? 5 : 3);
                    String name = "%s batch %d rate %s".formatted(Path.of(model).getFileName(), batch, rate);
                    lines.add(name + "," + words(losses(Path.of(model), stage, data)));
                    Files.write(Path.of(args[0]), lines);
                }
            }
        }
    }

    /** Captions and conversations: long answers and short ones. */
    private static InstructionSet data(Path folder, int seed) {
        List<ImageContext> scenes = Coco.read(ClipArt.draw(folder.resolve("scenes"), 48, seed, Pairs.TUNING));
        var generator = new InstructionGenerator(Teacher.builtIn(), folder.resolve("ledger.db"));
        return InstructionSet.of(Stream.concat(
                        InstructionSet.ofCaptions(scenes, seed).samples().stream(),
                        generator.generate(scenes, CONVERSATION).samples().stream())
                .toList());
    }

    private static List<Double> losses(Path folder, Stage stage, InstructionSet data) {
        List<Double> losses = new ArrayList<>();
        try (VisionLanguageModel model = VisionLanguageModel.load(folder)) {
            new Tuner(model)
                    .withLossWatch(LossWatch.off())
                    .onStep(step -> {
                        losses.add(step.loss());
                        if (losses.size() == STEPS) throw new Enough();
                    })
                    .run(stage, data);
        } catch (DivergedException e) {
            losses.add(Double.NaN);
        } catch (Enough e) {
            return losses;
        }
        return losses;
    }

    private static String words(List<Double> losses) {
        return losses.stream()
                .map(loss -> String.format(Locale.ROOT, "%.4g", loss))
                .collect(Collectors.joining(" "));
    }
}
