package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import vitune.tensor.CheckpointException;
import vitune.tensor.Parameters;
import vitune.tensor.Safetensors;

/**
 * Adapters as PEFT keeps them: {@code adapter_config.json} and {@code adapter_model.safetensors}.
 *
 * <p>Source: {@code PeftModel.save_pretrained} of peft 0.21 over transformers 5. Ranks and alphas that differ between
 * layers stand in {@code rank_pattern} and {@code alpha_pattern}.
 */
final class AdapterFiles {
    private static final String CONFIG = "adapter_config.json";
    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String PREFIX = "base_model.model.";

    private AdapterFiles() {}

    static void save(Map<String, Lora> loras, Parameters parameters, Family family, Path folder) {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        loras.keySet().forEach(layer -> {
            String path = PREFIX + family.modulePath(layer);
            arrays.put(path + Adapters.A, parameters.require(layer + Adapters.A));
            arrays.put(path + Adapters.B, parameters.require(layer + Adapters.B));
        });
        try {
            Files.createDirectories(folder);
            Safetensors.write(folder.resolve(WEIGHTS), arrays, Map.of("format", "pt"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot save adapters to " + folder, e);
        }
        Json.write(folder.resolve(CONFIG), config(loras, family));
    }

    private static JsonObject config(Map<String, Lora> loras, Family family) {
        Lora first = loras.values().iterator().next();
        JsonArray layers = new JsonArray();
        JsonObject ranks = new JsonObject();
        JsonObject alphas = new JsonObject();
        loras.forEach((layer, lora) -> {
            String path = family.modulePath(layer);
            layers.add(path);
            if (lora.rank() != first.rank()) ranks.addProperty(path, lora.rank());
            if (lora.alpha() != first.alpha()) alphas.addProperty(path, lora.alpha());
        });
        JsonObject json = new JsonObject();
        json.addProperty("peft_type", "LORA");
        json.addProperty("bias", "none");
        json.addProperty("inference_mode", true);
        json.addProperty("r", first.rank());
        json.addProperty("lora_alpha", first.alpha());
        json.addProperty("lora_dropout", first.dropout());
        json.add("target_modules", layers);
        json.add("rank_pattern", ranks);
        json.add("alpha_pattern", alphas);
        return json;
    }

    static void load(Adapters adapters, Path folder, NDManager owner) {
        JsonObject config = Json.read(folder.resolve(CONFIG), json -> {
            Json.expect(json, "peft_type", "LORA");
            Json.expect(json, "bias", "none");
            for (String kind : List.of("use_dora", "use_rslora", "fan_in_fan_out")) Json.expect(json, kind, false);
            JsonElement more = Json.get(json, "modules_to_save");
            if (more != null && !more.getAsJsonArray().isEmpty()) throw Json.wrong("modules_to_save", "be empty", more);
            return json;
        });
        Path file = folder.resolve(WEIGHTS);
        try (Safetensors stored = Safetensors.open(file)) {
            for (String name : stored.names()) {
                if (name.endsWith(Adapters.A)) continue; // comes with its B
                String path = name.startsWith(PREFIX) && name.endsWith(Adapters.B)
                        ? name.substring(PREFIX.length(), name.length() - Adapters.B.length())
                        : "";
                String down = PREFIX + path + Adapters.A;
                if (path.isEmpty() || !stored.has(down)) {
                    throw new CheckpointException(
                            file.toString(), name, PREFIX + "LAYER" + Adapters.B + " with its A", "another array");
                }
                NDArray a = stored.read(down, owner);
                adapters.put(
                        Checkpoint.canonical(path),
                        lora(config, path, (int) a.getShape().get(0)),
                        a,
                        stored.read(name, owner));
            }
        }
    }

    private static Lora lora(JsonObject config, String path, int rank) {
        double alpha = Json.number(config, "lora_alpha", 8);
        for (var pattern : Json.object(config, "alpha_pattern").entrySet()) {
            if (path.equals(pattern.getKey()) || path.endsWith("." + pattern.getKey())) {
                alpha = Json.number("alpha_pattern", pattern.getValue());
            }
        }
        return new Lora(rank, alpha, Json.number(config, "lora_dropout", 0), List.of());
    }
}
