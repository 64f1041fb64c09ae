package vitune.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * GQA: questions made from scene graphs, with one word or phrase as the answer. Source: Hudson and Manning 2019
 * (arXiv:1902.09506).
 */
public final class Gqa {
    private Gqa() {}

    /**
     * Reads a file, for example {@code testdev_balanced_questions.json}. The kind is the structural type: verify, query,
     * choose, logical or compare; "all" where the file has none.
     *
     * @param json an object by question id of {@code {"question", "imageId", "answer", "types": {"structural"}}}
     * @param imageFolder holds {@code 2375429.jpg} for {@code imageId} 2375429
     * @throws DataException for bad rows, by file, id and field
     */
    public static List<Question> questions(Path json, Path imageFolder) {
        try (Stream<JsonRow> rows = JsonRows.ofObject(json)) {
            return rows.map(row -> new Question(
                            row.at(),
                            row.picture("imageId", row.text("imageId") + ".jpg", imageFolder),
                            kind(row),
                            row.text("question"),
                            List.of(row.text("answer")),
                            List.of(),
                            Map.of()))
                    .toList();
        }
    }

    private static String kind(JsonRow row) {
        return row.has("types")
                ? row.value(
                        "types",
                        "an object with a text 'structural'",
                        types -> JsonRow.text(types.getAsJsonObject().get("structural")))
                : "all";
    }
}
