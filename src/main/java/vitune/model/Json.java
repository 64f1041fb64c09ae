package vitune.model;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fields of Hugging Face JSON files: a field that is absent has the default of transformers, a wrong one is named. */
final class Json {
    private static final Gson PRETTY =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private Json() {}

    static JsonObject read(Path file) {
        try {
            return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        } catch (JsonParseException | IllegalStateException e) {
            throw new IllegalArgumentException(file + " must hold one JSON object: " + e.getMessage(), e);
        }
    }

    static void write(Path file, JsonElement json) {
        try {
            Files.writeString(file, PRETTY.toJson(json) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    static @Nullable JsonElement get(JsonObject json, String field) {
        JsonElement value = json.get(field);
        return value == null || value.isJsonNull() ? null : value;
    }

    static JsonObject object(JsonObject json, String field) {
        JsonElement value = get(json, field);
        if (value == null) return new JsonObject();
        if (!value.isJsonObject()) throw wrong(field, "be an object", value);
        return value.getAsJsonObject();
    }

    static int integer(JsonObject json, String field, int absent) {
        double value = number(json, field, absent);
        if (value != Math.rint(value)) throw wrong(field, "be a whole number", value);
        return (int) value;
    }

    static double number(JsonObject json, String field, double absent) {
        JsonElement value = get(json, field);
        if (value == null) return absent;
        if (value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber()) return value.getAsDouble();
        throw wrong(field, "be a number", value);
    }

    static String text(JsonObject json, String field, String absent) {
        JsonElement value = get(json, field);
        return value == null ? absent : value.getAsString();
    }

    /** A field that has one of these values, the first if it is absent. */
    static String oneOf(JsonObject json, String field, String... supported) {
        String value = text(json, field, supported[0]);
        if (List.of(supported).contains(value)) return value;
        throw wrong(field, "be one of " + List.of(supported), value);
    }

    /** A field that is true or false. */
    static boolean flag(JsonObject json, String field, boolean absent) {
        JsonElement value = get(json, field);
        if (value == null) return absent;
        if (value.isJsonPrimitive() && value.getAsJsonPrimitive().isBoolean()) return value.getAsBoolean();
        throw wrong(field, "be true or false", value);
    }

    /** A switch of transformers of which only one position is built here. */
    static void expect(JsonObject json, String field, Object supported) {
        JsonElement value = get(json, field);
        if (value == null || value.isJsonPrimitive() && value.getAsString().equals(supported.toString())) return;
        throw wrong(field, "be " + supported, value);
    }

    static int atLeast(int least, String field, int value) {
        if (value < least) throw wrong(field, "be >= " + least, value);
        return value;
    }

    static IllegalArgumentException wrong(String field, String expected, Object got) {
        return new IllegalArgumentException(field + " must " + expected + ", got " + got);
    }
}
