package vitune.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import vitune.tensor.CheckpointException;
import vitune.tensor.Engines;
import vitune.tensor.Parameters;
import vitune.tensor.Precision;
import vitune.tensor.Shards;

/** A model as a Hugging Face folder: weights in one or several safetensors files, and the settings beside them. */
final class Checkpoint {
    private static final Set<String> PRECISIONS = Set.of("F32", "BF16", "F16");
    /** Weights of an older save, as pickles too. */
    private static final Pattern WEIGHTS =
            Pattern.compile("(model(-\\d+-of-\\d+)?\\.safetensors|.*\\.bin)(\\.index\\.json)?");

    private static final String CONFIG = "config.json";
    private static final String READER = "qformer_tokenizer";
    private static final String OLD = ".old-";
    /** Stored by some exports and needless: copies of the embedding table, and numbers that follow from the sizes. */
    private static final Pattern NEEDLESS = Pattern.compile(
            "language_model\\.(lm_head|encoder\\.embed_tokens|decoder\\.embed_tokens)\\.weight|.*\\.inv_freq|.*\\.position_ids");

    private Checkpoint() {}

    static VisionLanguageModel load(Path folder) {
        if (!Files.exists(folder)) throw absent(folder);
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
            Tokenizer reader = config.reads() ? Tokenizer.read(folder.resolve(READER)) : null;
            Path own = folder.resolve(SpecialTokens.GENERATION);
            JsonObject generation = Files.exists(own) ? Json.read(own) : null;
            Map<String, String> names = new LinkedHashMap<>();
            Parameters parameters = weights(folder, Blueprint.of(config), names, manager);
            Setup setup = new Setup(config, tokenizer, reader, processor, specials, generation, names);
            Precision language = Precision.of(parameters
                    .select(name -> Part.of(name) == Part.LANGUAGE)
                    .arrays()
                    .get(0));
            return new VisionLanguageModel(
                    manager, parameters, setup, language == Precision.BF16 ? language : Precision.F32);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /**
     * Reads exactly the parameters of the blueprint, in the precision they are stored in (f64 as f32), and notes in
     * {@code names} where the folder calls them otherwise.
     */
    private static Parameters weights(Path folder, Blueprint blueprint, Map<String, String> names, NDManager manager) {
        Parameters parameters = new Parameters(folder.toString());
        try (Shards shards = Shards.open(folder)) {
            Map<String, String> stored = new LinkedHashMap<>();
            for (String key : shards.names()) {
                String twin = stored.put(canonical(key), key);
                if (twin != null) {
                    throw new CheckpointException(folder.toString(), key, "one parameter", "the same as " + twin);
                }
            }
            Set<String> foreign = new TreeSet<>(stored.keySet());
            blueprint.specs().forEach((name, spec) -> {
                String key = stored.get(name);
                if (key == null && !spec.required()) return;
                Shape found = key == null ? null : shards.shape(key);
                if (!spec.shape().equals(found)) {
                    throw new CheckpointException(
                            folder.toString(),
                            name,
                            spec.shape().toString(),
                            found == null ? "nothing" : found.toString());
                }
                boolean known = PRECISIONS.contains(shards.dtype(key));
                parameters.put(name, known ? shards.read(key, manager) : shards.read(key, manager, Precision.F32));
                if (known) parameters.source(name, owner -> again(folder, key, owner));
                if (!key.equals(name)) names.put(name, key);
                foreign.remove(name);
            });
            foreign.removeIf(NEEDLESS.asMatchPredicate());
            if (!foreign.isEmpty()) {
                throw new CheckpointException(
                        folder.toString(),
                        foreign.iterator().next(),
                        "no such parameter in the weights",
                        foreign.size() + " that the model has no use for");
            }
            return parameters;
        }
    }

    private static NDArray again(Path folder, String key, NDManager owner) {
        try (Shards shards = Shards.open(folder)) {
            return shards.read(key, owner);
        }
    }

    private static UncheckedIOException absent(Path folder) {
        String name = folder.toAbsolutePath().normalize().getFileName() + OLD;
        List<Path> cut = List.of();
        Path parent = folder.toAbsolutePath().normalize().getParent();
        if (parent != null && Files.isDirectory(parent)) {
            try (var beside = Files.list(parent)) {
                cut = beside.filter(path -> path.getFileName().toString().startsWith(name))
                        .sorted()
                        .toList();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + parent, e);
            }
        }
        String hint = cut.isEmpty() ? "" : "; a save that was cut left what it held in " + cut + ": rename it";
        return new UncheckedIOException(
                new NoSuchFileException(folder.toString(), null, "there is no such folder" + hint));
    }

