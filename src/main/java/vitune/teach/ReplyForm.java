package vitune.teach;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import vitune.data.Turn;

/**
 * The form in which a teacher replies: JSON by a strict schema, its properties in the order in which they are to be
 * written (the question before the answer), or plain text for servers that keep to no schema.
 */
public enum ReplyForm {
    /** Instructions with their responses. */
    TURNS("""
            {"type": "object", "properties": {"turns": {"type": "array", "items": {"type": "object", "properties": {\
            "instruction": {"type": "string"}, "response": {"type": "string"}}, \
            "required": ["instruction", "response"], "additionalProperties": false}}}, \
            "required": ["turns"], "additionalProperties": false}""", """
            Reply in JSON: {"turns": [{"instruction": the question, "response": the answer}, ...]}."""),
    /** The response alone; its instruction comes from a list. */
    RESPONSE("""
            {"type": "object", "properties": {"response": {"type": "string"}}, \
            "required": ["response"], "additionalProperties": false}""", """
            Reply in JSON: {"response": what you write}."""),
    /** Instructions with their responses as blocks of text, a line {@code ===} after each. Source: LLaVA's prompts. */
    TURNS_AS_TEXT("", """
            Reply in plain text: a question, a line ===, its answer, a line ===, the next question, and so on; nothing else."""),
    /** The response alone, as it is. */
    RESPONSE_AS_TEXT("", """
            Reply in plain text with what you write and nothing else.""");

    private static final Gson JSON =
            new GsonBuilder().setStrictness(Strictness.STRICT).create();
    private static final Pattern BREAK = Pattern.compile("(?m)^\\s*={3,}\\s*$");
    private static final Pattern LABEL = Pattern.compile("(?i)^(question|answer|instruction|response)\\s*:\\s*");

    private final String schema;
    private final String words;

    ReplyForm(String schema, String words) {
        this.schema = schema;
        this.words = words;
    }

    /** The JSON schema; empty for plain text. */
    public String schema() {
        return schema;
    }

    /** What a prompt says of this form, at its end. */
    public String words() {
        return words;
    }

    /** Whether the reply is the response alone. */
    boolean responseOnly() {
        return this == RESPONSE || this == RESPONSE_AS_TEXT;
    }

    /** The same in plain text. */
    ReplyForm asText() {
        return responseOnly() ? RESPONSE_AS_TEXT : TURNS_AS_TEXT;
    }

    // ---------------------------------------------------------------- writing

    /** Turns in this form; where the form is a response alone, that of the first. */
    String write(List<Turn> turns) {
        return switch (this) {
            case RESPONSE_AS_TEXT -> turns.get(0).response();
            case TURNS_AS_TEXT ->
                turns.stream()
                        .flatMap(turn -> Stream.of(turn.instruction(), turn.response()))
                        .collect(Collectors.joining("\n===\n", "", "\n==="));
            case RESPONSE -> object("response", turns.get(0).response()).toString();
            case TURNS -> {
                var list = new JsonArray();
                for (var turn : turns) {
                    var object = object("instruction", turn.instruction());
                    object.addProperty("response", turn.response());
                    list.add(object);
                }
                var root = new JsonObject();
                root.add("turns", list);
                yield root.toString();
            }
        };
    }

    private static JsonObject object(String name, String value) {
        var object = new JsonObject();
        object.addProperty(name, value);
        return object;
    }

    // ---------------------------------------------------------------- reading

    /**
     * Reads a reply; a Markdown fence around the JSON, which some servers add, is let pass, and so are labels ("Question:")
     * in plain text.
     *
     * @param instruction the instruction of a response alone
     * @throws Unreadable naming what came and what was expected
     */
    List<Turn> read(String reply, @Nullable String instruction) throws Unreadable {
        if (responseOnly() && instruction == null) throw new IllegalArgumentException("this form needs an instruction");
        return switch (this) {
            case TURNS -> turns(object(json(unfenced(reply)), "the reply"));
            case RESPONSE ->
                List.of(new Turn(instruction, text(object(json(unfenced(reply)), "the reply"), "response", "")));
            case TURNS_AS_TEXT -> blocks(reply);
            case RESPONSE_AS_TEXT -> {
                if (reply.isBlank()) throw new Unreadable("the reply must not be empty");
                yield List.of(new Turn(instruction, reply.strip()));
            }
        };
    }

    private static List<Turn> turns(JsonObject root) throws Unreadable {
        if (!(root.get("turns") instanceof JsonArray turns)) throw new Unreadable("\"turns\" must be a list");
        var read = new ArrayList<Turn>();
        for (var element : turns) {
            var where = "turns[" + read.size() + "]";
            var turn = object(element, where);
            read.add(new Turn(text(turn, "instruction", where + "."), text(turn, "response", where + ".")));
        }
        if (read.isEmpty()) throw new Unreadable("\"turns\" must not be empty");
        return read;
    }

    private static List<Turn> blocks(String reply) throws Unreadable {
        var blocks = BREAK.splitAsStream(reply)
                .map(String::strip)
                .filter(block -> !LABEL.matcher(block).matches()) // a label alone
                .map(block -> LABEL.matcher(block).replaceFirst(""))
                .collect(Collectors.toCollection(ArrayList::new));
        while (!blocks.isEmpty() && blocks.get(blocks.size() - 1).isEmpty()) blocks.remove(blocks.size() - 1);
        int blank = blocks.indexOf("");
        if (blank >= 0)
            throw new Unreadable("text " + (blank + 1) + " of " + blocks.size() + " between lines === is empty");
        if (blocks.isEmpty() || blocks.size() % 2 != 0) {
            throw new Unreadable(blocks.size() + " texts with lines === between them; expected a question and an answer"
                    + " by turns");
        }
        var read = new ArrayList<Turn>();
        for (int i = 0; i < blocks.size(); i += 2) read.add(new Turn(blocks.get(i), blocks.get(i + 1)));
        return read;
    }

    private static JsonElement json(String text) throws Unreadable {
        try {
            return JSON.fromJson(text, JsonElement.class);
        } catch (JsonParseException e) {
            throw new Unreadable("the reply is not complete JSON");
        }
    }

    private static String unfenced(String reply) {
        var text = reply.strip();
        if (!text.startsWith("```") || !text.endsWith("```") || text.indexOf('\n') < 0) return text;
        return text.substring(text.indexOf('\n'), text.length() - 3);
    }

    private static JsonObject object(@Nullable JsonElement element, String what) throws Unreadable {
        if (element instanceof JsonObject object) return object;
        throw new Unreadable(what + " must be an object");
    }

    private static String text(JsonObject object, String field, String where) throws Unreadable {
        var value = object.get(field);
        boolean isText = value != null
                && value.isJsonPrimitive()
                && value.getAsJsonPrimitive().isString();
        if (isText && !value.getAsString().isBlank()) return value.getAsString().strip();
        throw new Unreadable("\"" + where + field + "\" must be a text" + (isText ? " that is not empty" : ""));
    }

    /** A reply that does not keep to its form. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1;

        Unreadable(String message) {
            super(message);
        }
    }
}
