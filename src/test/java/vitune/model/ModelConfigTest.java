package vitune.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vitune.tensor.Kernels;
import vitune.tensor.Precision;

/** What the settings of a folder mean: which file has the last word, and what an absent field stands for. */
class ModelConfigTest {
    @TempDir
    Path folder;

    private static JsonObject json(String text) {
        return JsonParser.parseString(text.replace('\'', '"')).getAsJsonObject();
    }

    private static JsonObject config(String family) {
        return Json.read(Golden.folder().resolveSibling(family).resolve("config.json"));
    }

    private static ModelConfig withText(String family, String fields) {
        JsonObject config = config(family);
        json(fields).asMap().forEach(config.getAsJsonObject("text_config")::add);
        return ModelConfig.parse(config);
    }

    /** The scores are those of transformers 5.18 for {@code dense_act_fn: gelu}; those of gelu_new are 2e-4 away. */
    @Test
    void aGateOfExactGeluIsWhatTransformersComputes() throws IOException {
        Path family = Golden.folder().resolveSibling("blip2-t5");
        try (var files = Files.list(family)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        JsonObject config = Json.read(folder.resolve("config.json"));
        config.getAsJsonObject("text_config").addProperty("dense_act_fn", "gelu");
        Json.write(folder.resolve("config.json"), config);
        float[] expected = {2.18048096f, -0.82714456f, -1.20742345f, -0.82277662f, -3.72231293f, 0.54623258f};
        try (Golden golden = new Golden(folder)) {
            Batch batch = golden.train();
            LanguageModel language = golden.model.language();
            float[] scores = Kernels.floats(language.logits(
                    language.states(golden.model.embed(batch, Precision.F32), batch.mask(), batch.labels(), null)
                            .get("0, 0:1")));
            for (int i = 0; i < expected.length; i++) assertEquals(expected[i], scores[i], 2e-5, "score " + i);
        }
    }

    @Test
    void theGateOfAT5IsReadAndWritten() {
        T5Config usual =
                (T5Config) withText("blip2-t5", "{'dense_act_fn': null}").language();
        assertFalse(usual.exact(), "gated-gelu alone is gelu_new");
        T5Config exact =
                (T5Config) withText("blip2-t5", "{'dense_act_fn': 'gelu'}").language();
        assertTrue(exact.exact());
        JsonObject written = new JsonObject();
        exact.writeTo(written);
        assertEquals(exact, T5Config.read(written));
        usual.writeTo(written);
        assertEquals(usual, T5Config.read(written));
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> withText("blip2-t5", "{'dense_act_fn': 'relu'}"));
        assertEquals("dense_act_fn must be one of [gelu_new, gelu], got relu", e.getMessage());
    }

    @Test
    void anUnnamedLanguageModelIsTheFamilysUsualOne() {
        JsonObject llava = config("llava-llama");
        llava.getAsJsonObject("text_config").remove("model_type");
        assertInstanceOf(LlamaConfig.class, ModelConfig.parse(llava).language());
        assertEquals(2, SpecialTokens.of(ModelConfig.parse(llava)).stop());
        JsonObject blip = config("blip2-opt");
        blip.getAsJsonObject("text_config").remove("model_type");
        assertInstanceOf(OptConfig.class, ModelConfig.parse(blip).language());
    }

    private SpecialTokens specials(ModelConfig config, String generation) throws IOException {
        Files.writeString(folder.resolve("generation_config.json"), generation.replace('\'', '"'));
        return SpecialTokens.read(folder, config);
    }

    /** As transformers 5.18 stops: BLIP-2 at 77, where its language model's own settings say so, LLaVA at 3 or 4. */
    @ParameterizedTest
    @CsvSource({
        "blip2-opt,          bos_token_id,           78, 77, 79",
        "blip2-t5,           decoder_start_token_id, 78, 77, 79",
        "instructblip-llama, bos_token_id,           78, 77, 79",
        "llava-llama,        bos_token_id,           5,  3,  6"
    })
    void theFileThatTransformersAsksFirstHasTheLastWord(String family, String bos, long opens, long stops, long pads)
            throws IOException {
        String own = "{'%s': 5, 'eos_token_id': [3, 4], 'pad_token_id': 6}".formatted(bos);
        String text = "{'%s': 78, 'eos_token_id': 77, 'pad_token_id': 79}".formatted(bos);
        SpecialTokens both = specials(withText(family, text), own);
        assertEquals(List.of(opens, stops, pads), List.of(both.bos(), both.stop(), both.pad()));
        assertEquals(family.startsWith("llava") ? List.of(3L, 4L) : List.of(77L), both.stops());
        String silent = text.replaceAll("\\d+", "null");
        assertEquals(List.of(3L, 4L), specials(withText(family, silent), own).stops(), "the other where one is silent");
        assertEquals(List.of(77L), specials(withText(family, text), "{}").stops(), "the other where one is silent");
    }

    @Test
    void openingAndStopTokensMustBeWords() {
        for (String field : List.of("bos_token_id", "eos_token_id")) {
            for (int id : new int[] {-1, 320}) {
                IllegalArgumentException e = assertThrows(
                        IllegalArgumentException.class,
                        () -> specials(withText("blip2-opt", "{'" + field + "': " + id + "}"), "{}"));
                assertEquals(
                        folder + ": text_config." + field + " of config.json must be >= 0 and < vocab_size 320, got "
                                + id,
                        e.getMessage());
            }
        }
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> specials(ModelConfig.parse(config("llava-llama")), "{'eos_token_id': [2, 416]}"));
        assertTrue(e.getMessage().contains("eos_token_id of generation_config.json must be >= 0"), e.getMessage());
    }

    /** InstructBLIP with Vicuna is released with a pad token of -1. */
    @Test
    void aPadTokenThatIsNoWordIsTheStopToken() throws IOException {
        assertEquals(
                7,
                specials(withText("instructblip-llama", "{'pad_token_id': -1, 'eos_token_id': 7}"), "{}")
                        .pad());
        assertEquals(
                7,
                specials(withText("instructblip-llama", "{'pad_token_id': 416, 'eos_token_id': 7}"), "{}")
                        .pad());
        assertEquals(
                415,
                specials(withText("instructblip-llama", "{'pad_token_id': 415}"), "{}")
                        .pad());
    }
}
