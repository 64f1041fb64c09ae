package vitune.model;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Fields of Hugging Face JSON files: a field that is absent has the default of transformers, a wrong one is named. */
final class Json {
    private static final Gson PRETTY =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private static final long LONGEST = 1 << 26; // bytes; a real one has a few thousand

    private Json() {}

    /** @throws IllegalArgumentException if the file holds anything else than one JSON object */
    static JsonObject read(Path file) {
        return read(file, json -> json);
    }

    /** What {@code meaning} makes of a file; whatever does not fit is said with the name of the file. */
    static <T> T read(Path file, Function<JsonObject, T> meaning) {
        try {
            return meaning.apply(object(file));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + brief(e.getMessage(), 600), e);
        }
    }

    private static JsonObject object(Path file) {
        try {
            long size = Files.size(file);
            if (size > LONGEST) throw wrong("settings", "have at most " + LONGEST + " bytes", size);
            return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("must be UTF-8, got other bytes", e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        } catch (JsonParseException | IllegalStateException e) {
            throw new IllegalArgumentException("must hold one JSON object: " + brief(e.getMessage(), 200), e);
        }
    }

    /** As a file holds it: indented, with a line break at the end. */
    static String pretty(JsonElement json) {
        return PRETTY.toJson(json) + "\n";
    }

    static void write(Path file, JsonElement json) {
        try {
            Files.writeString(file, pretty(json));
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
        JsonElement value = get(json, field);
        return value == null ? absent : integer(field, value);
    }

    static int integer(String field, JsonElement value) {
        double number = number(field, value);
        if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
            throw wrong(field, "be a whole number of at most " + Integer.MAX_VALUE, value);
        }
        return (int) number;
    }

    static double number(JsonObject json, String field, double absent) {
        JsonElement value = get(json, field);
        return value == null ? absent : number(field, value);
    }

    static double number(String field, JsonElement value) {
        if (value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber()) {
            double number = value.getAsDouble();
            if (Double.isFinite(number)) return number;
        }
        throw wrong(field, "be a number", value);
    }

    static List<Double> numbers(JsonObject json, String field, List<Double> absent) {
        JsonElement value = get(json, field);
        if (value == null) return absent;
        if (!value.isJsonArray()) throw wrong(field, "be an array of numbers", value);
        return value.getAsJsonArray().asList().stream()
                .map(number -> number(field, number))
                .toList();
    }

    static String text(JsonObject json, String field, String absent) {
        JsonElement value = get(json, field);
        if (value == null) return absent;
        if (value.isJsonPrimitive() && value.getAsJsonPrimitive().isString()) return value.getAsString();
        throw wrong(field, "be a string", value);
    }

    /** A field that is true or false. */
    static boolean flag(JsonObject json, String field, boolean absent) {
        JsonElement value = get(json, field);
        if (value == null) return absent;
        if (value.isJsonPrimitive() && value.getAsJsonPrimitive().isBoolean()) return value.getAsBoolean();
        throw wrong(field, "be true or false", value);
    }

    /** A field that has one of these values, the first if it is absent. */
    static String oneOf(JsonObject json, String field, String... supported) {
        String value = text(json, field, supported[0]);
        if (List.of(supported).contains(value)) return value;
        throw wrong(field, "be one of " + List.of(supported), value);
    }

    /** A switch of transformers of which only one position is built here: a string, a number or a boolean. */
    static void expect(JsonObject json, String field, Object supported) {
        JsonElement value = get(json, field);
        if (value != null && !value.equals(PRETTY.toJsonTree(supported))) throw wrong(field, "be " + supported, value);
    }

    static int atLeast(int least, String field, int value) {
        if (value < least) throw wrong(field, "be >= " + least, value);
        return value;
    }

    /** A count that is used to build something: an absurd one would only fill the memory. */
    static int within(int least, int most, String field, int value) {
        if (value < least || value > most) throw wrong(field, "be >= " + least + " and <= " + most, value);
        return value;
    }

    static IllegalArgumentException wrong(String field, String expected, Object got) {
        return new IllegalArgumentException(field + " must " + expected + ", got " + brief(got, 200));
    }

    static String brief(@Nullable Object words, int most) {
        String text = String.valueOf(words);
        return text.length() <= most ? text : text.substring(0, most) + "...";
    }
}
