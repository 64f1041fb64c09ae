package vitune.experiment;

import vitune.data.Question;
import vitune.evaluate.Questions;

/**
 * Questions with known answers that a recipe is examined with.
 *
 * @param name of its scores in the results: pairs, things seen
 * @param controlled whether it is also asked before stage 2, blind, and without any picture
 */
public record Exam(String name, Questions questions, boolean controlled) {
    /** An exam that needs no controls. */
    public static Exam plain(String name, Questions questions) {
        return new Exam(name, questions, false);
    }

    /** An exam on what was withheld: what is right without seeing must be told apart. */
    public static Exam controlled(String name, Questions questions) {
        return new Exam(name, questions, true);
    }

    /** The same questions without their pictures. */
    Questions withoutPictures() {
        return Questions.of(questions.questions().stream()
                .map((Question question) -> question.withImage(null))
                .toList());
    }
}
