package vitune.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import vitune.tensor.Gradients;
import vitune.tensor.Precision;

/** LoRA beside the numbers of peft, and its properties. */
class AdaptersTest {
    @TempDir
    Path temp;

    private Golden golden;

    private VisionLanguageModel open(Path folder) {
        golden = new Golden(folder);
        return golden.model;
    }

    @AfterEach
    void close() {
        if (golden != null) golden.close();
    }

    static Stream<Path> withAdapter() throws IOException {
        return GoldenFolders.with("adapter/golden.json").stream();
    }

    private float loss(VisionLanguageModel model) {
        Batch batch = golden.train();
        return model.lossSum(batch, Precision.F32).getFloat() / batch.supervised();
    }

    private String base(VisionLanguageModel model) {
        return model.parameters().select(name -> !Adapters.owns(name)).hash();
    }

    /** Loss and gradients with an adapter that peft wrote, of two ranks in one of them, are those of peft. */
    @ParameterizedTest
    @MethodSource("withAdapter")
    void adaptersOfPeft(Path folder) {
        VisionLanguageModel model = open(folder);
        JsonObject peft = Json.read(folder.resolve("adapter/golden.json"));
        float before = loss(model);
        model.adapters().load(folder.resolve("adapter"));
        float expected = peft.get("loss").getAsFloat();
        assertTrue(Math.abs(before - expected) > 0.01, "an adapter that changes nothing would test nothing");
        assertEquals(expected, loss(model), 1e-5 * expected);

        model.parameters().train(Adapters::owns);
        Batch batch = golden.train();
        try (Gradients gradients = Gradients.record()) {
            gradients.backward(model.lossSum(batch, Precision.F32).div(batch.supervised()));
        }
        Map<String, Double> norms = norms(model);
        JsonObject grads = peft.getAsJsonObject("grad_l2");
        assertEquals(grads.size(), norms.size());
        norms.forEach((name, norm) -> {
            String theirs = "base_model.model." + model.config().family().modulePath(name);
            assertEquals(grads.get(theirs).getAsDouble(), norm, 1e-5 * Math.max(1, norm), name);
        });
    }

    private static Map<String, Double> norms(VisionLanguageModel model) {
        Map<String, Double> norms = new java.util.TreeMap<>();
        try (NDManager scratch = model.manager().newSubManager()) {
            model.parameters().trained().asMap().forEach((name, array) -> {
                NDArray gradient = Gradients.of(array, scratch);
                norms.put(name, gradient == null ? 0.0 : gradient.norm().getFloat());
            });
        }
        return norms;
    }

    @ParameterizedTest
    @MethodSource("withAdapter")
    void mergedSaysTheSameAndUnmergedIsWhatItWas(Path folder) {
        VisionLanguageModel model = open(folder);
        model.parameters().train(name -> true); // f32 masters: what is stored in bf16 would round the sum
        float alone = loss(model);
        model.adapters().load(folder.resolve("adapter"));
        float beside = loss(model);
        model.adapters().merge();
        model.adapters().merge(); // once is enough
        assertEquals(beside, loss(model), 1e-5 * beside);
        model.adapters().unmerge();
        assertEquals(beside, loss(model), 1e-5 * beside);
        model.adapters().merge();
        model.save(temp.resolve("merged"));
        try (VisionLanguageModel read = VisionLanguageModel.load(temp.resolve("merged"))) {
            assertEquals(Map.of(), read.adapters().layers());
            assertEquals(beside, loss(read), 1e-5 * beside);
            assertNotEquals(alone, loss(read), 1e-3);
        }
    }

    /** What is written is what was read: names, ranks and numbers. */
    @ParameterizedTest
    @MethodSource("withAdapter")
    void savedAndLoadedAgain(Path folder) {
        VisionLanguageModel model = open(folder);
        model.adapters().load(folder.resolve("adapter"));
        model.adapters().save(temp.resolve("saved"));
        try (VisionLanguageModel fresh = VisionLanguageModel.load(folder)) {
            fresh.adapters().load(temp.resolve("saved"));
            assertEquals(model.adapters().layers(), fresh.adapters().layers());
            for (String name : model.adapters().layers().keySet()) {
                assertEquals(
                        model.parameters().hash(name + Adapters.A),
                        fresh.parameters().hash(name + Adapters.A));
                assertEquals(
                        model.parameters().hash(name + Adapters.B),
                        fresh.parameters().hash(name + Adapters.B));
            }
        }
    }

    static List<Path> families() {
        return Golden.folders();
    }

