package vitune.tune;

import ai.djl.ndarray.NDManager;
import com.google.gson.Gson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import vitune.tensor.Parameters;
import vitune.tensor.Safetensors;

/**
 * The file from which a cut run goes on: trained weights, AdamW's moments, and the steps so far. The order of the data
 * follows from the seed and the step, and nothing else is random, so N steps equal k + (N - k) to the bit.
 *
 * <p>Written beside its name and moved there, so a crash or a full disk leaves the one before.
 */
record TuningState(Path file, String key) {
    /** Puts weights and moments back and returns the steps already made; none if there is no state of this very run. */
    List<Step> restore(AdamW optimizer, NDManager manager) {
        if (!Files.exists(file)) {
            return new ArrayList<>();
        }
        List<Step> steps;
        try (Safetensors stored = Safetensors.open(file)) {
            if (!key.equals(stored.metadata().get("key"))) {
                return new ArrayList<>();
            }
            steps = new ArrayList<>(
                    List.of(new Gson().fromJson(stored.metadata().get("steps"), Step[].class)));
        }
        try (NDManager scratch = manager.newSubManager()) {
            optimizer.restore(Parameters.read(file, scratch), steps.size());
        }
        return steps;
    }

    void save(AdamW optimizer, List<Step> steps) {
        Safetensors.write(file, optimizer.state(), Map.of("key", key, "steps", new Gson().toJson(steps)));
    }
}
