package vitune.data;

import com.google.gson.JsonElement;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * LLaVA-Bench from its published files, one object a line: 90 questions about 30 pictures of COCO, or 60 about 24
 * pictures in the wild. Source: paper §5.1.
 */
public final class LlavaBench {
    /** The tag that holds what a judge is told of the picture: captions, an empty line, a line a box. */
    public static final String CONTEXT = "symbolic context";

    private LlavaBench() {}

    /**
     * The questions, each with its reference answer, and with the tag {@link #CONTEXT}.
     *
     * @param questions {@code question_id, image, text, category}; the kind is the category
     * @param references {@code question_id, text}: {@code qa90_gpt4_answer.jsonl}, {@code answers_gpt4.jsonl}
     * @param contexts a row a picture: {@code image} and {@code captions} (or {@code caption}), and {@code instances},
     *     each a {@code category} and a {@code bbox} in shares of the picture, where there are any
     * @param imageFolder where the pictures are; they need not be there to be judged by words
     * @throws DataException for bad rows, by file, line and field, and where a question has no reference or no context
     */
    public static List<Question> read(Path questions, Path references, Path contexts, Path imageFolder) {
        Map<String, String> answers = byKey(references, "question_id", row -> row.text("text"));
        Map<String, String> known = byKey(contexts, "image", LlavaBench::context);
        try (Stream<JsonRow> rows = JsonRows.ofLines(questions)) {
            return rows.map(row -> {
                        String image = row.text("image");
                        if (!JsonRow.inside(imageFolder, image)) {
                            throw row.error("image", image, "a name that stays inside " + imageFolder);
                        }
                        return new Question(
                                row.text("question_id"),
                                imageFolder.resolve(image),
                                row.text("category"),
                                row.text("text"),
                                List.of(found(answers, row, "question_id", references)),
                                List.of(),
                                Map.of(CONTEXT, found(known, row, "image", contexts)));
                    })
                    .toList();
        }
    }

    private static Map<String, String> byKey(Path file, String key, Function<JsonRow, String> text) {
        Map<String, String> found = new LinkedHashMap<>();
        try (Stream<JsonRow> rows = JsonRows.ofLines(file)) {
            rows.forEach(row -> {
                if (found.put(row.text(key), text.apply(row)) != null) {
                    throw row.error(key, row.text(key) + " a second time", "each once");
                }
            });
        }
        return found;
    }

    private static String found(Map<String, String> known, JsonRow row, String field, Path file) {
        String value = known.get(row.text(field));
        if (value == null) {
            throw row.error(field, row.text(field), "one that " + file + " knows");
        }
        return value;
    }

    /** As the generator's prompts have it. */
    private static String context(JsonRow row) {
        String field = row.has("captions") ? "captions" : "caption";
        String captions = String.join("\n", row.value(field, "a text or a list of texts", JsonRow::textOrTexts));
        if (!row.has("instances")) {
            return captions;
        }
        String boxes = row.rows("instances").stream()
                .map(box -> box.text("category") + ": " + box.value("bbox", "4 numbers", LlavaBench::box))
                .collect(Collectors.joining("\n"));
        return boxes.isEmpty() ? captions : captions + "\n\n" + boxes;
    }

    private static String box(JsonElement value) {
        List<String> numbers = value.getAsJsonArray().asList().stream()
                .map(number -> String.valueOf(number.getAsDouble()))
                .toList();
        if (numbers.size() != 4) {
            throw new IllegalArgumentException("a box has 4 numbers");
        }
        return "[" + String.join(", ", numbers) + "]";
    }
}
