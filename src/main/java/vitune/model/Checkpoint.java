package vitune.model;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import vitune.tensor.CheckpointException;
import vitune.tensor.Engines;
import vitune.tensor.Parameters;
import vitune.tensor.Precision;
import vitune.tensor.Safetensors;

/** A model as a Hugging Face folder: weights in one or several safetensors files, and the settings beside them. */
final class Checkpoint {
    private static final String WEIGHTS = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    /** Weights of an older save: they would contradict the new ones. */
    private static final Pattern OLD_WEIGHTS = Pattern.compile("model(-\\d+-of-\\d+)?\\.safetensors(\\.index\\.json)?");
    /** The head is tied to the embedding table; some exports store it twice. */
    private static final Set<String> DOUBLES = Set.of("language_model.lm_head.weight", "lm_head.weight");

    private Checkpoint() {}

    static VisionLanguageModel load(Path folder) {
        ModelConfig config = ModelConfig.read(folder);
        ImageProcessor processor = ImageProcessor.read(folder);
        if (processor.size() != config.vision().imageSize()) {
            throw Json.wrong(
                    folder + ": size of the image processor",
                    "equal vision_config.image_size " + config.vision().imageSize(),
                    processor.size());
        }
        SpecialTokens specials = SpecialTokens.read(folder, config);
        Tokenizer tokenizer = Tokenizer.read(folder);
        NDManager manager = Engines.newManager();
        try {
            Parameters parameters = weights(folder, Blueprint.of(config), manager);
            return new VisionLanguageModel(manager, config, parameters, tokenizer, processor, specials);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /** Reads exactly the parameters of the blueprint, whatever their stored precision, as f32. */
    private static Parameters weights(Path folder, Blueprint blueprint, NDManager manager) {
        Parameters parameters = new Parameters(folder.toString());
        Map<String, Safetensors> files = new LinkedHashMap<>();
        Map<String, Safetensors> holder = new LinkedHashMap<>();
        try {
            for (String name : fileNames(folder)) {
                Safetensors file = Safetensors.open(folder.resolve(name));
                files.put(name, file);
                file.names().forEach(key -> holder.put(key, file));
            }
            Set<String> foreign = new TreeSet<>(holder.keySet());
            blueprint.specs().forEach((name, spec) -> {
                Safetensors file = holder.get(name);
                Shape found = file == null ? null : file.shape(name);
                if (!spec.shape().equals(found)) {
                    throw new CheckpointException(
                            folder.toString(),
                            name,
                            spec.shape().toString(),
                            found == null ? "nothing" : found.toString());
                }
                parameters.put(name, file.read(name, manager, Precision.F32));
                foreign.remove(name);
            });
            foreign.removeAll(DOUBLES);
            if (!foreign.isEmpty()) {
                throw new CheckpointException(
                        folder.toString(),
                        foreign.iterator().next(),
                        "no such parameter in " + WEIGHTS,
                        foreign.size() + " that the model has no use for");
            }
            return parameters;
        } finally {
            files.values().forEach(Safetensors::close);
        }
    }

    private static Set<String> fileNames(Path folder) {
        Path index = folder.resolve(INDEX);
        if (!Files.exists(index)) return Set.of(WEIGHTS);
        Set<String> names = new LinkedHashSet<>();
        JsonObject map = Json.object(Json.read(index), "weight_map");
        map.asMap().values().forEach(file -> names.add(file.getAsString()));
        return names;
    }

    /**
     * Writes a folder, all or nothing: into a new folder beside it first, which then takes its place. Files of a folder
     * that was there before and that are no part of a model stay.
     */
    static void save(VisionLanguageModel model, Path folder) {
        Path target = folder.toAbsolutePath().normalize();
        try {
            Files.createDirectories(target.getParent());
            Path fresh =
                    Files.createDirectory(target.resolveSibling(target.getFileName() + ".new-" + System.nanoTime()));
            try {
                Safetensors.write(fresh.resolve(WEIGHTS), model.parameters().asMap(), Map.of("format", "pt"));
                Json.write(fresh.resolve("config.json"), model.config().toJson());
                model.specials().write(fresh);
                model.processor().write(fresh, model.config().queries());
                model.tokenizer().write(fresh);
                replace(target, fresh);
            } finally {
                delete(fresh);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot save the model to " + folder, e);
        }
    }

    private static void replace(Path target, Path fresh) throws IOException {
        if (!Files.exists(target)) {
            Files.move(fresh, target);
            return;
        }
        Path old = fresh.resolveSibling(fresh.getFileName() + "-old");
        Files.move(target, old);
        try {
            Files.move(fresh, target);
        } catch (IOException e) {
            Files.move(old, target);
            throw e;
        }
        try (var entries = Files.list(old)) {
            for (Path entry : entries.toList()) {
                Path place = target.resolve(entry.getFileName());
                boolean weights =
                        OLD_WEIGHTS.matcher(entry.getFileName().toString()).matches();
                if (!weights && !Files.exists(place)) Files.move(entry, place);
            }
        }
        delete(old);
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        List<Path> all;
        try (var entries = Files.walk(folder)) {
            all = entries.sorted((a, b) -> b.compareTo(a)).toList(); // what is inside first
        }
        for (Path path : all) Files.delete(path);
    }
}
