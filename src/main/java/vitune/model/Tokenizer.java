package vitune.model;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Words to ids and back, by a {@code tokenizer.json}. It adds nothing by itself (no opening token, no padding, no
 * truncation): {@link ChatTemplate} and {@link Batch} do.
 */
public final class Tokenizer {
    private static final Map<String, String> PLAIN =
            Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");
    private static final String FAST = "tokenizer.json";
    /** Vocabularies of the slow kind, which hold no rules: how to cut is written in Python. */
    private static final List<String> SLOW =
            List.of("tokenizer.model", "spiece.model", "vocab.json", "merges.txt", "vocab.txt");
    /** What else belongs to a tokenizer; it is kept byte for byte. */
    private static final List<String> KEPT = List.of(
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "chat_template.jinja",
            "chat_template.json");

    private final HuggingFaceTokenizer tokenizer;
    private final Map<String, byte[]> files;
    private final Map<String, Long> special;
    private final boolean cutsWholeTexts;

    private Tokenizer(HuggingFaceTokenizer tokenizer, Map<String, byte[]> files, JsonObject json) {
        this.tokenizer = tokenizer;
        this.files = files;
        this.special = specials(json);
        this.cutsWholeTexts = Stream.of("normalizer", "pre_tokenizer")
                .anyMatch(part -> String.valueOf(json.get(part)).contains("\u2581"));
    }

    /**
     * Reads {@code tokenizer.json} of a folder, and keeps the other files of its tokenizer as they are.
     *
     * @throws UncheckedIOException if it is not there
     */
    public static Tokenizer read(Path folder) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try {
            if (!Files.exists(folder.resolve(FAST))) throw absent(folder);
            for (String name :
                    Stream.of(List.of(FAST), KEPT, SLOW).flatMap(List::stream).toList()) {
                Path file = folder.resolve(name);
                if (Files.exists(file)) files.put(name, Files.readAllBytes(file));
            }
            byte[] json = files.get(FAST);
            HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), PLAIN);
            String text = new String(json, StandardCharsets.UTF_8);
            return new Tokenizer(tokenizer, files, JsonParser.parseString(text).getAsJsonObject());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the tokenizer of " + folder + ": " + e.getMessage(), e);
        }
    }

    private static IOException absent(Path folder) {
        List<String> found =
                SLOW.stream().filter(name -> Files.exists(folder.resolve(name))).toList();
        String alone = found.isEmpty() ? "" : "; " + String.join(" and ", found) + " alone is not enough";
        return new FileNotFoundException("there is no " + FAST + alone
                + ". Python writes it: AutoTokenizer.from_pretrained(\"" + folder
                + "\", use_fast=True).save_pretrained(\"" + folder + "\")");
    }

    private static Map<String, Long> specials(JsonObject root) {
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

    /** Ids of a text as the tokenizer itself frames it: with its opening and closing tokens, if it has any. */
    public long[] encodeWithSpecials(String text) {
        return tokenizer.encode(text, true, false).getIds();
    }

    /** The names of the tokens of a text, framed as in {@link #encodeWithSpecials}: to look at. */
    public List<String> tokens(String text) {
        return List.of(tokenizer.encode(text, true, false).getTokens());
    }

    /**
     * Whether a text is cut as a whole and opens with a mark for a space, as SentencePiece does (LLaMA, T5); else words
     * are cut apart first and carry the space before them, so that a word has the same tokens wherever it stands.
     */
    public boolean cutsWholeTexts() {
        return cutsWholeTexts;
    }

    /** Whether the tokenizer itself opens a text with this token. */
    boolean opensWith(long id) {
        long[] frame = encodeWithSpecials("");
        return frame.length > 0 && frame[0] == id;
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
                Files.createDirectories(folder);
                Files.write(folder.resolve(name), bytes);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write " + folder.resolve(name), e);
            }
        });
    }
}
