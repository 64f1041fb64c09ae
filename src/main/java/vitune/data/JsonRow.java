package vitune.data;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * One object of a JSON file that knows where it stands, so that a missing or odd field is an error with a name.
 *
 * @param at the row: "annotations[12]"
 */
record JsonRow(Path file, String at, JsonObject fields) {
    boolean has(String field) {
        return fields.has(field) && !fields.get(field).isJsonNull();
    }

    /** A text that is not blank, without white space around it. */
    String text(String field) {
        return value(field, "a text that is not blank", JsonRow::text);
    }

    /** A text without white space around it, or "" where there is none. */
    String textOrNone(String field) {
        return has(field)
                ? value(
                        field,
                        "a text",
                        value -> value.getAsJsonPrimitive().getAsString().strip())
                : "";
    }

    static String text(JsonElement value) {
        String text = value.getAsJsonPrimitive().getAsString().strip();
        if (text.isEmpty()) {
            throw new IllegalArgumentException("blank");
        }
        return text;
    }

    /** The texts of a list. */
    static List<String> texts(JsonElement list) {
        return list.getAsJsonArray().asList().stream().map(JsonRow::text).toList();
    }

    /** A text alone, or the texts of a list. */
    static List<String> textOrTexts(JsonElement value) {
        return value.isJsonArray() ? texts(value) : List.of(text(value));
    }

    /** A field that must differ from row to row, beside those of the rows before. */
    <T> T once(String field, T value, Set<T> before) {
        if (!before.add(value)) {
            throw error(field, value + " a second time", "each " + field + " once");
        }
        return value;
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

    /** Whether a name stays in a folder, also by way of ".."; a plain one does, what can be no name does not. */
    static boolean inside(Path folder, String name) {
        try {
            return !name.contains("..") && !Path.of(name).isAbsolute()
                    || folder.resolve(name)
                            .toAbsolutePath()
                            .normalize()
                            .startsWith(folder.toAbsolutePath().normalize());
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** The picture of that name; a name that is missing there or leads out of the folder is an error of this field. */
    Path picture(String field, String name, Path folder) {
        if (!inside(folder, name)) {
            throw error(field, name, "a name that stays inside " + folder);
        }
        Path picture = folder.resolve(name);
        if (!Files.isRegularFile(picture)) {
            throw error(field, name, "a picture in " + folder);
        }
        return picture;
    }
}