    /** Our name for a parameter: exports of LLaVA know three layouts. */
    static String canonical(String key) {
        String name = key.startsWith("model.language_model.")
                ? "language_model.model." + key.substring("model.language_model.".length())
                : key.startsWith("lm_head.") ? "language_model." + key : key;
        if (name.startsWith("model.")) name = name.substring("model.".length());
        return name.startsWith("vision_tower.vision_model.")
                ? "vision_tower." + name.substring("vision_tower.vision_model.".length())
                : name;
    }

    /**
     * Writes a folder, all or nothing: into a new folder beside it first, which then takes its place (a link to a folder
     * stays one). Files of a folder that was there before and that are no part of a model stay.
     *
     * <p>Where a folder is replaced, a crash between two renames can leave none of its name: what it held is then in
     * {@code NAME.old-*} beside it, which {@link #load} names.
     */
    static void save(VisionLanguageModel model, Path folder, long maxShardBytes) {
        model.adapters().requireNoneBeside("a saved model would lose");
        requireSavable(folder);
        try {
            Path target = Files.exists(folder)
                    ? folder.toRealPath()
                    : folder.toAbsolutePath().normalize();
            Files.createDirectories(target.getParent());
            Path fresh =
                    Files.createDirectory(target.resolveSibling(target.getFileName() + ".new-" + System.nanoTime()));
            try (NDManager scratch = model.manager().newSubManager(Device.cpu())) {
                Map<String, NDArray> arrays = new LinkedHashMap<>();
                model.parameters()
                        .select(name -> !Adapters.owns(name))
                        .originals(scratch)
                        .forEach((name, array) ->
                                arrays.put(model.setup().storedNames().getOrDefault(name, name), array));
                Shards.write(fresh, arrays, maxShardBytes);
                Json.write(fresh.resolve(CONFIG), model.config().toJson());
                JsonObject generation = model.setup().generation();
                if (generation == null) model.specials().write(fresh);
                else Json.write(fresh.resolve(SpecialTokens.GENERATION), generation);
                model.processor().write(fresh, model.config().family().processor(model.config()));
                model.tokenizer().write(fresh);
                if (model.setup().reader() != null) {
                    model.setup().reader().write(Files.createDirectory(fresh.resolve(READER)));
                }
                flush(fresh);
                replace(target, fresh);
            } finally {
                delete(fresh);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot save the model to " + folder, e);
        }
    }

    /** Fails where a model's folder cannot be: on or below a file, and where this process works, which would be moved. */
    static void requireSavable(Path folder) {
        Path target = folder.toAbsolutePath().normalize();
        try {
            Path there = target;
            while (!Files.exists(there)) there = there.getParent();
            if (!Files.isDirectory(there)) {
                throw new IllegalArgumentException(there + " is a file, expected a folder to save the model in");
            }
            if (there.equals(target) && Path.of("").toRealPath().startsWith(target.toRealPath())) {
                throw new IllegalArgumentException(
                        folder + " is the folder that this process works in, or holds it, and"
                                + " saving replaces it: expected another one, such as " + folder.resolve("model"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot save a model to " + folder, e);
        }
    }

    /** Names of files that say what a model is: older ones would contradict the new. */
    private static boolean describes(String name) {
        return Set.of(CONFIG, SpecialTokens.GENERATION, READER).contains(name)
                || ProcessorFiles.NAMES.contains(name)
                || Tokenizer.owns(name)
                || WEIGHTS.matcher(name).matches();
    }

    /** Waits until all that was written is on the disk. */
    private static void flush(Path folder) throws IOException {
        try (var all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
            }
        }
    }

    private static void replace(Path target, Path fresh) throws IOException {
        if (!Files.exists(target)) {
            Files.move(fresh, target);
            return;
        }
        Path old = target.resolveSibling(target.getFileName() + OLD + System.nanoTime());
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
                if (!describes(entry.getFileName().toString()) && !Files.exists(place)) Files.move(entry, place);
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
