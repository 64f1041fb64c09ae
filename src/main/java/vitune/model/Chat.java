package vitune.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import vitune.data.Turn;

/** A conversation about one picture; what was said before is read again with every question. */
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

    /** Asks, waits, and keeps both question and answer in mind. */
    public String ask(String question) {
        return ask(question, piece -> {});
    }

    /** Asks, and hears the answer piece by piece as it is written. */
    public String ask(String question, Consumer<String> listener) {
        Rendered prompt = model.prompt(history, question, pixels.size());
        List<Long> heard = new ArrayList<>();
        StringBuilder told = new StringBuilder();
        long[] ids = new Answering(model).write(List.of(prompt), pixels, decoding, maxTokens, (row, id) -> {
            heard.add(id);
            String text = model.text(heard.stream().mapToLong(i -> i).toArray());
            boolean whole = !text.endsWith("\uFFFD"); // a character can take several tokens
            if (whole && text.length() > told.length()) {
                listener.accept(text.substring(told.length()));
                told.setLength(0);
                told.append(text);
            }
        }).get(0);
        String answer = model.text(ids);
        if (!answer.isBlank()) history.add(new Turn(question, answer)); // silence leaves nothing to remember
        return answer;
    }

    /** What has been said so far. */
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
