package vitune.model;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Words to ids and back, by a {@code tokenizer.json}. It adds nothing by itself (no opening token, no padding, no
 * truncation): {@link ChatTemplate} and {@link Batch} do.
 */
public final class Tokenizer {
    private static final Map<String, String> PLAIN =
            Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");
    private final HuggingFaceTokenizer tokenizer;
    private final Map<String, byte[]> files;
    private final Map<String, Long> special;

    private Tokenizer(HuggingFaceTokenizer tokenizer, Map<String, byte[]> files, Map<String, Long> special) {
        this.tokenizer = tokenizer;
        this.files = files;
        this.special = special;
    }

    /**
     * Reads {@code tokenizer.json} of a folder.
     *
     * @throws UncheckedIOException if it is not there
     */
    public static Tokenizer read(Path folder) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try {
            for (String name : new String[] {"tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"}) {
                Path file = folder.resolve(name);
                if (files.isEmpty() || Files.exists(file)) files.put(name, Files.readAllBytes(file));
            }
            byte[] json = files.get("tokenizer.json");
            HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), PLAIN);
            return new Tokenizer(tokenizer, files, specials(json));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the tokenizer of " + folder, e);
        }
    }

    private static Map<String, Long> specials(byte[] json) {
        JsonObject root =
                JsonParser.parseString(new String(json, StandardCharsets.UTF_8)).getAsJsonObject();
        Map<String, Long> special = new LinkedHashMap<>();
        for (JsonElement token : root.getAsJsonArray("added_tokens")) {
            JsonObject entry = token.getAsJsonObject();
            special.put(entry.get("content").getAsString(), entry.get("id").getAsLong());
        }
        return special;
    }

    /** Ids of a text; a special token's name in it becomes that token. */
    public long[] encode(String text) {
        return tokenizer.encode(text, false, false).getIds();
    }

    /** The text of ids, without special tokens. */
    public String decode(long[] ids) {
        return tokenizer.decode(ids, true);
    }

    /** The text of ids, special tokens by their names: to look at a whole prompt. */
    public String show(long[] ids) {
        return tokenizer.decode(ids, false);
    }

    /**
     * The id of a special token, such as {@code <image>}.
     *
     * @throws IllegalArgumentException if the tokenizer has none of that name
     */
    public long id(String name) {
        Long id = special.get(name);
        if (id != null) return id;
        throw new IllegalArgumentException("no special token " + name + "; there are " + special.keySet());
    }

    void write(Path folder) {
        files.forEach((name, bytes) -> {
            try {
                Files.write(folder.resolve(name), bytes);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write " + folder.resolve(name), e);
            }
        });
    }
}
