package vitune.data;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a model replied to one question, kept with how it came to be, so that a metric can be computed again without the
 * model. A file has one on each line: {@code {"question_id", "reply", "model", "decoding", "hashes"}}.
 *
 * @param question the id of the question
 * @param text the model's words, unchanged; may be blank
 * @param model who replied
 * @param decoding how words were chosen, and how many at most
 * @param hashes SHA-256 in hexadecimal by what was hashed, for example {@code weights}; may be empty
 */
public record Reply(String question, String text, String model, String decoding, Map<String, String> hashes) {
    private static final String START = "{\"question_id\":"; // of each line that is written here

    /** @throws IllegalArgumentException if the question's id is blank */
    public Reply {
        if (question.isBlank()) {
            throw new IllegalArgumentException("a reply needs the id of its question, got '" + question + "'");
        }
        hashes = Map.copyOf(hashes);
    }

    /**
     * Reads a file of replies. Of LLaVA's own files of answers, {@code text} is read as the reply and {@code model_id}
     * as the model; ids may be numbers. A last line that was cut off while it was written, as by a power cut, is passed
     * over with a warning.
     *
     * @throws DataException for bad rows, by file, line and field
     */
    public static List<Reply> read(Path jsonl) {
        byte[] bytes = JsonFile.guarded(jsonl, () -> Files.readAllBytes(jsonl));
        int end = end(bytes);
        if (end < bytes.length) {
            System.getLogger(Reply.class.getName())
                    .log(System.Logger.Level.WARNING, jsonl + ": the last line is unfinished, and passed over");
        }
        try (Stream<JsonRow> rows = JsonRows.ofLines(jsonl, new ByteArrayInputStream(bytes, 0, end))) {
            return rows.map(Reply::of).toList();
        }
    }

    /** Writes replies, one a line, whole or not at all. */
    public static void write(Path jsonl, Stream<Reply> replies) {
        JsonFile.write(jsonl, replies.map(reply -> reply.json().toString()).iterator());
    }

    /** Where the lines of a file end: before a last one that was begun here and not finished, if there is one. */
    private static int end(byte[] file) {
        int start = file.length;
        while (start > 0 && file[start - 1] != '\n') {
            start--;
        }
        String last = new String(file, start, file.length - start, StandardCharsets.UTF_8);
        boolean ours = last.startsWith(START) || START.startsWith(last);
        return ours && !isObject(last) ? start : file.length;
    }

    private static boolean isObject(String line) {
        try (JsonReader reader = JsonFile.strict(new StringReader(line))) {
            JsonFile.object(reader, Set.of());
            return reader.peek() == JsonToken.END_DOCUMENT;
        } catch (IOException | JsonParseException | IllegalStateException e) {
            return false;
        }
    }

    /** Adds replies to a file, which is made if there is none; they take the place of an unfinished last line. */
    public static void append(Path jsonl, List<Reply> replies) {
        try {
            Files.createDirectories(jsonl.toAbsolutePath().getParent());
            endLastLine(jsonl);
            Files.write(
                    jsonl,
                    replies.stream().map(reply -> reply.json().toString()).toList(),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("nothing could be added to " + jsonl, e);
        }
    }

    private static void endLastLine(Path jsonl) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(jsonl.toFile(), "rw")) {
            file.seek(Math.max(0, file.length() - 1));
            int last = file.read();
            if (last == -1 || last == '\n') {
                return;
            }
            int end = end(Files.readAllBytes(jsonl));
            boolean whole = end == file.length();
            file.setLength(end);
            if (whole) {
                file.write('\n');
            }
        }
    }

    private static Reply of(JsonRow row) {
        String reply = row.has("reply") || !row.has("text") ? "reply" : "text";
        return new Reply(
                row.text("question_id"),
                row.value(reply, "a text", value -> value.getAsJsonPrimitive().getAsString()),
                row.textOrNone(row.has("model") ? "model" : "model_id"),
                row.textOrNone("decoding"),
                row.has("hashes") ? row.value("hashes", "an object of texts", Reply::hashes) : Map.of());
    }

    private static Map<String, String> hashes(JsonElement object) {
        Map<String, String> hashes = new LinkedHashMap<>();
        object.getAsJsonObject().asMap().forEach((what, hash) -> hashes.put(what, JsonRow.text(hash)));
        return hashes;
    }

    private JsonObject json() {
        JsonObject row = new JsonObject();
        row.addProperty("question_id", question);
        row.addProperty("reply", text);
        row.addProperty("model", model);
        row.addProperty("decoding", decoding);
        JsonObject all = new JsonObject();
        new TreeMap<>(hashes).forEach(all::addProperty);
        row.add("hashes", all);
        return row;
    }
}
