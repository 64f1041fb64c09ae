package vitune.model;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Words to ids and back, by a {@code tokenizer.json}. It adds nothing by itself (no opening token, no padding, no
 * truncation): {@link ChatTemplate} and {@link Batch} do.
 */
public final class Tokenizer {
    private static final Map<String, String> PLAIN =
            Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");
    private static final String FAST = "tokenizer.json";
    /** Levels of nesting, of which a real file has about ten. */
    private static final int DEEPEST = 100;

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
    private final @Nullable Long opening;

    private Tokenizer(HuggingFaceTokenizer tokenizer, Map<String, byte[]> files, JsonObject json) {
        this.tokenizer = tokenizer;
        this.files = files;
        this.special = specials(json);
        this.cutsWholeTexts = Stream.of("normalizer", "pre_tokenizer")
                .anyMatch(part -> String.valueOf(json.get(part)).contains("\u2581"));
        this.opening = findOpening();
    }

    /**
     * Reads {@code tokenizer.json} of a folder, and keeps the other files of its tokenizer as they are.
     *
     * @throws UncheckedIOException if it is not there
     * @throws IllegalArgumentException if it does not hold a tokenizer
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
            return of(files);
        } catch (MalformedJsonException | RuntimeException e) { // what the library and Gson throw has no type in common
            throw new IllegalArgumentException(
                    folder.resolve(FAST) + " must hold a tokenizer: " + Json.brief(e.getMessage(), 600), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the tokenizer of " + folder + ": " + e.getMessage(), e);
        }
    }

    /**
     * A tokenizer that knows no language, for models that are only measured: token 17 is written {@code 17}, any other
     * word is token 3, and {@code <image>} holds the place of a picture.
     *
     * @param vocabulary number of tokens, at least 5
     * @param image the id of {@code <image>}
     */
    public static Tokenizer numbers(int vocabulary, long image) {
        JsonObject words = new JsonObject();
        for (int id = 0; id < vocabulary; id++) words.addProperty(id == image ? ChatTemplate.MARK : "" + id, id);
        JsonObject model = new JsonObject();
        model.addProperty("type", "WordLevel");
        model.add("vocab", words);
        model.addProperty("unk_token", "3");
        JsonObject special = JsonParser.parseString("{\"single_word\":false,\"lstrip\":false,\"rstrip\":false,"
                        + "\"normalized\":false,\"special\":true}")
                .getAsJsonObject();
        special.addProperty("id", image);
        special.addProperty("content", ChatTemplate.MARK);
        JsonArray added = new JsonArray();
        added.add(special);
        JsonObject json = new JsonObject();
        json.addProperty("version", "1.0");
        json.add("added_tokens", added);
        json.add("pre_tokenizer", JsonParser.parseString("{\"type\":\"WhitespaceSplit\"}"));
        json.add("model", model);
        try {
            return of(Map.of(FAST, json.toString().getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a tokenizer of " + vocabulary + " numbers", e);
        }
    }

    private static Tokenizer of(Map<String, byte[]> files) throws IOException {
        byte[] bytes = files.get(FAST);
        JsonReader reader = new JsonReader(new StringReader(new String(bytes, StandardCharsets.UTF_8)));
        reader.setStrictness(Strictness.STRICT); // as the library reads it
        JsonObject json = JsonParser.parseReader(reader).getAsJsonObject();
        if (reader.peek() != JsonToken.END_DOCUMENT) throw Json.wrong("the file", "end behind its object", "more");
        check(json, 0);
        return new Tokenizer(HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(bytes), PLAIN), files, json);
    }

    /** Refuses what the library would fall over, and take the JVM with it. */
    private static void check(JsonElement json, int depth) {
        if (depth > DEEPEST) throw Json.wrong("the file", "nest at most " + DEEPEST + " deep", "more");
        if (json.isJsonPrimitive()) checkValue(json.getAsJsonPrimitive());
        if (json.isJsonArray()) json.getAsJsonArray().forEach(each -> check(each, depth + 1));
        if (!json.isJsonObject()) return;
        JsonObject object = json.getAsJsonObject();
        if (new JsonPrimitive("TemplateProcessing").equals(object.get("type"))) checkTemplate(object);
        object.asMap().forEach((name, each) -> {
            checkValue(new JsonPrimitive(name));
            check(each, depth + 1);
        });
    }

    /** Numbers are finite, and text is Unicode. */
    private static void checkValue(JsonPrimitive value) {
        if (value.isNumber() && !Double.isFinite(value.getAsDouble())) throw Json.wrong("a number", "be finite", value);
        if (value.isString() && !StandardCharsets.UTF_8.newEncoder().canEncode(value.getAsString())) {
            throw Json.wrong("a text", "have no half of a character", value);
        }
    }

    /** A frame may only use the special tokens that it declares. */
    private static void checkTemplate(JsonObject template) {
        Set<String> declared = Json.object(template, "special_tokens").keySet();
        for (String side : List.of("single", "pair")) {
            if (Json.get(template, side) == null) continue;
            for (JsonElement piece : template.getAsJsonArray(side)) {
                JsonObject token = Json.object(piece.getAsJsonObject(), "SpecialToken");
                String id = Json.text(token, "id", "");
                if (!token.isEmpty() && !declared.contains(id)) {
                    throw Json.wrong("post_processor." + side, "use tokens of its special_tokens " + declared, id);
                }
            }
        }
    }

    /** Whether a file of that name belongs to a tokenizer. */
    static boolean owns(String name) {
        return name.equals(FAST) || KEPT.contains(name) || SLOW.contains(name) || name.startsWith("chat_template.");
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
        if (Json.get(root, "added_tokens") == null) return special;
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

    /**
     * Whether a text is cut as a whole and opens with a mark for a space, as SentencePiece does (LLaMA, T5); else words
     * are cut apart first and carry the space before them, so that a word has the same tokens wherever it stands.
     */
    public boolean cutsWholeTexts() {
        return cutsWholeTexts;
    }

    /** The token that the tokenizer itself opens a text with, or null if it opens none. */
    @Nullable
    Long opening() {
        return opening;
    }

    private @Nullable Long findOpening() {
        long[] framed = encodeWithSpecials("a");
        long[] plain = encode("a");
        return framed.length > plain.length && framed[0] != plain[0] ? framed[0] : null; // else it only closes
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
