package vitune.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import vitune.data.Turn;

/**
 * A conversation about one picture; what was said before is read again with every question. Where the model has too few
 * positions for all of it and the answer, or its connector too few for the instructions, the oldest turns are not read
 * any more; the picture always is.
 */
public final class Chat {
    private final VisionLanguageModel model;
    private final List<float[]> pixels;
    private final Decoding decoding;
    private final int maxTokens;
    private final List<Turn> history = new ArrayList<>();

    Chat(VisionLanguageModel model, List<float[]> pixels, Decoding decoding, int maxTokens) {
        this.model = model;
        this.pixels = pixels;
        this.decoding = decoding;
        this.maxTokens = Json.atLeast(1, "maxTokens", maxTokens);
    }

    /**
     * Asks, waits, and keeps both question and answer in mind.
     *
     * @throws IllegalArgumentException if the question is blank, or picture and question alone are longer than the model
     *     has positions
     */
    public String ask(String question) {
        return ask(question, piece -> {});
    }

    /** {@link #ask(String)}, and hears the answer piece by piece as it is written. */
    public String ask(String question, Consumer<String> listener) {
        if (question.isBlank()) throw Json.wrong("a question", "not be blank", "'" + question + "'");
        Rendered prompt = prompt(question);
        List<Long> heard = new ArrayList<>();
        StringBuilder told = new StringBuilder();
        long[] ids = new Answering(model)
                .write(List.of(prompt), pixels, decoding, maxTokens, (row, id) -> {
                    heard.add(id);
                    String text = model.text(heard.stream().mapToLong(i -> i).toArray());
                    boolean whole = !text.endsWith("\uFFFD"); // a character can take several tokens
                    if (whole && !mayStop(text) && text.length() > told.length()) {
                        listener.accept(text.substring(told.length()));
                        told.setLength(0);
                        told.append(text);
                    }
                })
                .get(0);
        String answer = model.text(ids);
        if (answer.length() > told.length()) listener.accept(answer.substring(told.length())); // what was held back
        if (!answer.isBlank()) history.add(new Turn(question, answer)); // silence leaves nothing to remember
        return answer;
    }

    /** Whether a stop string of the template may have begun: it is no part of the answer, so it is not told. */
    private boolean mayStop(String text) {
        return model.config().template().stopStrings().stream()
                .anyMatch(stop -> IntStream.range(1, stop.length()).anyMatch(n -> text.endsWith(stop.substring(0, n))));
    }

    /** The question behind as many of the latest turns as leave room for the answer; pictures stand in the first shown. */
    Rendered prompt(String question) {
        int room = model.config().language().maxTokens() - maxTokens + 1; // the last token written is not read again
        Rendered prompt = model.prompt(List.of(), question, pixels.size());
        for (int from = history.size() - 1; from >= 0; from--) {
            Rendered longer = model.prompt(history.subList(from, history.size()), question, pixels.size());
            if (longer.length() > room || longer.instruction().length > told()) break;
            prompt = longer;
        }
        return prompt;
    }

    /** Tokens of an instruction that the connector can read, where it reads one. */
    private int told() {
        return model.config().connector() instanceof QFormerConfig former && former.reads()
                ? former.text().positions()
                : Integer.MAX_VALUE;
    }

    /** All that has been said so far, also what is too long ago to be read again. */
    public List<Turn> history() {
        return List.copyOf(history);
    }

    /** A new conversation about the same picture, in which words are chosen in another way. */
    public Chat with(Decoding other, int tokens) {
        return new Chat(model, pixels, other, tokens);
    }

    @Override
    public String toString() {
        return "Chat[" + history.size() + " turns]";
    }
}
