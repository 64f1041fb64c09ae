package vitune.experiment;

import java.util.function.BiFunction;
import vitune.data.Question;
import vitune.evaluate.Questions;

/**
 * Questions with known answers that a recipe is examined with.
 *
 * @param name of its scores in the results: questions, things seen
 * @param controlled whether it is also asked before stage 2, blind, and without any picture
 * @param tokens that a reply may take
 * @param answer finds the answer in a reply to a question
 */
public record Exam(
        String name, Questions questions, boolean controlled, int tokens, BiFunction<Question, String, String> answer) {
    /** The exam that every recipe takes unless it says otherwise. */
    public static final String QUESTIONS = "questions";

    private static final int FEW_TOKENS = 8;

    /** An exam whose replies are answers of a few words. */
    public static Exam of(String name, Questions questions) {
        return new Exam(name, questions, false, FEW_TOKENS, (question, reply) -> reply);
    }

    /** The same, with controls: what is right without seeing is told apart. */
    public Exam withControls() {
        return new Exam(name, questions, true, tokens, answer);
    }

    /** The same, whose answers stand in longer replies. */
    public Exam withAnswers(int tokens, BiFunction<Question, String, String> answer) {
        return new Exam(name, questions, controlled, tokens, answer);
    }

    /** The same questions without their pictures. */
    Questions withoutPictures() {
        return Questions.of(questions.questions().stream()
                .map(question -> question.withImage(null))
                .toList());
    }
}
