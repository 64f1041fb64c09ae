package vitune.model;

import ai.djl.ndarray.NDArray;
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

    private static final String READER = "qformer_tokenizer";
    /** Stored by some exports and needless: copies of the embedding table, and numbers that follow from the sizes. */
    private static final Pattern NEEDLESS = Pattern.compile(
            "language_model\\.(lm_head|encoder\\.embed_tokens|decoder\\.embed_tokens)\\.weight|.*\\.inv_freq|.*\\.position_ids");

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
            boolean reads = config.connector() instanceof QFormerConfig former && former.reads();
            Tokenizer reader = reads ? Tokenizer.read(folder.resolve(READER)) : null;
            Map<String, String> names = new LinkedHashMap<>();
            Parameters parameters = weights(folder, Blueprint.of(config), names, manager);
            Setup setup = new Setup(config, tokenizer, reader, processor, specials, names);
            return new VisionLanguageModel(manager, parameters, setup, Precision.F32);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /** Reads exactly the parameters of the blueprint, and notes in {@code names} where the folder calls them otherwise. */
    private static Parameters weights(Path folder, Blueprint blueprint, Map<String, String> names, NDManager manager) {
        Parameters parameters = new Parameters(folder.toString());
        Map<String, Safetensors> files = new LinkedHashMap<>();
        Map<String, Safetensors> holder = new LinkedHashMap<>();
        Map<String, String> stored = new LinkedHashMap<>();
        try {
            for (String name : fileNames(folder)) {
                Safetensors file = Safetensors.open(folder.resolve(name));
                files.put(name, file);
                file.names().forEach(key -> {
                    holder.put(key, file);
                    String twin = stored.put(canonical(key), key);
                    if (twin != null && !twin.equals(key)) {
                        throw new CheckpointException(folder.toString(), key, "one parameter", "the same as " + twin);
                    }
                });
            }
            Set<String> foreign = new TreeSet<>(stored.keySet());
            blueprint.specs().forEach((name, spec) -> {
                String key = stored.get(name);
                if (key == null && !spec.required()) return;
                Safetensors file = key == null ? null : holder.get(key);
                Shape found = file == null ? null : file.shape(key);
                if (!spec.shape().equals(found)) {
                    throw new CheckpointException(
                            folder.toString(),
                            name,
                            spec.shape().toString(),
                            found == null ? "nothing" : found.toString());
                }
                parameters.put(name, file.read(key, manager, Precision.F32));
                if (!key.equals(name)) names.put(name, key);
                foreign.remove(name);
            });
            foreign.removeIf(NEEDLESS.asMatchPredicate());
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

    /** Our name for a parameter: exports of LLaVA know three layouts. */
    private static String canonical(String key) {
        String name = key.startsWith("model.language_model.")
                ? "language_model.model." + key.substring("model.language_model.".length())
                : key.startsWith("lm_head.") ? "language_model." + key : key;
        if (name.startsWith("model.")) name = name.substring("model.".length());
        return name.startsWith("vision_tower.vision_model.")
                ? "vision_tower." + name.substring("vision_tower.vision_model.".length())
                : name;
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
                Map<String, NDArray> arrays = new LinkedHashMap<>();
                model.parameters()
                        .asMap()
                        .forEach((name, array) ->
                                arrays.put(model.setup().storedNames().getOrDefault(name, name), array));
                Safetensors.write(fresh.resolve(WEIGHTS), arrays, Map.of("format", "pt"));
                Json.write(fresh.resolve("config.json"), model.config().toJson());
                model.specials().write(fresh);
                model.processor().write(fresh, model.config().queries());
                model.tokenizer().write(fresh);
                if (model.setup().reader() != null) {
                    model.setup().reader().write(Files.createDirectory(fresh.resolve(READER)));
                }
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
