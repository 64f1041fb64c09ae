package vitune.teach;

import com.fasterxml.jackson.databind.JsonNode;
import com.openai.core.ObjectMappers;
import com.openai.errors.OpenAIInvalidDataException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Reads what a server answers, as a tree: the SDK's own ChatCompletion takes more than twice as long to read. */
final class ChatReplies {
    private static final String FILTERED = "the reply is held back by a content filter";
    private static final String CUT =
            "the reply is cut off at the token limit (under a cap in money: Limits.withReplyTokens)";

    private final String model;
    private final Tokens tokens = new Tokens();

    /** @param model where the answer does not name the one that wrote it */
    ChatReplies(String model) {
        this.model = model;
    }

    /** @throws OpenAIInvalidDataException where it is no JSON, or is cut */
    static JsonNode tree(InputStream body) {
        try {
            return ObjectMappers.jsonMapper().readTree(body);
        } catch (IOException e) {
            throw new OpenAIInvalidDataException("an answer that cannot be read", e);
        }
    }

    /**
     * What a chat completion says.
     *
     * @param request whose tokens are counted where the server does not count them
     * @throws OpenAIInvalidDataException where there is no choice, or its text is none
     */
    TeacherReply reply(Supplier<Optional<TeacherRequest>> request, JsonNode completion, int attempt) {
        var choice = completion.path("choices").path(0);
        if (!choice.path("message").isObject()) throw new OpenAIInvalidDataException("a reply without choices");
        var text = text(choice.path("message"), "content").orElse("");
        var refusal = text(choice.path("message"), "refusal")
                .filter(r -> !r.isBlank())
                .map(r -> "the teacher refuses: " + r);
        var finish = choice.path("finish_reason").asText("");
        boolean filtered = finish.equals("content_filter"), cut = finish.equals("length");
        var fault = refusal.orElse(filtered ? FILTERED : cut ? CUT : text.isBlank() ? "the reply is empty" : null);
        boolean unfinished = refusal.isEmpty() && !filtered && (cut || text.isBlank());
        var usage = completion.path("usage");
        long prompt = number(usage, "prompt_tokens")
                .orElseGet(() -> request.get().map(tokens::prompt).orElse(0L));
        long written = number(usage, "completion_tokens").orElseGet(() -> tokens.count(text));
        var answering =
                completion.path("model").isTextual() ? completion.path("model").asText() : model;
        return new TeacherReply(text, fault, unfinished, answering, prompt, written, attempt);
    }

    private static Optional<String> text(JsonNode message, String field) {
        var text = message.path(field);
        if (text.isMissingNode() || text.isNull()) return Optional.empty();
        if (!text.isTextual())
            throw new OpenAIInvalidDataException(field + " must be a text, got " + text.getNodeType());
        return Optional.of(text.asText());
    }

    private static OptionalLong number(JsonNode usage, String field) {
        var number = usage.path(field);
        return number.isIntegralNumber() ? OptionalLong.of(number.asLong()) : OptionalLong.empty();
    }
}
