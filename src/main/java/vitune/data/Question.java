package vitune.data;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One question with what counts as right: made from boxes and captions, or read from a benchmark's files.
 *
 * @param id unique within its set, for example {@code colour-017}
 * @param image the picture that is shown with the question; null for a question without one, as half of ScienceQA's
 * @param kind what is asked for: presence, colour, count or relation, or a kind of your own; results are told by kind
 * @param text the question as the model reads it
 * @param answers the expected answer, or what each of several people answered; of a question with choices, the letter
 * @param choices what can be chosen, A, B and so on; empty if the answer is free
 * @param tags what else a metric needs to know, by name, for example the subtask's picture or the split
 */
public record Question(
        String id,
        @Nullable Path image,
        String kind,
        String text,
        List<String> answers,
        List<String> choices,
        Map<String, String> tags) {
    /**
     * Checks that nothing is blank.
     *
     * @throws IllegalArgumentException if the id, the kind, the text or all of the answers are blank, or if there are
     *     choices and the answer is not the letter of one
     */
    public Question {
        answers = List.copyOf(answers);
        choices = List.copyOf(choices);
        tags = Map.copyOf(tags);
        if (id.isBlank() || kind.isBlank() || text.isBlank() || answers.stream().allMatch(String::isBlank)) {
            throw new IllegalArgumentException("a question needs an id, a kind, a text and an answer, got: '" + id
                    + "', '" + kind + "', '" + text + "', '" + String.join("', '", answers) + "'");
        }
        if (!choices.isEmpty() && place(answers.get(0), choices) < 0) {
            throw new IllegalArgumentException("the answer to " + id + " must be a letter from A to "
                    + letter(choices.size() - 1) + ", got '" + answers.get(0) + "'");
        }
    }

    /** With a free answer that has one right form. */
    public Question(String id, Path image, String kind, String text, String answer) {
        this(id, image, kind, text, List.of(answer), List.of(), Map.of());
    }

    /** The expected answer: what most people gave, the first among equals; blank ones do not count. */
    public String answer() {
        Map<String, Integer> votes = new LinkedHashMap<>();
        answers.stream().filter(answer -> !answer.isBlank()).forEach(answer -> votes.merge(answer, 1, Integer::sum));
        return votes.entrySet().stream()
                .sorted(Comparator.comparing(vote -> -vote.getValue()))
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    /**
     * A tag that must be there.
     *
     * @throws IllegalArgumentException if it is not, naming the question
     */
    public String tag(String name) {
        String tag = tags.get(name);
        if (tag == null) {
            throw new IllegalArgumentException(
                    "question " + id + " has no tag '" + name + "', only " + tags.keySet() + "; was it read for this?");
        }
        return tag;
    }

    /** The name of the picture's file, "" without a picture. */
    public String imageName() {
        return image == null ? "" : String.valueOf(image.getFileName());
    }

    /** The letter of a choice, A for 0. */
    public static String letter(int place) {
        return String.valueOf((char) ('A' + place));
    }

    private static int place(String letter, List<String> choices) {
        int place = letter.length() == 1 ? letter.charAt(0) - 'A' : -1;
        return place < choices.size() ? place : -1;
    }

    /** The same question over another picture. */
    public Question withImage(@Nullable Path other) {
        return new Question(id, other, kind, text, answers, choices, tags);
    }

    /** The same question, told among those of another kind. */
    public Question withKind(String other) {
        return new Question(id, image, other, text, answers, choices, tags);
    }

    /** The same question in other words. */
    public Question withText(String other) {
        return new Question(id, image, kind, other, answers, choices, tags);
    }

    /** The same question with a line after it that asks for the form of the answer. */
    public Question withPrompt(String prompt) {
        return prompt.isBlank() ? this : withText(text + "\n" + prompt.strip());
    }
}
