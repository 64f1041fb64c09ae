package vitune.shell;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitune.data.ClipArt;
import vitune.data.Coco;
import vitune.data.InstructionSet;
import vitune.data.Pairs;
import vitune.model.VisionLanguageModel;
import vitune.tensor.Precision;
import vitune.tune.Stage;
import vitune.tune.Tuner;

class LiveExecutionTest {
    /** An interrupt waits for a step to end: it is known by the name of a class that this package does not see. */
    @Test
    void aTrainingStepIsKnown(@TempDir Path folder) {
        assertFalse(LiveExecution.trains(Thread.currentThread().getStackTrace()));
        InstructionSet data =
                InstructionSet.ofCaptions(Coco.read(ClipArt.draw(folder.resolve("scenes"), 2, 3, Pairs.TUNING)), 7);
        AtomicReference<StackTraceElement[]> stack = new AtomicReference<>();
        try (VisionLanguageModel model = VisionLanguageModel.load(Path.of("src/test/resources/golden/blip2-opt"))) {
            new Tuner(model)
                    .onStep(step -> stack.set(Thread.currentThread().getStackTrace()))
                    .run(Stage.align().withPrecision(Precision.F32).withBatch(1), data);
        }
        assertTrue(LiveExecution.trains(stack.get()), List.of(stack.get()).toString());
    }
}
