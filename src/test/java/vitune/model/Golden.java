package vitune.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import java.net.URISyntaxException;
import java.nio.file.Path;
import vitune.tensor.Kernels;
import vitune.tensor.Safetensors;

/** Numbers that Hugging Face transformers computed for a tiny BLIP-2 of random weights, with their tolerances. */
final class Golden implements AutoCloseable {
    final Path folder = folder();
    final JsonObject json = Json.read(folder.resolve("golden.json"));
    final Safetensors tensors = Safetensors.open(folder.resolve("golden.safetensors"));
    final VisionLanguageModel model = VisionLanguageModel.load(folder);
    final NDManager manager = model.manager().newSubManager();

    static Path folder() {
        try {
            return Path.of(Golden.class.getResource("/golden/blip2-opt").toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    NDArray get(String name) {
        return tensors.read(name, manager);
    }

    /** Asserts that {@code got} equals the tensor of that name within its tolerance; the largest difference. */
    double check(String name, NDArray got) {
        return check(name, Kernels.floats(got), 1);
    }

    double check(String name, float[] got, double scale) {
        float[] expected = Kernels.floats(get(name));
        double atol = scale
                * json.getAsJsonObject("tensors")
                        .getAsJsonObject(name)
                        .get("atol")
                        .getAsDouble();
        double worst = largest(expected, got);
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

    /** The batch of {@code train.*}: two pictures, right-padded. */
    Batch train() {
        return new Batch(pixels(), null, get("train.input_ids"), get("train.labels"), get("train.attention_mask"));
    }

    /** The first two pictures as Pillow and transformers prepared them. */
    NDArray pixels() {
        return get("pixels.pil").get("0:2");
    }

    @Override
    public void close() {
        tensors.close();
        model.close();
    }
}
