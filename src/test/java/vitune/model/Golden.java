package vitune.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vitune.tensor.Kernels;
import vitune.tensor.Precision;
import vitune.tensor.Safetensors;

/**
 * Numbers that Hugging Face transformers computed for tiny models of random weights, with their tolerances: one folder a
 * family. {@code -Dvitune.golden=DIR} names other sets of the same form.
 */
final class Golden implements AutoCloseable {
    final Path folder;
    final JsonObject json;
    final Safetensors tensors;
    final VisionLanguageModel model;
    final NDManager manager;
    final int rows;

    Golden(Path folder) {
        this.folder = folder;
        json = Json.read(folder.resolve("golden.json"));
        tensors = Safetensors.open(folder.resolve("golden.safetensors"));
        model = VisionLanguageModel.load(folder).withPrecision(Precision.F32);
        manager = model.manager().newSubManager();
        rows = json.getAsJsonArray("batch_images").size();
    }

    /** The folders of all families. */
    static List<Path> folders() {
        try {
            return GoldenFolders.with("golden.json");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The folder of BLIP-2 with OPT in the test resources, for tests of other things. */
    static Path folder() {
        return resource("/golden/blip2-opt");
    }

    /** A copy of the model in {@link #folder} that a test may change, in a new folder of {@code parent}. */
    static Path copy(Path parent) throws IOException {
        Path copy = Files.createDirectory(parent.resolve("copy"));
        for (String name : List.of(
                "config.json",
                "generation_config.json",
                "model.safetensors",
                "preprocessor_config.json",
                "tokenizer.json")) {
            Files.copy(folder().resolve(name), copy.resolve(name));
        }
        return copy;
    }

    /** BLIP-2 with OPT. */
    Golden() {
        this(folder());
    }

    private static Path resource(String name) {
        try {
            return Path.of(Golden.class.getResource(name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    boolean has(String name) {
        return tensors.has(name);
    }

    NDArray get(String name) {
        return tensors.read(name, manager);
    }

    float[] floats(String name) {
        return Kernels.floats(get(name));
    }

    /** Asserts that {@code got} equals the tensor of that name within its tolerance; the largest difference. */
    double check(String name, NDArray got) {
        return check(name, Kernels.floats(got));
    }

    double check(String name, float[] got) {
        double atol = json.getAsJsonObject("tensors")
                .getAsJsonObject(name)
                .get("atol")
                .getAsDouble();
        double worst = largest(floats(name), got);
        assertTrue(worst <= atol, name + ": largest difference " + worst + ", tolerance " + atol);
        return worst;
    }

    static double largest(float[] expected, float[] got) {
        assertEquals(expected.length, got.length, "numbers");
        double worst = 0;
        for (int i = 0; i < got.length; i++) {
            double difference = Math.abs(expected[i] - got[i]);
            worst = difference <= worst ? worst : difference; // NaN is worst
        }
        return worst;
    }

    /** The batch of {@code train.*}: padded on the right. */
    Batch train() {
        return new Batch(
                pixels(),
                null,
                get("train.input_ids"),
                get("train.labels"),
                get("train.attention_mask"),
                instruction("train"));
    }

    /** The batch of {@code gen.*}: padded on the left. */
    Batch prompts() {
        NDArray ids = get("gen.input_ids");
        return new Batch(pixels(), null, ids, ids, get("gen.attention_mask"), instruction("gen"));
    }

    @Nullable
    Instruction instruction(String group) {
        if (!has(group + ".qformer_input_ids")) return null;
        return new Instruction(get(group + ".qformer_input_ids"), get(group + ".qformer_attention_mask"));
    }

    /** The pictures of the batch as Pillow and transformers prepared them. */
    NDArray pixels() {
        return get("pixels.pil").get("0:" + rows);
    }

    @Override
    public void close() {
        tensors.close();
        model.close();
    }
}
