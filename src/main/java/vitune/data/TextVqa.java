package vitune.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * TextVQA: questions about the writing in pictures, each with what ten people answered. Source: Singh et al. 2019
 * (arXiv:1904.08920).
 */
public final class TextVqa {
    private static final Set<String> FIELDS = Set.of("question_id", "image_id", "question", "answers");

    private TextVqa() {}

    /**
     * Reads a file, for example {@code TextVQA_0.5.1_val.json}.
     *
     * @param json {@code {"data": [{"question_id", "image_id", "question", "answers": [ten texts]}]}}
     * @param imageFolder holds {@code 003a8ae2ef43b901.jpg} for {@code image_id} 003a8ae2ef43b901
     * @throws DataException for bad rows, by file, row and field
     */
    public static List<Question> questions(Path json, Path imageFolder) {
        List<Question> questions = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        Vqa.section(json, "data", new String[1], FIELDS, row -> {
            String id = row.once("question_id", row.text("question_id"), ids);
            List<String> answers = row.value("answers", "a list of texts, not all blank", list -> {
                List<String> all = list.getAsJsonArray().asList().stream()
                        .map(answer -> answer.getAsJsonPrimitive().getAsString())
                        .toList();
                return all.stream().allMatch(String::isBlank) ? null : all;
            });
            Path image = row.picture("image_id", row.text("image_id") + ".jpg", imageFolder);
            questions.add(new Question(id, image, "text", row.text("question"), answers, List.of(), Map.of()));
        });
        return List.copyOf(questions);
    }
}
