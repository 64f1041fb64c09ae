package vitune.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vitune.data.Turn;
import vitune.tensor.Engines;
import vitune.tensor.Kernels;
import vitune.tensor.Precision;

/** Released sizes: their published numbers of parameters, without one of them in memory, and small ones at random. */
class PresetTest {
    /** In millions; BLIP-2's paper and model cards round to three digits. */
    @ParameterizedTest
    @CsvSource({
        "blip2-opt-2.7b, 986, 107, 2652, 3745",
        "blip2-opt-6.7b, 986, 108, 6659, 7753",
        "llava-1.5-7b, 304, 21, 6739, 7063"
    })
    void parametersAreAsManyAsPublished(String label, long vision, long connector, long language, long all) {
        Blueprint blueprint = Blueprint.of(Preset.of(label).config());
        assertEquals(vision, millions(count(blueprint, Part.VISION)));
        assertEquals(connector, millions(count(blueprint, Part.CONNECTOR)));
        assertEquals(language, millions(count(blueprint, Part.LANGUAGE)));
        assertEquals(
                all,
                millions(Arrays.stream(Part.values())
                        .mapToLong(part -> count(blueprint, part))
                        .sum()));
    }

    /** Numbers of a part, those left out of a fresh model not counted. */
    private static long count(Blueprint blueprint, Part part) {
        return blueprint.specs().entrySet().stream()
                .filter(each ->
                        Part.of(each.getKey()) == part && each.getValue().required())
                .mapToLong(each -> each.getValue().shape().size())
                .sum();
    }

    private static long millions(long count) {
        return Math.round(count / 1e6);
    }

    @Test
    void namesAreThoseOfACommandLine() {
        assertEquals(
                List.of("small", "middle", "blip2-opt-2.7b", "blip2-opt-6.7b", "llava-1.5-7b"),
                Arrays.stream(Preset.values()).map(Preset::label).toList());
        assertThrows(IllegalArgumentException.class, () -> Preset.of("blip"));
        for (Preset preset : Preset.values()) assertEquals(preset, Preset.of(preset.label()));
    }

    @Test
    void aFreshModelOfHalfTheMemoryLearnsAndWrites() {
        try (VisionLanguageModel model = Preset.SMALL.random(Precision.BF16, 1);
                NDManager m = Engines.newManager()) {
            assertEquals(
                    Blueprint.of(model.config()).specs().size(),
                    model.parameters().size());
            model.parameters().arrays().forEach(array -> assertEquals(Precision.BF16, Precision.of(array)));
            Rendered row = model.render(List.of(new Turn("17 18", "19 20")), 1);
            assertTrue(Arrays.stream(row.ids()).filter(id -> id == 3999).count() == 16);
            assertTrue(Arrays.stream(row.ids()).anyMatch(id -> id == 19), "token 19 is written 19");
            Batch batch = Batch.of(List.of(row), 1, m).withPixels(m.zeros(new Shape(1, 3, 112, 112)));
            NDArray loss = model.lossSum(batch, Precision.F32);
            double uniform = Math.log(4000) * row.supervised();
            assertEquals(uniform, loss.getFloat(), 0.05 * uniform, "it knows nothing");
        }
    }

    /** 1.5 million numbers: drawn by PyTorch. */
    @Test
    void largeArraysFollowFromTheSeedAlone() {
        try (NDManager m = Engines.newManager()) {
            Blueprint.Spec large = new Blueprint.Spec(new Shape(1500, 1024), 0.5, 0.02);
            float[] once = Kernels.floats(large.draw("a", 7, Precision.F32, m));
            Engines.seed(3);
            assertArrayEquals(once, Kernels.floats(large.draw("a", 7, Precision.F32, m)));
            assertNotEquals(once[5], Kernels.floats(large.draw("a", 8, Precision.F32, m))[5]);
            assertNotEquals(once[5], Kernels.floats(large.draw("b", 7, Precision.F32, m))[5]);
            double mean = 0, square = 0;
            for (float v : once) mean += v / once.length;
            for (float v : once) square += (v - mean) * (v - mean) / once.length;
            assertEquals(0.5, mean, 5 * 0.02 / Math.sqrt(once.length));
            assertEquals(0.02, Math.sqrt(square), 1e-4);
            assertEquals(Precision.BF16, Precision.of(large.draw("a", 7, Precision.BF16, m)));
        }
    }
}
