package vitune.data;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Files of many rows as streams: one row is in memory at a time. Whoever takes a stream closes it. */
final class JsonRows {
    private JsonRows() {}

    /** What gives the next row, or null after the last. */
    private interface Source {
        @Nullable
        JsonRow next() throws IOException;
    }

    /** The objects of a JSON file that is one list: rows [0], [1] and so on. */
    static Stream<JsonRow> ofList(Path file) {
        JsonReader reader = JsonFile.guarded(file, () -> JsonFile.open(file));
        int[] row = {-1};
        return stream(file, reader, () -> {
            if (row[0]++ < 0) {
                reader.beginArray();
            }
            if (reader.hasNext()) {
                return new JsonRow(file, "[" + row[0] + "]", JsonFile.object(reader, Set.of()));
            }
            reader.endArray();
            JsonFile.end(file, reader);
            return null;
        });
    }

    /** The objects of a JSON file that is one object: rows by their key. */
    static Stream<JsonRow> ofObject(Path file) {
        JsonReader reader = JsonFile.guarded(file, () -> JsonFile.open(file));
        boolean[] begun = {false};
        return stream(file, reader, () -> {
            if (!begun[0]) {
                reader.beginObject();
                begun[0] = true;
            }
            if (reader.hasNext()) {
                return new JsonRow(file, reader.nextName(), JsonFile.object(reader, Set.of()));
            }
            reader.endObject();
            JsonFile.end(file, reader);
            return null;
        });
    }

    /** The objects of a file with one on each line: rows "line 1", "line 2"; empty lines are passed over. */
    static Stream<JsonRow> ofLines(Path file) {
        return ofLines(file, JsonFile.guarded(file, () -> Files.newInputStream(file)));
    }

    /** The same of a file's bytes, or of some of them. */
    static Stream<JsonRow> ofLines(Path file, InputStream bytes) {
        BufferedReader reader = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8.newDecoder()));
        int[] number = {0};
        return stream(file, reader, () -> {
            String line = reader.readLine();
            number[0]++;
            while (line != null && line.isBlank()) {
                line = reader.readLine();
                number[0]++;
            }
            return line == null ? null : ofLine(file, number[0], line);
        });
    }

    private static JsonRow ofLine(Path file, int number, String line) throws IOException {
        try (JsonReader reader = JsonFile.strict(new StringReader(line))) {
            JsonRow row = JsonFile.guarded(
                    file, number, () -> new JsonRow(file, "line " + number, JsonFile.object(reader, Set.of())));
            if (JsonFile.guarded(file, number, reader::peek) != JsonToken.END_DOCUMENT) {
                throw new DataException(file, "line " + number, "more after the object", "one object a line");
            }
            return row;
        }
    }

    private static Stream<JsonRow> stream(Path file, Closeable open, Source source) {
        Spliterator<JsonRow> rows =
                new Spliterators.AbstractSpliterator<>(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL) {
                    private boolean ended;

                    @Override
                    public boolean tryAdvance(Consumer<? super JsonRow> use) {
                        JsonRow row = ended ? null : JsonFile.guarded(file, source::next);
                        ended = row == null;
                        if (row != null) {
                            use.accept(row);
                        }
                        return row != null;
                    }
                };
        return StreamSupport.stream(rows, false).onClose(() -> {
            try {
                open.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
