package vitune.evaluate;

import java.nio.file.Path;

/**
 * One question about one picture, with the answer that counts as right.
 *
 * @param id unique within its set, for example {@code colour-017}
 * @param image the picture that is shown with the question
 * @param kind what is asked for: presence, colour, count or relation, or a kind of your own
 * @param text the question as the model reads it
 * @param answer the expected answer, a word or two
 */
public record Question(String id, Path image, String kind, String text, String answer) {
    /**
     * Checks that nothing is blank.
     *
     * @throws IllegalArgumentException if the id, the kind, the text or the answer is blank
     */
    public Question {
        if (id.isBlank() || kind.isBlank() || text.isBlank() || answer.isBlank()) {
            throw new IllegalArgumentException("a question needs an id, a kind, a text and an answer, got: '" + id
                    + "', '" + kind + "', '" + text + "', '" + answer + "'");
        }
    }

    /** The same question over another picture. */
    public Question withImage(Path other) {
        return new Question(id, other, kind, text, answer);
    }
}
