package vitune.data;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.jerolba.carpet.CarpetReader;
import com.jerolba.carpet.CarpetWriter;
import com.jerolba.carpet.CloseableIterator;
import com.jerolba.carpet.io.FileSystemOutputFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** A row of a Parquet file: the only class that knows the library. Any column may be missing in what others wrote. */
record ParquetRow(
        @Nullable String id,
        @Nullable List<String> image,
        @Nullable String type,
        @Nullable List<Said> conversations,
        @Nullable List<Note> provenance) {

    record Said(@Nullable String from, @Nullable String value) {}

    record Note(@Nullable String name, @Nullable String value) {}

    static Class<?> library() {
        return CarpetWriter.class;
    }

    static void write(Path file, Stream<JsonObject> rows) {
        JsonFile.whole(file, part -> {
            try (CarpetWriter<ParquetRow> writer =
                    new CarpetWriter<>(new FileSystemOutputFile(part.toFile()), ParquetRow.class)) {
                for (Iterator<JsonObject> each = rows.iterator(); each.hasNext(); ) {
                    writer.write(of(each.next()));
                }
            }
        });
    }

    static Stream<JsonRow> stream(Path file) {
        CloseableIterator<ParquetRow> rows = guarded(
                file,
                "file",
                () -> new CarpetReader<>(file.toFile(), ParquetRow.class)
                        .withFailOnMissingColumn(false)
                        .iterator());
        Iterable<JsonRow> numbered = () -> new Iterator<>() {
            private int row;

            @Override
            public boolean hasNext() {
                return guarded(file, "[" + row + "]", rows::hasNext);
            }

            @Override
            public JsonRow next() {
                ParquetRow next = guarded(file, "[" + row + "]", rows::next);
                return new JsonRow(file, "[" + row++ + "]", next.json());
            }
        };
        return StreamSupport.stream(numbered.spliterator(), false).onClose(() -> {
            try {
                rows.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** The library and Parquet itself fail in many classes of error. */
    private static <T> T guarded(Path file, String where, Supplier<T> use) {
        try {
            return use.get();
        } catch (RuntimeException e) {
            throw new DataException(file, where, "no readable Parquet (" + e.getMessage() + ")", "rows in Parquet", e);
        }
    }

    private static ParquetRow of(JsonObject row) {
        List<String> images = new ArrayList<>();
        if (row.has("image")) {
            JsonElement image = row.get("image");
            (image.isJsonArray() ? image.getAsJsonArray().asList() : List.of(image))
                    .forEach(name -> images.add(name.getAsString()));
        }
        List<Said> said = row.getAsJsonArray("conversations").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .map(s -> new Said(s.get("from").getAsString(), s.get("value").getAsString()))
                .toList();
        List<Note> notes = new ArrayList<>();
        if (row.has("provenance")) {
            row.getAsJsonObject("provenance")
                    .entrySet()
                    .forEach(e -> notes.add(new Note(e.getKey(), e.getValue().getAsString())));
        }
        return new ParquetRow(
                row.get("id").getAsString(), images, row.get("type").getAsString(), said, notes);
    }

    private JsonObject json() {
        JsonObject row = new JsonObject();
        row.addProperty("id", id);
        row.addProperty("type", type);
        list(row, "image", image, (array, name) -> array.add(name));
        list(row, "conversations", conversations, (array, said) -> {
            JsonObject one = new JsonObject();
            one.addProperty("from", said.from);
            one.addProperty("value", said.value);
            array.add(one);
        });
        if (provenance != null) {
            JsonObject notes = new JsonObject();
            provenance.forEach(note -> notes.addProperty(String.valueOf(note.name), note.value));
            row.add("provenance", notes);
        }
        return row;
    }

    private static <T> void list(JsonObject row, String name, @Nullable List<T> values, BiConsumer<JsonArray, T> add) {
        if (values != null) {
            JsonArray array = new JsonArray();
            values.forEach(value -> add.accept(array, value));
            row.add(name, array);
        }
    }
}
