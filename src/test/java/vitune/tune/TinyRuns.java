package vitune.tune;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import vitune.data.ClipArt;
import vitune.data.Coco;
import vitune.data.ImageContext;
import vitune.data.InstructionSample;
import vitune.data.InstructionSet;
import vitune.data.Pairs;
import vitune.data.ResponseType;
import vitune.data.Turn;
import vitune.model.VisionLanguageModel;

/** A model of a few thousand weights, and conversations of unequal length about drawn pictures. */
final class TinyRuns {
    private TinyRuns() {}

    static VisionLanguageModel model(String family) {
        return VisionLanguageModel.load(Path.of("src/test/resources/golden", family));
    }

    static InstructionSet data(Path folder, int samples) {
        List<ImageContext> scenes = Coco.read(ClipArt.draw(folder.resolve("scenes"), samples, 3, Pairs.TUNING));
        return InstructionSet.of(IntStream.range(0, samples)
                .mapToObj(i -> new InstructionSample(
                        "sample-" + i,
                        List.of(scenes.get(i).image()),
                        ResponseType.CONVERSATION,
                        IntStream.rangeClosed(0, i % 3)
                                .mapToObj(t -> new Turn("what is " + t, "it ".repeat(1 + (i + t) % 4)))
                                .toList(),
                        Map.of()))
                .toList());
    }

    /** Steps of four samples, large enough that a loss is seen to fall. */
    static Stage stage(int epochs) {
        return Stage.instruct().withBatch(4).withLearningRate(1e-2).withEpochs(epochs);
    }

    /** The first samples of a set. */
    static InstructionSet first(InstructionSet data, int samples) {
        return InstructionSet.of(data.samples().subList(0, samples));
    }
}
