package vitune.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a model is written to, what stays there, and what its processor states. */
class SavingTest {
    @TempDir
    Path temp;

    @Test
    void savingOverAFolderKeepsWhatIsNotOurs() throws IOException {
        Path folder = Golden.copy(temp);
        Files.writeString(folder.resolve("README.md"), "mine");
        Files.writeString(folder.resolve("model_card.md"), "mine too");
        List<String> stale = List.of(
                "model-00001-of-00002.safetensors",
                "model.safetensors.index.json",
                "pytorch_model-00001-of-00002.bin",
                "pytorch_model.bin.index.json",
                "processor_config.json",
                "added_tokens.json",
                "tokenizer.model",
                "vocab.json",
                "chat_template.jinja",
                "qformer_tokenizer/tokenizer.json");
        Files.createDirectories(folder.resolve("qformer_tokenizer"));
        for (String name : stale) Files.writeString(folder.resolve(name), "old");
        try (VisionLanguageModel model = VisionLanguageModel.load(Golden.folder())) {
            model.save(folder);
        }
        assertEquals("mine", Files.readString(folder.resolve("README.md")));
        assertEquals("mine too", Files.readString(folder.resolve("model_card.md")));
        for (String name : stale) {
            boolean written = Files.exists(Golden.folder().resolve(name));
            assertEquals(written, Files.exists(folder.resolve(name)), name + " of the older model would count");
        }
        VisionLanguageModel.load(folder).close();
        assertOnly(folder);
    }

    private void assertOnly(Path... expected) throws IOException {
        try (Stream<Path> left = Files.list(temp)) {
            assertEquals(List.of(expected), left.sorted().toList(), "no temporary folder is left");
        }
    }

    /** Saved where a model with other pictures was: its processor would count, and the pixels be others. */
    @Test
    void theProcessorOfAnOlderModelDoesNotCount() throws IOException {
        Path folder = Golden.copy(temp);
        try (VisionLanguageModel model = VisionLanguageModel.load(folder)) { // it has a preprocessor_config.json alone
            Json.write(
                    folder.resolve("processor_config.json"),
                    JsonParser.parseString("{\"image_processor\": {\"size\": 28, \"image_mean\": [0, 0, 0]}}"));
            model.save(folder);
            try (VisionLanguageModel again = VisionLanguageModel.load(folder)) {
                assertEquals(model.processor().mean(), again.processor().mean());
            }
        }
    }

    @Test
    void whereNoFolderCanBeNothingIsTouched() throws IOException {
        Path file = Files.writeString(temp.resolve("notes.txt"), "mine");
        try (VisionLanguageModel model = VisionLanguageModel.load(Golden.folder())) {
            for (Path path : List.of(
                    file,
                    file.resolve("model"),
                    Path.of("."),
                    Path.of("").toAbsolutePath().getParent())) {
                String said = assertThrows(IllegalArgumentException.class, () -> model.save(path))
                        .getMessage();
                String expected = path.startsWith(temp)
                        ? "notes.txt is a file, expected a folder"
                        : " is the folder that this process works in, or holds it";
                assertTrue(said.contains(expected), said);
            }
        }
        assertEquals("mine", Files.readString(file));
        assertOnly(file);
        VisionLanguageModel.requireSavable(temp.resolve("new/model"));
    }

    @Test
    void aLinkToAFolderStaysOne() throws IOException {
        Path folder = Golden.copy(temp);
        Files.writeString(folder.resolve("README.md"), "mine");
        Path link = Files.createSymbolicLink(temp.resolve("link"), Path.of("copy"));
        try (VisionLanguageModel model = VisionLanguageModel.load(link)) {
            model.save(link, 20_000);
        }
        assertEquals(Path.of("copy"), Files.readSymbolicLink(link));
        assertEquals("mine", Files.readString(folder.resolve("README.md")));
        assertTrue(Files.exists(folder.resolve("model.safetensors.index.json")));
        assertOnly(folder, link);
    }

    @Test
    void aSaveThatWasCutBetweenTwoRenamesIsNamed() throws IOException {
        Path folder = Golden.copy(temp);
        Path old = Files.move(folder, temp.resolve("copy.old-17"));
        String cut = assertThrows(UncheckedIOException.class, () -> VisionLanguageModel.load(folder))
                .getMessage();
        assertTrue(cut.contains(folder.toString()) && cut.contains(old + "]: rename it"), cut);
        Path other = temp.resolve("other");
        String none = assertThrows(UncheckedIOException.class, () -> VisionLanguageModel.load(other))
                .getMessage();
        assertTrue(none.contains(other + ": there is no such folder") && !none.contains("rename"), none);
    }

    private static JsonObject processorAfter(VisionLanguageModel model, Path folder) {
        model.save(folder);
        return Json.read(folder.resolve("processor_config.json"));
    }

    @ParameterizedTest
    @CsvSource({"blip2-opt, Blip2Processor", "instructblip-llama, InstructBlipProcessor"})
    void theProcessorStatesAsManyQueriesAsTheModelHas(String family, String name) {
        try (VisionLanguageModel model =
                VisionLanguageModel.load(Golden.folder().resolveSibling(family))) {
            ConnectorConfig nine = ConnectorConfig.qFormer(9, 32, 2, 4);
            for (ConnectorConfig other : List.of(nine, ConnectorConfig.linear())) {
                try (VisionLanguageModel changed = model.withConnector(other, 1)) {
                    JsonObject json = processorAfter(changed, temp.resolve(family + other.kind()));
                    assertEquals(
                            changed.config().queries(),
                            json.get("num_query_tokens").getAsInt());
                    assertEquals(name, json.get("processor_class").getAsString(), "the rest stays");
                }
            }
        }
    }

    /** A fresh model's processor knows what transformers' own of that family needs to lay out image tokens. */
    @Test
    void aFreshProcessorIsOneOfItsFamily() {
        Tokenizer tokenizer = Tokenizer.read(Golden.folder());
        OptConfig opt = new OptConfig(320, 32, 1, 4, 64);
        ModelConfig blip = new ModelConfig(
                new EvaConfig(28, 7, 32, 1, 4), ConnectorConfig.qFormer(5, 32, 2, 4), opt, 316, ChatTemplate.blip2());
        ModelConfig llava =
                new ModelConfig(new ClipConfig(28, 7, 32, 2, 4), ConnectorConfig.mlp(), opt, 316, ChatTemplate.v1());
        try (VisionLanguageModel a = VisionLanguageModel.random(blip, tokenizer, 1);
                VisionLanguageModel b = VisionLanguageModel.random(llava, tokenizer, 1)) {
            JsonObject json = processorAfter(a, temp.resolve("blip"));
            json.remove("image_processor");
            assertEquals("{\"num_query_tokens\":5,\"processor_class\":\"Blip2Processor\"}", json.toString());
            json = processorAfter(b, temp.resolve("llava"));
            json.remove("image_processor");
            assertEquals(
                    "{\"num_additional_image_tokens\":1,\"patch_size\":7,"
                            + "\"vision_feature_select_strategy\":\"default\",\"processor_class\":\"LlavaProcessor\"}",
                    json.toString());
        }
    }
}
