package vitune.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitune.tensor.CheckpointException;
import vitune.tensor.Kernels;
import vitune.tensor.Precision;
import vitune.tensor.Safetensors;

class CheckpointTest {
    @TempDir
    Path temp;

    @Test
    void whatIsSavedIsWhatWasLoaded() throws IOException {
        Path first = temp.resolve("first");
        Path second = temp.resolve("second");
        try (VisionLanguageModel model = VisionLanguageModel.load(Golden.folder())) {
            model.save(first);
            try (VisionLanguageModel again = VisionLanguageModel.load(first)) {
                assertEquals(model.parameters().hash(), again.parameters().hash());
                assertEquals(model.config().toJson(), again.config().toJson());
                assertEquals(model.specials(), again.specials());
                again.save(second);
            }
        }
        try (Stream<Path> files = Files.list(first)) {
            for (Path file : files.toList()) {
                assertEquals(-1, Files.mismatch(file, second.resolve(file.getFileName())), file.toString());
            }
        }
        assertEquals(-1, Files.mismatch(Golden.folder().resolve("tokenizer.json"), first.resolve("tokenizer.json")));
    }

    @Test
    void theWordingOfOlderVersionsMeansTheSame() throws IOException {
        Path folder = Golden.copy(temp);
        ModelConfig modern = ModelConfig.read(folder);
        Files.copy(
                Golden.folder().resolve("config_legacy.json"),
                folder.resolve("config.json"),
                StandardCopyOption.REPLACE_EXISTING);
        ModelConfig legacy = ModelConfig.read(folder);
        assertEquals(modern.vision(), legacy.vision());
        assertEquals(modern.connector(), legacy.connector());
        assertEquals(modern.language(), legacy.language());
        assertEquals(modern.imageToken(), legacy.imageToken());
    }

    @Test
    void shardsHalfPrecisionAndATiedHeadAreRead() throws IOException {
        Path folder = Golden.copy(temp);
        try (VisionLanguageModel model = VisionLanguageModel.load(folder)) {
            Map<String, NDArray> one = new LinkedHashMap<>();
            Map<String, NDArray> two = new LinkedHashMap<>();
            JsonObject map = new JsonObject();
            model.parameters().asMap().forEach((name, array) -> {
                boolean vision = Part.of(name) == Part.VISION;
                (vision ? one : two).put(name, vision ? Kernels.cast(array, Precision.BF16) : array);
                map.addProperty(name, vision ? "model-00001-of-00002.safetensors" : "model-00002-of-00002.safetensors");
            });
            two.put(
                    "language_model.lm_head.weight",
                    model.parameters().require("language_model.model.decoder.embed_tokens.weight"));
            map.addProperty("language_model.lm_head.weight", "model-00002-of-00002.safetensors");
            Files.delete(folder.resolve("model.safetensors"));
            Safetensors.write(folder.resolve("model-00001-of-00002.safetensors"), one, Map.of());
            Safetensors.write(folder.resolve("model-00002-of-00002.safetensors"), two, Map.of());
            JsonObject index = new JsonObject();
            index.add("weight_map", map);
            Json.write(folder.resolve("model.safetensors.index.json"), index);
            try (VisionLanguageModel again = VisionLanguageModel.load(folder)) {
                String projection = "language_projection.weight";
                assertEquals(
                        model.parameters().hash(projection), again.parameters().hash(projection));
                String norm = "vision_model.post_layernorm.weight";
                assertEquals(Precision.BF16, Precision.of(again.parameters().require(norm)));
                assertTrue(Golden.largest(
                                Kernels.floats(model.parameters().require(norm)),
                                Kernels.floats(again.parameters().require(norm)))
                        < 0.01);
            }
        }
    }

