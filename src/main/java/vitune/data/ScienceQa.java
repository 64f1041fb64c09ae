package vitune.data;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * ScienceQA: questions of school science with choices, mostly with a lecture and a solution, about half with a picture;
 * the others become text-only samples. Source: Lu et al. 2022 (arXiv:2209.09513); paper §5.2, where the model reasons
 * first and answers after.
 *
 * <p><i>Differs:</i> a question without a hint has no line for its context, where LLaVA writes "N/A".
 */
public final class ScienceQa {
    private static final int MOST_CHOICES = 26; // a letter each

    private ScienceQa() {}

    /** What the response holds. */
    public enum Form {
        /** "The answer is B." */
        ANSWER,
        /** Lecture and solution as far as there are any, then "The answer is B." Source: paper §5.2. */
        REASONING_THEN_ANSWER,
        /** "The answer is B.", then lecture and solution. Source: paper §5.2, table 8 (chain of thought). */
        ANSWER_THEN_REASONING
    }

    /**
     * Reads a split in its order.
     *
     * @param folder holds {@code problems.json}, an object of problems by number, and {@code pid_splits.json}, the
     *     numbers of each split
     * @param split "train", "val", "test" or another of the file's: "trainval", "minival"
     * @param imageFolder holds {@code train/42/image.png} (by the problem's own split) or {@code 42/image.png}
     * @return samples "scienceqa-42"; an answer alone is typed question answering, reasoning complex reasoning
     * @throws DataException for bad problems, by file, number and field
     */
    public static InstructionSet read(Path folder, String split, Path imageFolder, Form form) {
        return InstructionSet.of(problems(folder, split, problem -> sample(problem, split, imageFolder, form)));
    }

    /**
     * Reads a split to ask a model, in its order. The expected answer is a letter, the kind is the subject; the tags
     * {@code grade} and {@code context} ("text", "image", "text image" or "none") are what the paper's table tells
     * results by.
     *
     * @throws DataException for bad problems, by file, number and field
     */
    public static List<Question> questions(Path folder, String split, Path imageFolder) {
        return problems(folder, split, problem -> {
            List<String> choices = choices(problem);
            List<Path> images = images(problem, split, imageFolder);
            String context = (problem.textOrNone("hint").isEmpty() ? "" : "text ") + (images.isEmpty() ? "" : "image");
            return new Question(
                    problem.at(),
                    images.isEmpty() ? null : images.get(0),
                    problem.text("subject"),
                    question(problem, choices),
                    List.of(Question.letter(answer(problem, choices))),
                    choices,
                    Map.of("grade", problem.text("grade"), "context", context.isEmpty() ? "none" : context.strip()));
        });
    }

    private static <T> List<T> problems(Path folder, String split, Function<JsonRow, T> read) {
        Path file = folder.resolve("problems.json");
        List<String> wanted = split(folder.resolve("pid_splits.json"), split);
        Set<String> unread = new HashSet<>(wanted);
        Map<String, T> found = new HashMap<>();
        try (Stream<JsonRow> problems = JsonRows.ofObject(file)) {
            problems.filter(problem -> unread.remove(problem.at()))
                    .forEach(problem -> found.put(problem.at(), read.apply(problem)));
        }
        return wanted.stream()
                .map(number -> {
                    T one = found.get(number);
                    if (one == null) {
                        throw new DataException(file, number, "no such problem", "each number of split " + split);
                    }
                    return one;
                })
                .toList();
    }

    private static List<String> split(Path file, String split) {
        List<String> numbers = new ArrayList<>();
        JsonFile.read(file, reader -> {
            JsonElement all = JsonParser.parseReader(reader);
            if (!all.isJsonObject()) {
                throw new DataException(file, "top level", "JSON of another layout", "an object of lists");
            }
            JsonRow splits = new JsonRow(file, "splits", all.getAsJsonObject());
            if (!splits.has(split)) {
                throw splits.error(split, "nothing", "one of " + splits.fields().keySet());
            }
            numbers.addAll(splits.value(split, "a list of problem numbers", JsonRow::texts));
        });
        Set<String> once = new HashSet<>();
        numbers.forEach(number -> {
            if (!once.add(number)) {
                throw new DataException(file, "splits." + split, number + " a second time", "each number once");
            }
        });
        return numbers;
    }

    private static InstructionSample sample(JsonRow problem, String split, Path imageFolder, Form form) {
        List<String> choices = choices(problem);
        int answer = answer(problem, choices);
        String said = "The answer is " + Question.letter(answer) + ".";
        List<String> reasoning = Stream.of("lecture", "solution")
                .map(problem::textOrNone)
                .filter(text -> !text.isEmpty())
                .toList();
        List<String> response = new ArrayList<>(form == Form.ANSWER ? List.of() : reasoning);
        response.add(form == Form.REASONING_THEN_ANSWER ? response.size() : 0, said);
        return new InstructionSample(
                "scienceqa-" + problem.at(),
                images(problem, split, imageFolder),
                form == Form.ANSWER ? ResponseType.QUESTION_ANSWERING : ResponseType.COMPLEX_REASONING,
                List.of(new Turn(question(problem, choices), String.join("\n", response))),
                provenance(problem, split));
    }

    private static List<String> choices(JsonRow problem) {
        List<String> choices = problem.value("choices", "a list of texts", JsonRow::texts);
        if (choices.size() < 2 || choices.size() > MOST_CHOICES) {
            throw problem.error("choices", choices.size() + " choices", "2 to " + MOST_CHOICES);
        }
        return choices;
    }

    private static int answer(JsonRow problem, List<String> choices) {
        long answer = problem.whole("answer");
        if (answer < 0 || answer >= choices.size()) {
            throw problem.error("answer", "" + answer, "the place of a choice, 0 to " + (choices.size() - 1));
        }
        return (int) answer;
    }

    private static String question(JsonRow problem, List<String> choices) {
        StringBuilder text = new StringBuilder(problem.text("question"));
        String hint = problem.textOrNone("hint");
        if (!hint.isEmpty()) {
            text.append("\nContext: ").append(hint);
        }
        text.append("\nOptions:");
        for (int i = 0; i < choices.size(); i++) {
            text.append(" (").append(Question.letter(i)).append(") ").append(choices.get(i));
        }
        return text.toString();
    }

    private static Map<String, String> provenance(JsonRow problem, String split) {
        Map<String, String> provenance = new HashMap<>(
                Map.of("source", "ScienceQA", "file", "problems.json", "problem", problem.at(), "split", split));
        for (String field : List.of("subject", "topic", "grade")) {
            String value = problem.textOrNone(field);
            if (!value.isEmpty()) {
                provenance.put(field, value);
            }
        }
        return provenance;
    }

    private static List<Path> images(JsonRow problem, String split, Path folder) {
        String name = problem.textOrNone("image");
        if (name.isEmpty()) {
            return List.of();
        }
        String own = problem.textOrNone("split").isEmpty() ? split : problem.textOrNone("split");
        String inSplit = own + "/" + problem.at() + "/" + name;
        String flat = problem.at() + "/" + name;
        return List.of(problem.picture("image", Files.isRegularFile(folder.resolve(inSplit)) ? inSplit : flat, folder));
    }
}
