package vitune.model;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vitune.tensor.Engines;
import vitune.tensor.Gradients;
import vitune.tensor.Kernels;
import vitune.tensor.Packing;
import vitune.tensor.Precision;

/** A word through all layers in one call, beside the same word operation by operation. */
class NextWordTest {
    private static final NDIndex LAST = new NDIndex(":, -1");

    private interface Check {
        void of(@Nullable NDArray once, NDArray stepwise);
    }

    private static Golden golden(String family) {
        return new Golden(Golden.folder().resolveSibling(family));
    }

    /** What both ways make of one word behind the first prompts of the golden set; padding leads where there are two. */
    private static void compare(Golden golden, int rows, Precision precision, Check check) {
        Batch prompts = golden.prompts();
        String front = ":" + rows;
        NDArray embedded = golden.model.embed(prompts, precision).get(front);
        NDArray mask = prompts.mask().get(front);
        LanguageModel language = golden.model.language();
        NDArray word = Kernels.cast(
                language.embed(golden.manager
                        .create(new long[] {7, 11}, new Shape(2, 1))
                        .get(front)),
                precision);
        if (language instanceof T5 t5) {
            try (T5Continuation past = new T5Continuation(t5, embedded, mask, golden.manager)) {
                NDArray hide = Kernels.attentionMask(mask);
                NDArray once = t5.next(word, hide, past);
                check.of(once, t5.logits(t5.decode(word, embedded, hide, past).get(LAST)));
            }
        } else {
            Decoder decoder = (Decoder) language;
            try (KvCache cache = new KvCache(decoder.layers(), golden.manager)) {
                decoder.forward(embedded, mask, cache);
                NDArray longer = mask.concat(golden.manager.ones(new Shape(rows, 1), mask.getDataType()), 1);
                NDArray once = decoder.next(word, longer, cache);
                check.of(
                        once,
                        decoder.logits(decoder.forward(word, longer, cache).get(LAST)));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "blip2-opt, 1",
        "blip2-opt, 2",
        "blip2-t5, 1",
        "blip2-t5, 2",
        "llava-llama, 1",
        "llava-llama, 2",
        "instructblip-llama, 1",
        "instructblip-llama, 2"
    })
    void theScoresAreTheSame(String family, int rows) {
        try (Golden golden = golden(family)) {
            Check near = (once, stepwise) -> {
                assertNotNull(once);
                double worst = Golden.largest(Kernels.floats(stepwise), Kernels.floats(once));
                assertTrue(worst < 1e-5, "largest difference " + worst);
            };
            Gradients.off(() -> compare(golden, rows, Precision.F32, near));
            Gradients.off(() -> compare(golden, rows, Precision.BF16, (once, stepwise) -> {
                assertNotNull(once);
                double worst = Golden.largest(Kernels.floats(stepwise), Kernels.floats(once));
                assertTrue(worst < 0.05, "largest difference in bf16 " + worst);
            }));
            golden.model.parameters().train(name -> true); // stored in f32 from here on: two rows meet packed weights
            Packing.during(golden.manager, () -> {
                compare(golden, rows, Precision.F32, near);
                return true;
            });
        }
    }

    /** On two threads a text alone meets packed weights after sixteen words. */
    @ParameterizedTest
    @ValueSource(strings = {"blip2-opt", "blip2-t5", "llava-llama"})
    void aLongTextAloneStaysTheSame(String family) {
        int threads = Engines.threads();
        Engines.threads(2);
        try (Golden golden = golden(family)) {
            golden.model.parameters().train(name -> true);
            Packing.during(golden.manager, () -> {
                for (int word = 0; word < 18; word++) {
                    compare(golden, 1, Precision.F32, (once, stepwise) -> {
                        assertNotNull(once);
                        double worst = Golden.largest(Kernels.floats(stepwise), Kernels.floats(once));
                        assertTrue(worst < 1e-5, "largest difference " + worst);
                    });
                }
                return true;
            });
        } finally {
            Engines.threads(threads);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"blip2-opt", "blip2-t5", "llava-llama"})
    void adaptersGoTheLongWay(String family) {
        try (Golden golden = golden(family)) {
            golden.model.adapters().add(Part.LANGUAGE, Lora.of(2), 1);
            Gradients.off(() -> compare(golden, 1, Precision.F32, (once, stepwise) -> {
                assertNull(once);
            }));
            golden.model.adapters().merge();
            Gradients.off(() -> compare(golden, 1, Precision.F32, (once, stepwise) -> {
                assertNotNull(once);
            }));
        }
    }
}
