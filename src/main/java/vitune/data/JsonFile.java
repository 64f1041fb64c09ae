package vitune.data;

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
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Iterator;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** JSON files: read strictly, a row at a time, and written whole or not at all. */
final class JsonFile {
    private static final Pattern PLACE = Pattern.compile("at line (\\d+) column (\\d+)");

    private JsonFile() {}

    /** What is done with a reader at the start of a file. */
    interface Body {
        void read(JsonReader reader) throws IOException;
    }

    /** One use of an open file. */
    interface Use<T extends @Nullable Object> {
        T of() throws IOException;
    }

    /** Reads a whole file; broken JSON becomes an error with line and column. */
    static void read(Path file, Body body) {
        guarded(file, () -> {
            try (JsonReader reader = open(file)) {
                body.read(reader);
                end(file, reader);
                return file;
            }
        });
    }

    static JsonReader open(Path file) throws IOException {
        return strict(Files.newBufferedReader(file));
    }

    static JsonReader strict(Reader text) {
        JsonReader reader = new JsonReader(text);
        reader.setStrictness(Strictness.STRICT);
        return reader;
    }

    static void end(Path file, JsonReader reader) throws IOException {
        if (reader.peek() != JsonToken.END_DOCUMENT) {
            throw new DataException(file, "end", "more after the end of the JSON", "nothing");
        }
    }

    /** Whatever may be wrong with a file becomes an error with its line and column. */
    static <T extends @Nullable Object> T guarded(Path file, Use<T> use) {
        return guarded(file, 1, use);
    }

    /** The same for a reader that was begun at this line of the file. */
    static <T extends @Nullable Object> T guarded(Path file, int line, Use<T> use) {
        try {
            return use.of();
        } catch (NoSuchFileException e) {
            throw new DataException(file, "file", "no such file", "a JSON file");
        } catch (CharacterCodingException e) {
            throw new DataException(file, "text", "bytes that are not UTF-8", "JSON in UTF-8");
        } catch (MalformedJsonException | EOFException | JsonParseException | IllegalStateException e) {
            throw broken(file, line, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DataException broken(Path file, int line, Exception e) {
        String message = String.valueOf(e.getMessage())
                .lines()
                .findFirst()
                .orElse("")
                .replaceFirst("Use JsonReader\\S+ to accept malformed JSON", "malformed");
        Matcher place = PLACE.matcher(message);
        String where = place.find()
                ? "line " + (line - 1 + Integer.parseInt(place.group(1))) + ", column " + place.group(2)
                : "text";
        message = message.replaceFirst(" at line \\d+ column \\d+", "");
        return e instanceof IllegalStateException
                ? new DataException(file, where, "JSON of another layout (" + message + ")", "the format's layout", e)
                : new DataException(file, where, "broken JSON (" + message + ")", "well-formed JSON", e);
    }

    /** Reads an array of objects, keeping only the named fields (all if none are named). */
    static void each(Path file, JsonReader reader, String array, Set<String> keep, Consumer<JsonRow> use)
            throws IOException {
        reader.beginArray();
        for (int i = 0; reader.hasNext(); i++) {
            use.accept(new JsonRow(file, array + "[" + i + "]", object(reader, keep)));
        }
        reader.endArray();
    }

    /** Reads an object, keeping only the named fields (all if none are named). */
    static JsonObject object(JsonReader reader, Set<String> keep) throws IOException {
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
        return row;
    }

    /** Writes lines whole or not at all. */
    static void write(Path file, Iterator<String> lines) {
        whole(file, part -> {
            try (BufferedWriter writer = Files.newBufferedWriter(part)) {
                while (lines.hasNext()) {
                    writer.write(lines.next());
                    writer.write('\n');
                }
            }
        });
    }

    /** Writes a list, a row a line, whole or not at all. */
    static void writeList(Path file, Iterator<String> rows) {
        whole(file, part -> {
            try (BufferedWriter writer = Files.newBufferedWriter(part)) {
                writer.write("[\n");
                while (rows.hasNext()) {
                    writer.write(rows.next());
                    writer.write(rows.hasNext() ? ",\n" : "\n");
                }
                writer.write("]\n");
            }
        });
    }

    /** What writes a file. */
    interface Writing {
        void to(Path file) throws IOException;
    }

    /** Writes a file whole or not at all: beside its place first, which keeps what stands there until the end. */
    static void whole(Path file, Writing writing) {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            try {
                writing.to(part);
                Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("nothing could be written to " + file, e);
        }
    }
}
