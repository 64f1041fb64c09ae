package vitune.model;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Ids that mean something beside words.
 *
 * @param image holds the place of one feature of a picture
 * @param imageLength features of one picture, Q
 * @param bos opens a text
 * @param stops each ends an answer; the first is the one that is learned and written
 * @param pad fills up shorter rows
 */
public record SpecialTokens(long image, int imageLength, long bos, List<Long> stops, long pad) {
    /** @throws IllegalArgumentException if there is no stop token */
    public SpecialTokens {
        stops = List.copyOf(stops);
        if (stops.isEmpty()) throw Json.wrong("eos_token_id", "name a token", "none");
    }

    /** The token that is written behind an answer. */
    public long stop() {
        return stops.get(0);
    }

    /** The same where a picture takes so many tokens. */
    SpecialTokens withImageLength(int queries) {
        return new SpecialTokens(image, queries, bos, stops, pad);
    }

    /** OPT's ids, or what {@code text_config} says; {@code generation_config.json} of the folder has the last word. */
    static SpecialTokens read(Path folder, ModelConfig config) {
        JsonObject text = Json.object(config.source(), "text_config");
        Path file = folder.resolve("generation_config.json");
        JsonObject own = Files.exists(file) ? Json.read(file) : new JsonObject();
        return of(config, own, text);
    }

    /** OPT's ids, or what {@code text_config} says. */
    static SpecialTokens of(ModelConfig config) {
        return of(config, new JsonObject(), Json.object(config.source(), "text_config"));
    }

    private static SpecialTokens of(ModelConfig config, JsonObject own, JsonObject text) {
        JsonElement stop = Json.get(own, "eos_token_id");
        if (stop == null) stop = Json.get(text, "eos_token_id");
        List<Long> stops = new ArrayList<>();
        if (stop == null) {
            stops.add(2L);
        } else if (stop.isJsonArray()) {
            stop.getAsJsonArray().forEach(id -> stops.add(id.getAsLong()));
        } else {
            stops.add(stop.getAsLong());
        }
        return new SpecialTokens(
                config.imageToken(),
                config.queries(),
                Json.integer(own, "bos_token_id", Json.integer(text, "bos_token_id", 2)),
                stops,
                Json.integer(own, "pad_token_id", Json.integer(text, "pad_token_id", 1)));
    }

    void write(Path folder) {
        JsonObject json = new JsonObject();
        json.addProperty("bos_token_id", bos);
        if (stops.size() == 1) {
            json.addProperty("eos_token_id", stop());
        } else {
            JsonArray all = new JsonArray();
            stops.forEach(all::add);
            json.add("eos_token_id", all);
        }
        json.addProperty("pad_token_id", pad);
        Json.write(folder.resolve("generation_config.json"), json);
    }
}
