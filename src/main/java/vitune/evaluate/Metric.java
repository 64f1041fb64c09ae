package vitune.evaluate;

import java.util.List;
import vitune.data.Question;
import vitune.model.VisionLanguageModel;

/**
 * A published measure: a pure function of questions and replies, equal to its official definition.
 *
 * <pre>{@code
 * var questions = Pope.ask(Coco.read(folder), 7);
 * Metric.pope().score(model, questions).table()
 *
 * var kept = Predictions.of(model, questions, 8);   // or ask once, keep the replies
 * kept.write(file);
 * Metric.pope().score(questions, Predictions.read(file))
 * }</pre>
 */
public interface Metric {
    /** What is measured. */
    String name();

    /** How many tokens an answer may need. */
    int maxTokens();

    /**
     * Scores replies to the questions they belong to; their order does not matter.
     *
     * @throws IllegalArgumentException if there are none, or a question lacks what the metric needs
     */
    Marks score(List<Prediction> predictions);

    /**
     * Scores kept replies.
     *
     * @throws IllegalArgumentException if a question has no reply or a reply no question, naming them; or as {@link
     *     #score(List)}
     */
    default Marks score(Iterable<Question> questions, Predictions predictions) {
        return score(predictions.answering(questions));
    }

    /** Asks a model, which answers with the likeliest words, and scores its replies. */
    default Marks score(VisionLanguageModel model, Iterable<Question> questions) {
        return score(questions, Predictions.of(model, questions, maxTokens()));
    }

    /** VQA v2: {@link VqaAccuracy} as its own evaluation has it. */
    static Metric vqa() {
        return new VqaAccuracy(VqaAccuracy.Form.OFFICIAL);
    }

    /** VQA v2 as LLaVA-1.5 reports it: replies are cleaned before the official evaluation. */
    static Metric vqaCleaned() {
        return new VqaAccuracy(VqaAccuracy.Form.CLEANED_FIRST);
    }

    /** TextVQA. */
    static Metric textVqa() {
        return new VqaAccuracy(VqaAccuracy.Form.TEXT_VQA);
    }

    /** GQA: {@link GqaAccuracy}. */
    static Metric gqa() {
        return new GqaAccuracy();
    }

    /** POPE: {@link PopeScore}. */
    static Metric pope() {
        return new PopeScore();
    }

    /** MME: {@link MmeScore}. */
    static Metric mme() {
        return new MmeScore();
    }

    /** MMBench with circular evaluation: {@link MmBenchAccuracy}. */
    static Metric mmBench() {
        return new MmBenchAccuracy();
    }

    /** ScienceQA, replies that hold the letter: {@link ScienceQaAccuracy}. */
    static Metric scienceQa() {
        return new ScienceQaAccuracy(false);
    }

    /** ScienceQA, replies that reason first and then name the letter. */
    static Metric scienceQaReasoned() {
        return new ScienceQaAccuracy(true);
    }
}
