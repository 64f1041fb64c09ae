package vitune.data;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.BufferedWriter;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One object of a JSON file that knows where it stands, so that a missing or odd field is an error with a name. Files
 * are read a row at a time.
 *
 * @param at the row: "annotations[12]"
 */
record JsonRow(Path file, String at, JsonObject fields) {
    private static final Pattern PLACE = Pattern.compile("at (line \\d+) (column \\d+)");

    /** What is done with a reader at the start of a file. */
    interface Body {
        void read(JsonReader reader) throws IOException;
    }

    /** Reads a whole file; broken JSON becomes an error with line and column. */
    static void read(Path file, Body body) {
        try (JsonReader reader = new JsonReader(Files.newBufferedReader(file))) {
            reader.setStrictness(Strictness.STRICT);
            body.read(reader);
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new DataException(file, "end", "more after the end of the JSON", "nothing");
            }
        } catch (NoSuchFileException e) {
            throw new DataException(file, "file", "no such file", "a JSON file");
        } catch (CharacterCodingException e) {
            throw new DataException(file, "text", "bytes that are not UTF-8", "JSON in UTF-8");
        } catch (MalformedJsonException | EOFException | JsonParseException | IllegalStateException e) {
            throw broken(file, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DataException broken(Path file, Exception e) {
        String message = String.valueOf(e.getMessage())
                .lines()
                .findFirst()
                .orElse("")
                .replaceFirst("Use JsonReader\\S+ to accept malformed JSON", "malformed");
        Matcher place = PLACE.matcher(message);
        String where = place.find() ? place.group(1) + ", " + place.group(2) : "text";
        return e instanceof IllegalStateException
                ? new DataException(file, where, "JSON of another layout (" + message + ")", "the format's layout", e)
                : new DataException(file, where, "broken JSON (" + message + ")", "well-formed JSON", e);
    }

    /** Reads an array of objects, keeping only the named fields (all if none are named). */
    static void each(Path file, JsonReader reader, String array, Set<String> keep, Consumer<JsonRow> use)
            throws IOException {
        reader.beginArray();
        for (int i = 0; reader.hasNext(); i++) {
            JsonObject row = new JsonObject();
            reader.beginObject();
            while (reader.hasNext()) {
                String field = reader.nextName();
                if (keep.isEmpty() || keep.contains(field)) {
                    row.add(field, JsonParser.parseReader(reader));
                } else {
                    reader.skipValue();
                }
            }
            reader.endObject();
            use.accept(new JsonRow(file, array + "[" + i + "]", row));
        }
        reader.endArray();
    }

    boolean has(String field) {
        return fields.has(field) && !fields.get(field).isJsonNull();
    }

    /** A text that is not blank, without white space around it. */
    String text(String field) {
        return value(field, "a text that is not blank", JsonRow::text);
    }

    static String text(JsonElement value) {
        String text = value.getAsJsonPrimitive().getAsString().strip();
        if (text.isEmpty()) {
            throw new IllegalArgumentException("blank");
        }
        return text;
    }

    long whole(String field) {
        return value(field, "a whole number", JsonElement::getAsLong);
    }

    double[] numbers(String field, int count) {
        return value(field, count + " numbers", value -> {
            JsonArray array = value.getAsJsonArray();
            double[] numbers = new double[count];
            for (int i = 0; i < count; i++) {
                numbers[i] = array.get(i).getAsDouble();
            }
            return array.size() == count ? numbers : null;
        });
    }

    /** The objects of an array, each a row of its own. */
    List<JsonRow> rows(String field) {
        return value(field, "a list of objects", value -> {
            List<JsonRow> rows = new ArrayList<>();
            for (JsonElement element : value.getAsJsonArray()) {
                rows.add(new JsonRow(file, at + "." + field + "[" + rows.size() + "]", element.getAsJsonObject()));
            }
            return rows;
        });
    }

    /** Reads a field; any failure, or null, becomes an error that shows the value. */
    <T> T value(String field, String expected, Function<JsonElement, T> read) {
        if (!has(field)) {
            throw error(field, "nothing", expected);
        }
        T value;
        try {
            value = read.apply(fields.get(field));
        } catch (DataException e) {
            throw e;
        } catch (RuntimeException e) {
            value = null;
        }
        if (value == null) {
            throw error(field, fields.get(field).toString(), expected);
        }
        return value;
    }

    DataException error(String field, String came, String expected) {
        return new DataException(file, at + "." + field, came, expected);
    }

    /** Writes a file whole or not at all. */
    static void write(Path file, Iterable<String> lines) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path fresh = file.resolveSibling(file.getFileName() + ".part");
            try (BufferedWriter writer = Files.newBufferedWriter(fresh)) {
                for (String line : lines) {
                    writer.write(line);
                    writer.write('\n');
                }
            }
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
