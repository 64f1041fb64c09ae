package vitune.data;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * LLaVA's JSON: a list of {@code {"id", "image", "conversations": [{"from": "human" | "gpt", "value"}]}}, with {@code
 * <image>} in the first human turn. A row without a picture is a text-only conversation. Beside LLaVA's fields this kit
 * writes {@code type} and {@code provenance}, which LLaVA ignores; two pictures are a list under {@code image}. White
 * space around texts is not kept.
 */
public final class LlavaJson {
    /** What stands for a picture in a text of this layout. */
    public static final String IMAGE = "<image>";

    private LlavaJson() {}

    /** Reads a file; rows without a type are taken for conversations. */
    public static InstructionSet read(Path json, Path imageFolder) {
        return read(json, imageFolder, ResponseType.CONVERSATION);
    }

    /**
     * Reads a file. LLaVA's own files use a picture's id for several rows: the second row of id 7 becomes "7#2".
     *
     * @param untyped the type of rows that name none
     * @throws DataException for a missing picture or one outside of the folder, a blank or odd turn, a wrong number of
     *     {@code <image>} marks
     */
    public static InstructionSet read(Path json, Path imageFolder, ResponseType untyped) {
        try (Stream<InstructionSample> samples = stream(json, imageFolder, untyped)) {
            return InstructionSet.of(samples.toList());
        }
    }

    /** The samples of a file, one at a time; rows without a type are taken for conversations. */
    public static Stream<InstructionSample> stream(Path json, Path imageFolder) {
        return stream(json, imageFolder, ResponseType.CONVERSATION);
    }

    /**
     * The samples of a file, one at a time: for files that are larger than memory. Only the ids are kept (about 100
     * bytes a row), to tell rows of one id apart as {@link #read(Path, Path, ResponseType)} does. Close the stream, and
     * read it in order:
     *
     * <pre>{@code
     * try (var rows = LlavaJson.stream(json, images)) {
     *     LlavaJson.write(shorter, images, rows.filter(row -> row.turns().size() < 4));
     * }
     * }</pre>
     *
     * @param untyped the type of rows that name none
     * @throws DataException when the row at fault is reached, as {@code read} does
     */
    public static Stream<InstructionSample> stream(Path json, Path imageFolder, ResponseType untyped) {
        return samples(JsonRows.ofList(json), imageFolder, untyped);
    }

    /** Rows of this layout as samples. */
    static Stream<InstructionSample> samples(Stream<JsonRow> rows, Path imageFolder, ResponseType untyped) {
        Map<String, Integer> seen = new HashMap<>();
        return rows.map(row -> {
            String id = row.text("id");
            int copies = seen.merge(id, 1, Integer::sum);
            return sample(row, copies == 1 ? id : id + "#" + copies, imageFolder, untyped);
        });
    }

    private static InstructionSample sample(JsonRow row, String id, Path imageFolder, ResponseType untyped) {
        List<Path> images = images(row, imageFolder);
        ResponseType fallback = images.size() == ResponseType.COMPARISON.images() ? ResponseType.COMPARISON : untyped;
        ResponseType type = row.has("type")
                ? row.value(
                        "type",
                        "words in small letters",
                        v -> ResponseType.of(v.getAsString(), Math.max(1, images.size())))
                : fallback;
        if (!images.isEmpty() && images.size() != type.images()) {
            throw row.error("image", images.size() + " pictures", type.images() + " for a " + type.label());
        }
        Map<String, String> provenance =
                row.has("provenance") ? row.value("provenance", "an object of texts", LlavaJson::texts) : Map.of();
        return new InstructionSample(id, images, type, turns(row, images.size()), provenance);
    }

    private static Map<String, String> texts(JsonElement object) {
        Map<String, String> texts = new TreeMap<>();
        object.getAsJsonObject()
                .entrySet()
                .forEach(e -> texts.put(e.getKey(), e.getValue().getAsString()));
        return texts;
    }

    private static List<Path> images(JsonRow row, Path imageFolder) {
        if (!row.has("image")) {
            return List.of();
        }
        return row.value("image", "a file name or a list of them", JsonRow::textOrTexts).stream()
                .map(name -> row.picture("image", name, imageFolder))
                .toList();
    }

