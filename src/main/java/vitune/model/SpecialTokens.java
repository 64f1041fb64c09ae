package vitune.model;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ids that mean something beside words.
 *
 * @param image holds the place of one feature of a picture
 * @param imageLength features of one picture, Q
 * @param bos opens a text; with an encoder, what the decoder beside it reads first, {@code decoder_start_token_id}
 * @param stops each ends an answer; the first is the one that is learned and written
 * @param pad fills up shorter rows; the mask hides it
 * @param encoderDecoder whether the language model has an encoder that reads, and a decoder that writes
 */
public record SpecialTokens(long image, int imageLength, long bos, List<Long> stops, long pad, boolean encoderDecoder) {
    static final String GENERATION = "generation_config.json";

    /** What transformers takes if no file says so. */
    private record Defaults(int bos, int stop, int pad, boolean encoderDecoder) {
        static Defaults of(LanguageConfig language) {
            if (language instanceof LlamaConfig) return new Defaults(1, 2, 0, false);
            return language instanceof T5Config ? new Defaults(0, 1, 0, true) : new Defaults(2, 2, 1, false);
        }
    }

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
        return new SpecialTokens(image, queries, bos, stops, pad, encoderDecoder);
    }

    /**
     * What a folder says: {@code generation_config.json} before {@code text_config} for a LLaVA, the other way round for
     * the families whose language model writes by itself. A pad token that is no word is replaced by the stop token: the
     * mask hides what fills up.
     *
     * <p>Source: {@code generate} of transformers, which BLIP-2 and InstructBLIP hand on to {@code language_model}.
     *
     * @throws IllegalArgumentException if an opening or a stop token is no row of the embedding table
     */
    static SpecialTokens read(Path folder, ModelConfig config) {
        Path file = folder.resolve(GENERATION);
        JsonObject own = Files.exists(file) ? Json.read(file) : new JsonObject();
        try {
            return of(config, own);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(folder + ": " + e.getMessage(), e);
        }
    }

    /** What {@code text_config} says, or what the language model's kind has. */
    static SpecialTokens of(ModelConfig config) {
        return of(config, new JsonObject());
    }

    private static SpecialTokens of(ModelConfig config, JsonObject own) {
        JsonObject text = Json.object(config.toJson(), "text_config");
        Said said = new Said(own, text, config.family() == Family.LLAVA);
        Defaults defaults = Defaults.of(config.language());
        int words = config.language().vocabulary();
        List<Long> stops = said.ids("eos_token_id", defaults.stop(), words);
        List<Long> bos = said.ids(opening(defaults.encoderDecoder()), defaults.bos(), words);
        long pad = said.id("pad_token_id", defaults.pad());
        boolean word = pad >= 0 && pad < words;
        return new SpecialTokens(
                config.imageToken(),
                config.queries(),
                bos.get(0),
                stops,
                word ? pad : stops.get(0),
                defaults.encoderDecoder());
    }

    /** Two files, and which of them is asked first. */
    private record Said(JsonObject own, JsonObject text, boolean ownFirst) {
        private boolean inOwn(String field) {
            return Json.get(own, field) != null && (ownFirst || Json.get(text, field) == null);
        }

        private String name(String field) {
            return inOwn(field) ? field + " of " + GENERATION : "text_config." + field + " of config.json";
        }

        private @Nullable JsonElement value(String field) {
            return Json.get(inOwn(field) ? own : text, field);
        }

        long id(String field, int absent) {
            JsonElement value = value(field);
            return value == null ? absent : Json.integer(name(field), value);
        }

        /** One id or, where a list of them stands there, all; each a word. */
        List<Long> ids(String field, int absent, int words) {
            JsonElement value = value(field);
            List<JsonElement> all = value == null
                    ? List.of(new JsonPrimitive(absent))
                    : value.isJsonArray() ? value.getAsJsonArray().asList() : List.of(value);
            List<Long> ids = new ArrayList<>();
            for (JsonElement each : all) {
                long id = Json.integer(name(field), each);
                if (id < 0 || id >= words) throw Json.wrong(name(field), "be >= 0 and < vocab_size " + words, id);
                ids.add(id);
            }
            if (ids.isEmpty()) throw Json.wrong(name(field), "name a token", "none");
            return ids;
        }
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
        Json.write(folder.resolve(GENERATION), json);
    }
}
