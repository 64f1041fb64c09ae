package vitune.data;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * LLaVA's JSON: a list of {@code {"id", "image", "conversations": [{"from": "human" | "gpt", "value"}]}}, with {@code
 * <image>} in the first human turn. A row without a picture is a text-only conversation. Beside LLaVA's fields this kit
 * writes {@code type} and {@code provenance}, which LLaVA ignores; two pictures are a list under {@code image}.
 */
public final class LlavaJson {
    private static final String IMAGE = "<image>";

    private LlavaJson() {}

    /** Reads a file; rows without a type are taken for conversations. */
    public static InstructionSet read(Path json, Path imageFolder) {
        return read(json, imageFolder, ResponseType.CONVERSATION);
    }

    /**
     * Reads a file. LLaVA's own files use a picture's id for several rows: the second row of id 7 becomes "7#2".
     *
     * @param untyped the type of rows that name none
     * @throws DataException for a missing picture, a blank or odd turn, a wrong number of {@code <image>} marks
     */
    public static InstructionSet read(Path json, Path imageFolder, ResponseType untyped) {
        List<InstructionSample> samples = new ArrayList<>();
        Map<String, Integer> seen = new HashMap<>();
        JsonRow.read(
                json,
                reader -> JsonRow.each(json, reader, "", Set.of(), row -> {
                    String id = row.text("id");
                    int copies = seen.merge(id, 1, Integer::sum);
                    samples.add(sample(row, copies == 1 ? id : id + "#" + copies, imageFolder, untyped));
                }));
        return InstructionSet.of(samples);
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
        List<String> names = row.value(
                "image",
                "a file name or a list of them",
                v -> v.isJsonArray()
                        ? v.getAsJsonArray().asList().stream()
                                .map(JsonRow::text)
                                .toList()
                        : List.of(JsonRow.text(v)));
        for (String name : names) {
            if (!Files.isRegularFile(imageFolder.resolve(name))) {
                throw row.error("image", name, "a picture in " + imageFolder);
            }
        }
        return names.stream().map(imageFolder::resolve).toList();
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
            turns.add(new Turn(instruction, said(values.get(i + 1), "gpt")));
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
        List<String> lines = new ArrayList<>();
        Path folder = imageFolder.toAbsolutePath().normalize();
        for (InstructionSample sample : set) {
            List<String> names = sample.images().stream()
                    .map(image -> folder.relativize(image.toAbsolutePath().normalize())
                            .toString()
                            .replace('\\', '/'))
                    .toList();
            lines.add(row(sample, names, true) + (lines.size() + 1 < set.size() ? "," : ""));
        }
        lines.add(0, "[");
        lines.add("]");
        JsonRow.write(json, lines);
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
            new TreeMap<>(sample.provenance()).forEach(provenance::addProperty);
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
