package vitune.model;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The files of an image processor, kept letter by letter so that a model that is loaded and saved keeps them.
 *
 * @param texts by file name; none for a fresh processor
 */
record ProcessorFiles(Map<String, String> texts) {
    static final ProcessorFiles NONE = new ProcessorFiles(Map.of());
    /** Of transformers 4: settings of the image processor. */
    private static final String PREPROCESSOR = "preprocessor_config.json";
    /** Of transformers 5: the same below {@link #NESTED}, beside settings of the whole processor. */
    private static final String PROCESSOR = "processor_config.json";

    /** The names of both. */
    static final List<String> NAMES = List.of(PROCESSOR, PREPROCESSOR);
    /** Image tokens that stand for one picture, in {@link #PROCESSOR} of BLIP-2 and InstructBLIP. */
    static final String QUERIES = "num_query_tokens";

    private static final String NESTED = "image_processor";

    ProcessorFiles {
        texts = Map.copyOf(texts);
    }

    /** @throws IllegalArgumentException if neither file holds settings of an image processor */
    static ProcessorFiles read(Path folder) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String name : NAMES) {
            Path file = folder.resolve(name);
            if (!Files.exists(file)) continue;
            Json.read(file); // names the file if it is no JSON object
            try {
                texts.put(name, Files.readString(file));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + file, e);
            }
        }
        ProcessorFiles files = new ProcessorFiles(texts);
        if (texts.containsKey(files.source())) return files;
        throw new IllegalArgumentException(folder + " must hold " + PREPROCESSOR + ", or " + PROCESSOR + " with "
                + NESTED + ", got " + (texts.isEmpty() ? "neither" : texts.keySet()));
    }

    static ProcessorFiles fresh(JsonObject settings, JsonObject processor) {
        JsonObject whole = new JsonObject();
        whole.add(NESTED, settings);
        processor.asMap().forEach(whole::add);
        return new ProcessorFiles(Map.of(PREPROCESSOR, Json.pretty(settings), PROCESSOR, Json.pretty(whole)));
    }

    boolean isEmpty() {
        return texts.isEmpty();
    }

    /** Name of the file whose settings count. */
    String source() {
        return texts.containsKey(PROCESSOR) && json(PROCESSOR).has(NESTED) ? PROCESSOR : PREPROCESSOR;
    }

    /** The settings that count. */
    JsonObject settings() {
        return source().equals(PROCESSOR) ? Json.object(json(PROCESSOR), NESTED) : json(PREPROCESSOR);
    }

    /** The same files with other settings; what they do not mention stays. */
    ProcessorFiles with(JsonObject changed) {
        Map<String, String> edited = new LinkedHashMap<>();
        for (String name : texts.keySet()) {
            JsonObject json = json(name);
            JsonObject settings = name.equals(PROCESSOR) ? Json.object(json, NESTED) : json;
            if (!name.equals(PROCESSOR) || json.has(NESTED)) {
                settings.remove("do_pad");
                changed.asMap().forEach(settings::add);
            }
            edited.put(name, Json.pretty(json));
        }
        return new ProcessorFiles(edited);
    }

    /** The same files with the number of queries of {@code processor}, where both state one. */
    ProcessorFiles agreeing(JsonObject processor) {
        if (!texts.containsKey(PROCESSOR) || !processor.has(QUERIES)) return this;
        JsonObject json = json(PROCESSOR);
        if (!json.has(QUERIES) || json.get(QUERIES).equals(processor.get(QUERIES))) return this;
        json.add(QUERIES, processor.get(QUERIES));
        Map<String, String> edited = new LinkedHashMap<>(texts);
        edited.put(PROCESSOR, Json.pretty(json));
        return new ProcessorFiles(edited);
    }

    void write(Path folder) {
        texts.forEach((name, text) -> {
            try {
                Files.writeString(folder.resolve(name), text);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write " + folder.resolve(name), e);
            }
        });
    }

    private JsonObject json(String name) {
        return JsonParser.parseString(texts.get(name)).getAsJsonObject();
    }
}
