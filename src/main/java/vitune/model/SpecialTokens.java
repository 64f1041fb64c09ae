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
 * @param bos opens a text; with an encoder, what the decoder beside it reads first, {@code decoder_start_token_id}
 * @param stops each ends an answer; the first is the one that is learned and written
 * @param pad fills up shorter rows
 * @param encoderDecoder whether the language model has an encoder that reads, and a decoder that writes
 */
public record SpecialTokens(long image, int imageLength, long bos, List<Long> stops, long pad, boolean encoderDecoder) {
    /** What transformers takes if no file says so. */
    private record Defaults(int bos, int stop, int pad, boolean encoderDecoder) {
        static Defaults of(String kind) {
            return switch (kind) {
                case "llama" -> new Defaults(1, 2, 0, false);
                case "t5" -> new Defaults(0, 1, 0, true);
                default -> new Defaults(2, 2, 1, false);
            };
        }
    }

    /** @throws IllegalArgumentException if there is no stop token */
    public SpecialTokens {
        stops = List.copyOf(stops);
        if (stops.isEmpty()) throw Json.wrong("eos_token_id", "name a token", "none");
    }

    /** Of a language model without an encoder. */
    public SpecialTokens(long image, int imageLength, long bos, List<Long> stops, long pad) {
        this(image, imageLength, bos, stops, pad, false);
    }

    /** The token that is written behind an answer. */
    public long stop() {
        return stops.get(0);
    }

    /** The same where a picture takes so many tokens. */
    SpecialTokens withImageLength(int queries) {
        return new SpecialTokens(image, queries, bos, stops, pad, encoderDecoder);
    }

    /** What {@code text_config} says; {@code generation_config.json} of the folder has the last word. */
    static SpecialTokens read(Path folder, ModelConfig config) {
        Path file = folder.resolve("generation_config.json");
        return Files.exists(file) ? Json.read(file, own -> of(config, own)) : of(config);
    }

    /** What {@code text_config} says, or what the language model's kind has. */
    static SpecialTokens of(ModelConfig config) {
        return of(config, new JsonObject());
    }

    private static SpecialTokens of(ModelConfig config, JsonObject own) {
        JsonObject text = Json.object(config.toJson(), "text_config");
        Defaults defaults = Defaults.of(Json.text(text, "model_type", "opt"));
        JsonElement stop = Json.get(own, "eos_token_id");
        if (stop == null) stop = Json.get(text, "eos_token_id");
        List<Long> stops = new ArrayList<>();
        if (stop == null) {
            stops.add((long) defaults.stop());
        } else if (stop.isJsonArray()) {
            stop.getAsJsonArray().forEach(id -> stops.add((long) Json.integer("eos_token_id", id)));
        } else {
            stops.add((long) Json.integer("eos_token_id", stop));
        }
        String bos = opening(defaults.encoderDecoder());
        return new SpecialTokens(
                config.imageToken(),
                config.queries(),
                Json.integer(own, bos, Json.integer(text, bos, defaults.bos())),
                stops,
                Json.integer(own, "pad_token_id", Json.integer(text, "pad_token_id", defaults.pad())),
                defaults.encoderDecoder());
    }

    private static String opening(boolean encoderDecoder) {
        return encoderDecoder ? "decoder_start_token_id" : "bos_token_id";
    }

    void write(Path folder) {
        JsonObject json = new JsonObject();
        json.addProperty(opening(encoderDecoder), bos);
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