    private static List<Turn> turns(JsonRow row, int images) {
        List<JsonRow> values = row.rows("conversations");
        if (values.isEmpty() || values.size() % 2 != 0) {
            throw row.error("conversations", values.size() + " values", "an even number, human and gpt in turn");
        }
        List<Turn> turns = new ArrayList<>();
        for (int i = 0; i < values.size(); i += 2) {
            String asked = said(values.get(i), "human");
            int marks = (asked.length() - asked.replace(IMAGE, "").length()) / IMAGE.length();
            int expected = i == 0 ? images : 0;
            if (marks != expected) {
                throw values.get(i)
                        .error(
                                "value",
                                marks + " times " + IMAGE,
                                expected + " here, for " + images + (images == 1 ? " picture" : " pictures"));
            }
            String instruction = asked.replace(IMAGE, "").strip();
            if (instruction.isEmpty()) {
                throw values.get(i).error("value", IMAGE + " alone", "an instruction beside it");
            }
            String answer = said(values.get(i + 1), "gpt");
            if (answer.contains(IMAGE)) {
                throw values.get(i + 1)
                        .error("value", "an answer with " + IMAGE, "the mark in the first question alone");
            }
            turns.add(new Turn(instruction, answer));
        }
        return turns;
    }

    private static String said(JsonRow value, String speaker) {
        if (!value.text("from").equals(speaker)) {
            throw value.error("from", value.text("from"), speaker);
        }
        return value.text("value");
    }

    /** Writes a set, one sample a line; pictures are named relative to their folder. */
    public static void write(Path json, Path imageFolder, InstructionSet set) {
        write(json, imageFolder, set.samples().stream());
    }

    /**
     * Writes samples as they come, one a line, whole or not at all: until the last is written the file keeps what it
     * held, so that a file may be read and written anew in one pass.
     *
     * @throws IllegalArgumentException for a picture outside of the folder and for an instruction that holds {@code
     *     <image>}
     */
    public static void write(Path json, Path imageFolder, Stream<InstructionSample> samples) {
        JsonFile.writeList(json, lines(samples, imageFolder).iterator());
    }

    /** Samples as lines of JSON. */
    static Stream<String> lines(Stream<InstructionSample> samples, Path imageFolder) {
        return rows(samples, imageFolder).map(JsonObject::toString);
    }

    /** Samples as rows; what could not be read back is refused. */
    static Stream<JsonObject> rows(Stream<InstructionSample> samples, Path imageFolder) {
        Path folder = imageFolder.toAbsolutePath().normalize();
        return samples.map(sample -> {
            for (Turn turn : sample.turns()) {
                if (turn.instruction().contains(IMAGE)) {
                    throw new IllegalArgumentException("sample " + sample.id() + ": an instruction must not hold "
                            + IMAGE + ", which this layout takes for a picture");
                }
                if (!unicode(turn.instruction()) || !unicode(turn.response())) {
                    throw new IllegalArgumentException("sample " + sample.id()
                            + ": texts must be Unicode, got half a surrogate pair, which UTF-8 cannot hold");
                }
            }
            return row(sample, names(sample, folder), true);
        });
    }

    private static boolean unicode(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    /** The names of a sample's pictures in their folder, with slashes. */
    static List<String> names(InstructionSample sample, Path folder) {
        return sample.images().stream()
                .map(image -> {
                    Path picture = image.toAbsolutePath().normalize();
                    if (!picture.startsWith(folder)) {
                        throw new IllegalArgumentException(
                                "sample " + sample.id() + ": pictures must be in " + folder + ", got " + picture);
                    }
                    return folder.relativize(picture).toString().replace('\\', '/');
                })
                .toList();
    }

    /** A sample as LLaVA writes it. */
    static JsonObject row(InstructionSample sample, List<String> images, boolean withProvenance) {
        JsonObject row = new JsonObject();
        row.addProperty("id", sample.id());
        if (images.size() == 1) {
            row.addProperty("image", images.get(0));
        } else if (!images.isEmpty()) {
            row.add("image", array(images));
        }
        row.addProperty("type", sample.type().label());
        JsonArray conversations = new JsonArray();
        for (Turn turn : sample.turns()) {
            String marks = conversations.isEmpty() ? (IMAGE + "\n").repeat(images.size()) : "";
            conversations.add(said("human", marks + turn.instruction()));
            conversations.add(said("gpt", turn.response()));
        }
        row.add("conversations", conversations);
        if (withProvenance && !sample.provenance().isEmpty()) {
            JsonObject provenance = new JsonObject();
            sample.provenance().forEach(provenance::addProperty);
            row.add("provenance", provenance);
        }
        return row;
    }

    private static JsonElement array(List<String> values) {
        JsonArray array = new JsonArray();
        values.forEach(array::add);
        return array;
    }

    private static JsonObject said(String speaker, String value) {
        JsonObject said = new JsonObject();
        said.addProperty("from", speaker);
        said.addProperty("value", value);
        return said;
    }
}