    /** Every linear layer of every part of every family; B is zero, so nothing changes, to the bit. */
    @ParameterizedTest
    @MethodSource("families")
    void aFreshAdapterChangesNothing(Path folder) {
        VisionLanguageModel model = open(folder);
        float before = loss(model);
        String base = base(model);
        for (Part part : Part.values()) model.adapters().add(part, Lora.of(2), 1);
        assertEquals(before, loss(model));
        assertEquals(base, base(model));
        assertFalse(model.adapters().layers().keySet().stream().anyMatch(name -> name.contains("embed")));
        long layers = model.parameters().asMap().entrySet().stream()
                .filter(e -> e.getKey().endsWith(".bias") || e.getKey().endsWith("_proj.weight"))
                .count();
        assertTrue(layers == 0 || !model.adapters().layers().isEmpty());
        for (Part part : Part.values()) model.adapters().add(part, Lora.of(2), 1); // stays
        var other =
                assertThrows(IllegalStateException.class, () -> model.adapters().add(Part.LANGUAGE, Lora.of(3), 1));
        assertTrue(
                other.getMessage().startsWith("the language model has other adapters already, Lora[rank=2, alpha=4.0"),
                other.getMessage());
    }

    @Test
    void whatWouldLoseThemIsRefused() {
        VisionLanguageModel model = open(Golden.folder());
        model.adapters().add(Part.LANGUAGE, Lora.of(1).withTargets("q_proj"), 0);
        int layers = model.adapters().layers().size();
        String expected = "a saved model would lose the adapters on " + layers
                + " layers: merge() them first, or keep them with adapters().save(folder)";
        assertEquals(
                expected,
                assertThrows(IllegalStateException.class, () -> model.save(temp.resolve("lost")))
                        .getMessage());
        assertThrows(
                IllegalStateException.class,
                () -> model.withConnector(model.config().connector(), 0));
        assertEquals(
                "the vision encoder has no linear layer that ends with one of [up_proj]",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> model.adapters()
                                        .add(Part.VISION, Lora.of(1).withTargets("up_proj"), 0))
                        .getMessage());
        model.adapters().merge();
        model.adapters().add(Part.LANGUAGE, Lora.of(4), 0); // those that are merged make room
        assertEquals(4, model.adapters().layers().values().iterator().next().rank());
    }

    @Test
    void adaptersOfAnotherKindAreNamed() throws IOException {
        VisionLanguageModel model = open(Golden.folder());
        Path adapter = golden.folder.resolve("adapter");
        Path copy = java.nio.file.Files.createDirectory(temp.resolve("dora"));
        java.nio.file.Files.copy(
                adapter.resolve("adapter_model.safetensors"), copy.resolve("adapter_model.safetensors"));
        JsonObject config = Json.read(adapter.resolve("adapter_config.json"));
        config.addProperty("use_dora", true);
        Json.write(copy.resolve("adapter_config.json"), config);
        String message = assertThrows(
                        IllegalArgumentException.class, () -> model.adapters().load(copy))
                .getMessage();
        assertTrue(message.endsWith("adapter_config.json: use_dora must be false, got true"), message);
        config.addProperty("use_dora", false);
        config.addProperty("lora_alpha", -1);
        config.add("alpha_pattern", new JsonObject());
        Json.write(copy.resolve("adapter_config.json"), config);
        message = assertThrows(
                        IllegalArgumentException.class, () -> model.adapters().load(copy))
                .getMessage();
        assertTrue(message.contains("alpha must be finite and > 0, got -1.0"), message);
        assertEquals(Map.of(), model.adapters().layers());
        assertThrows(IllegalArgumentException.class, () -> new Lora(0, 1, 0, List.of()));
        assertThrows(IllegalArgumentException.class, () -> new Lora(1, 1, 1, List.of()));
        assertThrows(IllegalArgumentException.class, () -> Lora.of(1).withAlpha(Double.POSITIVE_INFINITY));
    }

    @Test
    void eachTargetMustMeanALayerAndTheRankMustFitIt() {
        VisionLanguageModel model = open(Golden.folder());
        assertEquals(
                "the language model has no linear layer that ends with one of [vproj]",
                refusal(model, Lora.of(1).withTargets("q_proj", "vproj")));
        String message = refusal(model, Lora.of(Integer.MAX_VALUE));
        assertTrue(message.startsWith("rank must be <= "), message);
        assertTrue(message.endsWith(", got " + Integer.MAX_VALUE), message);
        assertEquals(Map.of(), model.adapters().layers());
    }

    private static String refusal(VisionLanguageModel model, Lora lora) {
        return assertThrows(
                        IllegalArgumentException.class, () -> model.adapters().add(Part.LANGUAGE, lora, 0))
                .getMessage();
    }
}
