package vitune.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import vitune.tensor.Engines;
import vitune.tensor.Parameters;
import vitune.tensor.Shards;

/** A folder in, a folder out: what was not trained is what it was. */
class RoundTripTest {
    @TempDir
    Path temp;

    static List<Path> families() {
        return Golden.folders();
    }

    @ParameterizedTest
    @MethodSource("families")
    void whatWasNotTrainedHasTheBytesItWasReadWith(Path family) {
        try (VisionLanguageModel model = VisionLanguageModel.load(family)) {
            model.parameters().train(name -> Part.of(name) == Part.CONNECTOR);
            model.save(temp.resolve("out"), 20_000); // several files
        }
        assertTrue(Files.exists(temp.resolve("out/model.safetensors.index.json")));
        try (Shards before = Shards.open(family);
                Shards after = Shards.open(temp.resolve("out"));
                NDManager manager = Engines.newManager()) {
            assertEquals(new TreeSet<>(before.names()), new TreeSet<>(after.names()));
            for (String name : before.names()) {
                boolean trained = Part.of(name) == Part.CONNECTOR;
                assertEquals(trained ? "F32" : before.dtype(name), after.dtype(name), name);
                if (!trained) assertEquals(hash(before, name, manager), hash(after, name, manager), name);
            }
        }
    }

    private static String hash(Shards shards, String name, NDManager manager) {
        return new Parameters("one").put(name, shards.read(name, manager)).hash(name);
    }

    @ParameterizedTest
    @MethodSource("families")
    void theFilesBesideTheWeightsStay(Path family) throws IOException {
        try (VisionLanguageModel model = VisionLanguageModel.load(family)) {
            model.save(temp.resolve("out"));
        }
        for (String name : List.of(
                "tokenizer.json", "tokenizer_config.json", "preprocessor_config.json", "processor_config.json")) {
            assertArrayEquals(
                    Files.readAllBytes(family.resolve(name)),
                    Files.readAllBytes(temp.resolve("out").resolve(name)),
                    name);
        }
        if (Files.exists(family.resolve("qformer_tokenizer"))) {
            assertArrayEquals(
                    Files.readAllBytes(family.resolve("qformer_tokenizer/tokenizer.json")),
                    Files.readAllBytes(temp.resolve("out/qformer_tokenizer/tokenizer.json")));
        }
        for (String name : List.of("config.json", "generation_config.json")) {
            assertEquals(
                    Json.read(family.resolve(name)),
                    Json.read(temp.resolve("out").resolve(name)),
                    name);
        }
    }

    /** Some folders call the parameters by other names; they are read alike, and written back under the names they had. */
    @ParameterizedTest
    @MethodSource("families")
    void otherNamesOfTheSameParameters(Path family) throws IOException {
        Path aliases = family.resolve("key_aliases.json");
        if (!Files.exists(aliases)) return;
        JsonObject names = Json.read(aliases);
        Files.createDirectories(temp.resolve("other"));
        try (Stream<Path> files = Files.list(family)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, temp.resolve("other").resolve(file.getFileName()));
            }
        }
        Files.delete(temp.resolve("other/model.safetensors"));
        try (Shards shards = Shards.open(family);
                NDManager manager = Engines.newManager()) {
            Map<String, NDArray> renamed = new LinkedHashMap<>();
            shards.names()
                    .forEach(key -> renamed.put(
                            names.has(key) ? names.get(key).getAsString() : key, shards.read(key, manager)));
            Shards.write(temp.resolve("other"), renamed, Long.MAX_VALUE);
            try (VisionLanguageModel a = VisionLanguageModel.load(family);
                    VisionLanguageModel b = VisionLanguageModel.load(temp.resolve("other"))) {
                assertEquals(a.parameters().hash(), b.parameters().hash());
                b.save(temp.resolve("out"));
            }
            try (Shards out = Shards.open(temp.resolve("out"))) {
                assertEquals(renamed.keySet(), new LinkedHashSet<>(out.names()));
            }
        }
    }
}
