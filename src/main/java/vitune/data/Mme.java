package vitune.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * MME: two questions a picture, one to be answered with yes, one with no, in fourteen subtasks of perception and
 * cognition. Source: Fu et al. 2023 (arXiv:2306.13394).
 */
public final class Mme {
    private static final List<String> PICTURES = List.of(".jpg", ".png", ".jpeg", ".JPG", ".PNG", ".JPEG");

    private Mme() {}

    /**
     * Reads the published folder: one folder a subtask, which holds its texts and pictures itself, or in {@code
     * questions_answers_YN/} and {@code images/}. A text has two lines, a question and its answer with a tab between.
     * The kind is the subtask, the tag {@code picture} is the picture's name.
     *
     * @throws DataException for a folder without subtasks, and for bad rows, by file and line
     */
    public static List<Question> questions(Path folder) {
        List<Question> questions = new ArrayList<>();
        for (Path subtask : Folders.list(folder, "MME's folder")) {
            if (Files.isDirectory(subtask)) {
                read(subtask, questions);
            }
        }
        if (questions.isEmpty()) {
            throw new DataException(folder, "folder", "no questions", "a folder a subtask with its .txt files");
        }
        return List.copyOf(questions);
    }

    private static void read(Path subtask, List<Question> questions) {
        Path texts = subtask.resolve("questions_answers_YN");
        Path images = subtask.resolve("images");
        for (Path text : Folders.list(Files.isDirectory(texts) ? texts : subtask, "MME's texts")) {
            String name = text.getFileName().toString();
            if (name.endsWith(".txt")) {
                String base = name.substring(0, name.length() - ".txt".length());
                pair(text, subtask.getFileName().toString(), picture(text, base, images, subtask), questions);
            }
        }
    }

    private static Path picture(Path text, String base, Path images, Path subtask) {
        return Stream.of(images, subtask)
                .flatMap(place -> PICTURES.stream().map(end -> place.resolve(base + end)))
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> new DataException(
                        text, "name", "no picture " + base, base + ".jpg or .png in " + images + " or " + subtask));
    }

    private static void pair(Path text, String subtask, Path picture, List<Question> questions) {
        List<String> lines =
                lines(text).stream().filter(line -> !line.isBlank()).toList();
        if (lines.size() != 2) {
            throw new DataException(text, "text", lines.size() + " lines", "2, a question each");
        }
        String name = picture.getFileName().toString();
        for (int i = 0; i < 2; i++) {
            String[] fields = lines.get(i).strip().split("\t");
            String answer = fields[fields.length - 1].strip().toLowerCase(Locale.ROOT);
            if (fields.length != 2 || !(answer.equals("yes") || answer.equals("no"))) {
                throw new DataException(
                        text, "line " + (i + 1), "\"" + lines.get(i) + "\"", "a question, a tab, and Yes or No");
            }
            questions.add(new Question(
                    subtask + "/" + name + "/" + (i + 1),
                    picture,
                    subtask,
                    fields[0].strip(),
                    List.of(answer),
                    List.of(),
                    Map.of("picture", name)));
        }
    }

    private static List<String> lines(Path text) {
        try {
            return Files.readAllLines(text);
        } catch (MalformedInputException e) {
            throw new DataException(text, "text", "bytes that are not UTF-8", "text in UTF-8", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
