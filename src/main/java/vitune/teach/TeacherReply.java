package vitune.teach;

import org.jspecify.annotations.Nullable;

/**
 * What came back.
 *
 * @param text the reply as it was written
 * @param fault why it cannot be used, where the teacher itself says so (a refusal, a filter, cut at the token limit),
 *     or null
 * @param unfinished whether the fault is of this reply alone (cut off, empty), so that the request is asked again
 * @param model the model that answered, as the server names it
 * @param promptTokens as the server counts them; counted here where it does not
 * @param attempts calls made, 1 where the first one succeeded
 */
public record TeacherReply(
        String text,
        @Nullable String fault,
        boolean unfinished,
        String model,
        long promptTokens,
        long completionTokens,
        int attempts) {
    /** A reply that is final, whatever it is worth. */
    public TeacherReply(
            String text, @Nullable String fault, String model, long promptTokens, long completionTokens, int attempts) {
        this(text, fault, false, model, promptTokens, completionTokens, attempts);
    }
}
