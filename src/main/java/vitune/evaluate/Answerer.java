package vitune.evaluate;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.IntConsumer;
import vitune.data.Question;
import vitune.model.QFormerConfig;
import vitune.model.Rendered;
import vitune.model.VisionLanguageModel;

/**
 * Asks some questions at a time, and looks for an interrupt before each time.
 *
 * @param model replies to all the questions it is given, in their order
 * @param progress told how many questions are answered
 */
record Answerer(Function<List<Question>, List<String>> model, IntConsumer progress)
        implements Function<List<Question>, List<String>> {
    static final int AT_ONCE = 96;

    /**
     * A model that answers over a question's picture with the likeliest words, so many tokens at most; first it looks at
     * all the questions: {@link #requireAnswerable}.
     */
    static Function<List<Question>, List<String>> of(VisionLanguageModel model, int maxTokens, IntConsumer progress) {
        Answerer answerer = new Answerer(
                some -> model.answers(
                        some.stream().map(Question::image).toList(),
                        some.stream().map(Question::text).toList(),
                        maxTokens),
                progress);
        return asked -> {
            requireAnswerable(model, asked);
            return answerer.apply(asked);
        };
    }

    /**
     * Looks at all the questions before the first is asked: it takes far less than an answer to each.
     *
     * @throws IllegalArgumentException if a picture is not there, or a question is too long; the message names it
     */
    static void requireAnswerable(VisionLanguageModel model, List<Question> questions) {
        int positions = model.config().language().maxTokens();
        int told = model.config().connector() instanceof QFormerConfig former && former.reads()
                ? former.text().positions()
                : Integer.MAX_VALUE;
        for (Question question : questions) {
            if (question.image() != null && !Files.isRegularFile(question.image())) {
                throw new IllegalArgumentException(
                        "expected a picture for question " + question.id() + ", got no file " + question.image());
            }
            Rendered prompt = model.prompt(List.of(), question.text(), question.image() == null ? 0 : 1);
            requireAtMost(positions, prompt.length(), "the model", question);
            requireAtMost(told, prompt.instruction().length, "the connector", question);
        }
    }

    private static void requireAtMost(int positions, int tokens, String who, Question question) {
        if (tokens > positions) {
            throw new IllegalArgumentException("question " + question.id() + " is too long: " + who + " has "
                    + positions + " positions, got " + tokens + " tokens");
        }
    }

    /**
     * One reply a question.
     *
     * @throws IllegalArgumentException if the replies are not as many as the questions
     */
    static List<String> replies(Function<List<Question>, List<String>> answerer, List<Question> asked) {
        List<String> replies = asked.isEmpty() ? List.of() : answerer.apply(List.copyOf(asked));
        if (replies.size() != asked.size()) {
            throw new IllegalArgumentException("expected one reply a question: " + asked.size() + " questions, got "
                    + replies.size() + " replies");
        }
        return replies;
    }

    /** @throws CancellationException if the thread was interrupted; the replies so far are not kept */
    @Override
    public List<String> apply(List<Question> asked) {
        List<String> replies = new ArrayList<>();
        while (replies.size() < asked.size()) {
            if (Thread.interrupted()) {
                throw new CancellationException("interrupted after " + replies.size() + " of " + asked.size()
                        + " questions were answered; the next evaluation asks all of them");
            }
            replies.addAll(
                    model.apply(asked.subList(replies.size(), Math.min(asked.size(), replies.size() + AT_ONCE))));
            progress.accept(replies.size());
        }
        return replies;
    }
}
