package vitune.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShardsTest {
    private static final String ONE = "model-00001-of-00002.safetensors";
    private static final String TWO = "model-00002-of-00002.safetensors";
    private final NDManager m = Fixture.manager();
    private final Map<String, NDArray> arrays = new LinkedHashMap<>();

    @TempDir
    private Path folder;

    @AfterEach
    void closeManager() {
        m.close();
    }

    @BeforeEach
    void fill() {
        arrays.put("z", m.create(new float[] {1, 2, 3})); // 12 bytes
        arrays.put("a", Kernels.cast(m.create(new float[] {4, 5}), Precision.BF16)); // 4 bytes
        arrays.put("big", m.arange(0f, 10f)); // 40 bytes
        arrays.put("last", m.create(new float[] {6})); // 4 bytes
    }

    private List<String> files() throws IOException {
        try (var all = Files.list(folder)) {
            return all.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private void assertAllThere(Shards shards) {
        assertEquals(arrays.keySet(), Set.copyOf(shards.names()));
        arrays.forEach((name, array) -> {
            assertEquals(array.getShape(), shards.shape(name));
            assertEquals(name.equals("a") ? "BF16" : "F32", shards.dtype(name));
            NDArray read = shards.read(name, m);
            assertEquals(Precision.of(array), Precision.of(read));
            assertArrayEquals(Kernels.floats(array), Kernels.floats(read));
            assertEquals(Precision.F16, Precision.of(shards.read(name, m, Precision.F16)));
        });
        assertThrows(CheckpointException.class, () -> shards.read("none", m));
    }

    // ---------------------------------------------------------------- round trips

    @ParameterizedTest
    @CsvSource({"60,1", "59,2", "40,3", "16,3", "15,4", "1,4"})
    void whatIsWrittenIsRead(long maxBytes, int parts) throws IOException {
        Shards.write(folder, arrays, maxBytes);
        if (parts == 1) {
            assertEquals(List.of("model.safetensors"), files());
        } else {
            assertEquals(parts + 1, files().size());
            assertEquals("model-%05d-of-%05d.safetensors".formatted(1, parts), files().get(0));
            JsonObject index = JsonParser.parseString(Files.readString(folder.resolve(ShardIndex.NAME)))
                    .getAsJsonObject();
            assertEquals(60, index.getAsJsonObject("metadata").get("total_size").getAsLong());
            assertEquals(4, index.getAsJsonObject("weight_map").size());
        }
        for (String name : files()) {
            if (name.endsWith(".safetensors")) {
                try (Safetensors file = Safetensors.open(folder.resolve(name))) {
                    assertEquals(Map.of("format", "pt"), file.metadata());
                    long bytes = file.names().stream()
                            .mapToLong(key -> file.shape(key).size() * (key.equals("a") ? 2 : 4))
                            .sum();
                    assertTrue(bytes <= maxBytes || file.names().size() == 1, name);
                }
            }
        }
        try (Shards shards = Shards.open(folder)) {
            assertAllThere(shards);
        }
    }

    @ParameterizedTest
    @CsvSource({"60,1", "1,60", "40,1", "1,40", "60,60", "16,40"})
    void newWeightsReplaceOldOnes(long before, long after) throws IOException {
        Shards.write(folder, Map.of("old", m.ones(new Shape(100)), "older", m.ones(new Shape(100))), before);
        Files.writeString(folder.resolve("config.json"), "{}");
        Shards.write(folder, arrays, after);
        try (Shards shards = Shards.open(folder)) {
            assertAllThere(shards);
        }
        assertEquals(after == 60 ? 2 : after == 40 ? 5 : 6, files().size(), files().toString());
        assertTrue(files().contains("config.json"));
    }

    @Test
    void theSingleFileCountsWhereBothLie() {
        Shards.write(folder, arrays, 1);
        Safetensors.write(folder.resolve("model.safetensors"), Map.of("x", m.ones(new Shape(1))), Map.of());
        try (Shards shards = Shards.open(folder)) {
            assertEquals(List.of("x"), shards.names());
        }
    }

    @Test
    void aWriteThatFailsLeavesNoMixture() throws IOException {
        Files.createDirectories(folder.resolve(TWO).resolve("in the way"));
        Map<String, NDArray> old =
                Map.of("x", m.ones(new Shape(9)), "y", m.ones(new Shape(9)), "z", m.ones(new Shape(9)));
        Shards.write(folder, old, 1000);
        assertThrows(UncheckedIOException.class, () -> Shards.write(folder, arrays, 56));
        try (Shards shards = Shards.open(folder)) {
            assertEquals(old.keySet(), Set.copyOf(shards.names()), "the old single file");
        }
        Files.delete(folder.resolve("model.safetensors"));
        Shards.write(folder, old, 1); // three shards
        assertThrows(UncheckedIOException.class, () -> Shards.write(folder, arrays, 56));
        refused("found neither");
        assertThrows(IllegalArgumentException.class, () -> Shards.write(folder, arrays, 0));
    }

    // ---------------------------------------------------------------- what is refused

    private void refused(String... words) {
        var refusal = assertThrows(
                CheckpointException.class, () -> Shards.open(folder).close());
        assertTrue(refusal.getMessage().startsWith(folder.toString()), refusal.getMessage());
        for (String word : words) {
            assertTrue(refusal.getMessage().contains(word), refusal.getMessage());
        }
    }

    private void index(String json) throws IOException {
        Files.writeString(folder.resolve(ShardIndex.NAME), json.replace('\'', '"'));
    }

    @Test
    void noWeights() throws IOException {
        refused("weights: expected model.safetensors or model.safetensors.index.json, found neither");
        Files.writeString(folder.resolve("training.txt"), "");
        refused("found neither");
        var missing = assertThrows(CheckpointException.class, () -> Shards.open(folder.resolve("none")));
        assertTrue(missing.getMessage().endsWith("found nothing"), missing.getMessage());
        Safetensors.write(folder.resolve("model.safetensors"), Map.of(), Map.of());
        refused("weights: expected at least one array, found none");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pytorch_model.bin",
                "pytorch_model-00001-of-00002.bin",
                "model.pt",
                "consolidated.00.pth",
                "last.ckpt"
            })
    void picklesAreRefusedByName(String name) throws IOException {
        Files.writeString(folder.resolve(name), "");
        refused("found " + name + ", a pickle", "save_pretrained(folder, safe_serialization=True)");
    }

    @Test
    void aShardThatIsMissing() throws IOException {
        Shards.write(folder, arrays, 56);
        Files.delete(folder.resolve(TWO));
        refused(ShardIndex.NAME + ": " + TWO + ": expected a file of that name in the folder, found none");
    }

    @Test
    void anIndexAndShardsThatDisagree() throws IOException {
        Safetensors.write(folder.resolve(ONE), Map.of("a", arrays.get("a")), Map.of());
        Safetensors.write(folder.resolve(TWO), Map.of("z", arrays.get("z")), Map.of());
        index("{'weight_map':{'a':'" + ONE + "','z':'" + TWO + "'}}");
        Shards.open(folder).close();
        index("{'weight_map':{'a':'" + ONE + "','z':'" + TWO + "','b':'" + TWO + "'}}");
        refused(ShardIndex.NAME + ": b: expected an array in " + TWO + ", found none of that name there");
        index("{'weight_map':{'a':'" + ONE + "','z':'" + ONE + "'}}");
        refused("z: expected an array in " + ONE + ", found none of that name there");
        index("{'weight_map':{'z':'" + ONE + "','a':'" + TWO + "'}}");
        refused("a: expected its place in " + ONE + ", which holds it, found its place in " + TWO);
        Safetensors.write(folder.resolve(ONE), arrays, Map.of());
        index("{'weight_map':{'a':'" + ONE + "','z':'" + TWO + "'}}");
        refused("expected its place in " + ONE + ", which holds it, found");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../x.safetensors",
                "/etc/x.safetensors",
                "sub/x.safetensors",
                "..\\\\x.safetensors",
                "C:x.safetensors",
                "..",
                "",
                "x\\u0000.safetensors",
                "pytorch_model.bin"
            })
    void anIndexThatPointsElsewhere(String name) throws IOException {
        index("{'weight_map':{'a':'" + name + "'}}");
        refused("a: expected the name of a .safetensors file in the folder, found ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "7",
                "{}",
                "{'weight_map':{}}",
                "{'weight_map':[]}",
                "{'weight_map':{'a':1}}",
                "{'weight_map':{'a':null}}",
                "{'weight_map':{'a':'x.safetensors','a':'x.safetensors'}}",
                "{'weight_map':{'a':'x.safetensors'},'weight_map':{'a':'x.safetensors'}}",
                "{'weight_map':{'a':'x.safetensors'}} {}",
                "{'weight_map':{'a':'x.safetensors'}",
                "{'metadata':[[[[}"
            })
    void anIndexThatIsNone(String json) throws IOException {
        index(json);
        refused(ShardIndex.NAME + ": ");
    }

    @Test
    void otherBrokenIndexes() throws IOException {
        index("{'metadata':" + "[".repeat(1_000_000) + "}");
        refused(ShardIndex.NAME + ": ");
        Files.write(folder.resolve(ShardIndex.NAME), new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'});
        refused("index: expected UTF-8");
        assertFalse(files().isEmpty());
    }
}