    @Test
    void storedPrecisionIsKeptAndComputesAsItsF32() throws IOException {
        Path folder = Golden.copy(temp);
        Path single = folder.resolve("model.safetensors");
        for (Precision stored : List.of(Precision.BF16, Precision.F16)) {
            Map<String, NDArray> half = new LinkedHashMap<>();
            Map<String, NDArray> same = new LinkedHashMap<>();
            try (VisionLanguageModel model = VisionLanguageModel.load(Golden.folder());
                    Golden golden = new Golden()) {
                model.parameters().asMap().forEach((name, array) -> {
                    half.put(name, Kernels.cast(array, stored));
                    same.put(name, Kernels.cast(half.get(name), Precision.F32));
                });
                Safetensors.write(single, half, Map.of("format", "pt"));
                float[] loss = new float[2];
                try (VisionLanguageModel kept = VisionLanguageModel.load(folder)) {
                    kept.parameters().asMap().forEach((name, array) -> assertEquals(stored, Precision.of(array), name));
                    loss[0] = kept.lossSum(golden.train(), Precision.F32).getFloat();
                    kept.save(temp.resolve("saved-" + stored));
                }
                assertEquals(
                        -1,
                        Files.mismatch(single, temp.resolve("saved-" + stored).resolve("model.safetensors")));
                Safetensors.write(single, same, Map.of("format", "pt"));
                try (VisionLanguageModel single32 = VisionLanguageModel.load(folder)) {
                    loss[1] = single32.lossSum(golden.train(), Precision.F32).getFloat();
                }
                assertEquals(loss[1], loss[0], stored + " weights are cast where they are used");
            }
        }
    }

    @Test
    void weightsThatDoNotFitAreNamed() throws IOException {
        Path folder = Golden.copy(temp);
        Path config = folder.resolve("config.json");
        String json = Files.readString(config);
        Files.writeString(config, json.replace("\"num_query_tokens\": 4", "\"num_query_tokens\": 5"));
        CheckpointException shape = assertThrows(CheckpointException.class, () -> VisionLanguageModel.load(folder));
        assertTrue(shape.getMessage().endsWith("query_tokens: expected (1, 5, 24), found (1, 4, 24)"));
        Files.writeString(config, json.replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1"));
        CheckpointException foreign = assertThrows(CheckpointException.class, () -> VisionLanguageModel.load(folder));
        assertTrue(foreign.getMessage().contains("decoder.layers.1."), foreign.getMessage());
    }

    @Test
    void whatIsNotBuiltIsRefusedByName() {
        assertRefused(
                "{\"model_type\": \"qwen2_vl\"}",
                "the family \"qwen2_vl\" (model_type) is not supported; supported: blip-2, instructblip, llava");
        assertRefused(
                "{\"model_type\": \"llava\", \"text_config\": {\"model_type\": \"mistral\"}}",
                "the language model \"mistral\" (text_config.model_type) is not supported; supported: opt, llama, t5");
        assertRefused(
                "{\"model_type\": \"blip-2\", \"vision_config\": {\"hidden_act\": \"quick_gelu\"}}",
                "hidden_act must be gelu, got \"quick_gelu\"");
        assertRefused(
                "{\"model_type\": \"blip-2\", \"connector\": {\"kind\": \"resampler\"}}",
                "connector.kind must be one of q-former, linear, mlp, got resampler");
        assertRefused(
                "{\"model_type\": \"blip-2\", \"text_config\": {\"do_layer_norm_before\": false}}",
                "do_layer_norm_before must be true, got false");
    }

    private static void assertRefused(String json, String message) {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> ModelConfig.parse(JsonParser.parseString(json).getAsJsonObject()));
        assertEquals(message, e.getMessage());
    }

    @Test
    void aRandomModelFollowsItsSeed() {
        ModelConfig config = new ModelConfig(
                new EvaConfig(28, 7, 32, 2, 4),
                ConnectorConfig.qFormer(4, 32, 2, 4),
                new OptConfig(320, 32, 2, 4, 64),
                316,
                ChatTemplate.v1().withBos(true));
        Tokenizer tokenizer = Tokenizer.read(Golden.folder());
        try (VisionLanguageModel a = VisionLanguageModel.random(config, tokenizer, 1);
                VisionLanguageModel b = VisionLanguageModel.random(config, tokenizer, 1);
                VisionLanguageModel c = VisionLanguageModel.random(config, tokenizer, 2)) {
            assertEquals(a.parameters().hash(), b.parameters().hash());
            assertNotEquals(a.parameters().hash(), c.parameters().hash());
            float[] words = Kernels.floats(a.parameters().require("language_model.model.decoder.embed_tokens.weight"));
            double square = 0;
            for (float w : words) square += w * w;
            assertEquals(0.02, Math.sqrt(square / words.length), 0.001);
            a.save(temp.resolve("random"));
            try (VisionLanguageModel again = VisionLanguageModel.load(temp.resolve("random"))) {
                assertEquals(a.parameters().hash(), again.parameters().hash());
                assertEquals(config.template(), again.config().template());
            }
        }
    }
}
