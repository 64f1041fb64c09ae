package vitune.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * MMBench: questions with choices, each asked once for every rotation of its choices. Source: Liu et al. 2023
 * (arXiv:2307.06281), "circular evaluation".
 */
public final class MmBench {
    private static final long ROTATION = 1_000_000; // the published files number rotations by adding this
    private static final int LONGEST_INDEX = 64; // a shorter "picture" is the index of the row that holds it

    private MmBench() {}

    /**
     * Reads a published table with answers, for example {@code mmbench_dev_20230712.tsv}, and writes its pictures to a
     * folder. A question that comes without rotations gets them: see {@link #circular}. The kind is the {@code
     * category}; the tags are {@code question} (the index without rotation) and {@code ability} ({@code l2-category}).
     *
     * @param tsv columns {@code index, question, hint, A, B, C, D, answer, category, l2-category, image}; {@code image}
     *     is a picture in base64, or the index of the row that has it
     * @param imageFolder where pictures are written as {@code 241.jpg}; those that are there are kept
     * @throws DataException for bad rows, by file, row and column
     */
    public static List<Question> questions(Path tsv, Path imageFolder) {
        List<Question> questions = new ArrayList<>();
        Map<Long, Path> pictures = new HashMap<>();
        Map<String, String> seen = new HashMap<>();
        TsvRows.each(tsv, row -> {
            Question question = question(row, picture(row, imageFolder, pictures));
            String before = seen.put(question.id(), row.at());
            if (before != null) {
                throw row.error("index", question.id() + " a second time (first in " + before + ")", "each index once");
            }
            questions.add(question);
        });
        return circular(questions);
    }

    /**
     * Adds the missing rotations: a question that stands alone is asked once for each of its choices, which all move on
     * by one place each time; a question with rotations stays as it is.
     */
    public static List<Question> circular(List<Question> questions) {
        Map<String, List<Question>> groups = questions.stream()
                .collect(Collectors.groupingBy(q -> q.tag("question"), LinkedHashMap::new, Collectors.toList()));
        List<Question> all = new ArrayList<>();
        groups.values().forEach(group -> {
            Question first = group.get(0);
            if (group.size() > 1) {
                all.addAll(group);
                return;
            }
            for (int by = 0; by < first.choices().size(); by++) {
                all.add(rotated(first, by));
            }
        });
        return List.copyOf(all);
    }

    private static Question rotated(Question question, int by) {
        int n = question.choices().size();
        List<String> choices = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            choices.add(question.choices().get((i + by) % n));
        }
        int place = question.answer().charAt(0) - 'A';
        String base = question.tag("question");
        String id = base.matches("\\d{1,12}") ? "" + (Long.parseLong(base) + by * ROTATION) : base + "+" + by;
        return new Question(
                by == 0 ? question.id() : id,
                question.image(),
                question.kind(),
                text(question.tag("stem"), choices),
                List.of(Question.letter((place - by + n) % n)),
                choices,
                question.tags());
    }

    private static Question question(TsvRows.Row row, Path picture) {
        long index = row.whole("index");
        List<String> choices = new ArrayList<>();
        for (char letter = 'A'; letter <= 'Z' && !row.textOrNone("" + letter).isEmpty(); letter++) {
            choices.add(row.textOrNone("" + letter));
        }
        String answer = row.text("answer");
        if (answer.length() != 1 || answer.charAt(0) < 'A' || answer.charAt(0) >= 'A' + choices.size()) {
            throw row.error("answer", answer, "a letter of the " + choices.size() + " choices");
        }
        String hint = row.textOrNone("hint");
        String stem = (hint.isEmpty() || hint.equals("nan") ? "" : hint + "\n") + row.text("question");
        String ability = row.textOrNone("l2-category");
        return new Question(
                "" + index,
                picture,
                row.text("category"),
                text(stem, choices),
                List.of(answer),
                choices,
                Map.of(
                        "question",
                        "" + index % ROTATION,
                        "ability",
                        ability.isEmpty() ? "all" : ability,
                        "stem",
                        stem));
    }

    private static String text(String stem, List<String> choices) {
        StringBuilder text = new StringBuilder(stem);
        for (int i = 0; i < choices.size(); i++) {
            text.append('\n').append(Question.letter(i)).append(". ").append(choices.get(i));
        }
        return text.toString();
    }

    private static Path picture(TsvRows.Row row, Path folder, Map<Long, Path> pictures) {
        long index = row.whole("index");
        String image = row.text("image");
        if (image.length() <= LONGEST_INDEX) {
            Path other = image.matches("\\d{1,18}") ? pictures.get(Long.parseLong(image)) : null;
            if (other == null) {
                throw row.error("image", image, "a picture in base64, or the index of a row before that has one");
            }
            pictures.put(index, other);
            return other;
        }
        Path file = pictures.getOrDefault(index % ROTATION, folder.resolve(index % ROTATION + ".jpg"));
        pictures.put(index, file);
        try {
            byte[] bytes = Base64.getMimeDecoder().decode(image);
            if (!Files.exists(file)) {
                JsonFile.whole(file, part -> Files.write(part, bytes));
            }
        } catch (IllegalArgumentException e) {
            throw row.error("image", "text that is no base64 (" + e.getMessage() + ")", "a picture in base64");
        }
        return file;
    }
}
