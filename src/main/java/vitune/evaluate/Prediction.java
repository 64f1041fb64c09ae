package vitune.evaluate;

import vitune.data.Question;

/**
 * A question and what the model replied.
 *
 * @param question as it was asked, over the picture that was shown
 * @param reply the model's words, unchanged
 */
public record Prediction(Question question, String reply) {
    /** Whether the reply matches the expected answer. */
    public boolean right() {
        return ExactMatch.matches(reply, question.answer());
    }
}
