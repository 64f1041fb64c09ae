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
import org.jspecify.annotations.Nullable;
import vitune.data.Turn;

/**
 * The form in which a teacher replies: a strict JSON schema, its properties in the order in which they are to be
 * written (the question before the answer).
 */
public enum ReplyForm {
    /** Instructions with their responses. */
    TURNS("""
            {"type": "object", "properties": {"turns": {"type": "array", "items": {"type": "object", "properties": {\
            "instruction": {"type": "string"}, "response": {"type": "string"}}, \
            "required": ["instruction", "response"], "additionalProperties": false}}}, \
            "required": ["turns"], "additionalProperties": false}"""),
    /** The response alone; its instruction comes from a list. */
    RESPONSE("""
            {"type": "object", "properties": {"response": {"type": "string"}}, \
            "required": ["response"], "additionalProperties": false}""");

    private static final Gson JSON =
            new GsonBuilder().setStrictness(Strictness.STRICT).create();

    private final String schema;

    ReplyForm(String schema) {
        this.schema = schema;
    }

    /** The JSON schema. */
    public String schema() {
        return schema;
    }

    /**
     * Reads a reply; a Markdown fence around the JSON, which some servers add, is let pass.
     *
     * @param instruction the instruction of a {@link #RESPONSE}
     * @throws Unreadable naming what came and what was expected
     */
    List<Turn> read(String reply, @Nullable String instruction) throws Unreadable {
        var root = object(json(unfenced(reply)), "the reply");
        if (this == RESPONSE) {
            if (instruction == null) throw new IllegalArgumentException("this form needs an instruction");
            return List.of(new Turn(instruction, text(root, "response", "")));
        }
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
