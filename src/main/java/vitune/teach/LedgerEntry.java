package vitune.teach;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import vitune.data.ResponseType;

/**
 * A row of the ledger: a request, and what became of it.
 *
 * @param request fingerprint, {@link TeacherRequest#fingerprint}
 * @param sample id of the sample it was asked for
 * @param teacher the model that was asked
 * @param model the model that answered
 * @param prompt hash of the prompts, {@link Prompts#hash}
 * @param cost US dollars, null where the price is unknown
 * @param attempts calls made
 * @param reason why it was not accepted, or null
 */
public record LedgerEntry(
        String request,
        String sample,
        ResponseType type,
        String teacher,
        String model,
        String prompt,
        String reply,
        long promptTokens,
        long completionTokens,
        @Nullable Double cost,
        int attempts,
        Verdict verdict,
        @Nullable String reason,
        Instant time) {
    /** What became of a request. */
    public enum Verdict {
        /** Its reply is in use. */
        ACCEPTED,
        /** A reply came and cannot be used. */
        REJECTED,
        /** No reply came: it is asked again next time. */
        FAILED
    }

    /** A row that waits for its first reply. */
    static LedgerEntry open(GenerationTask task, String teacher) {
        return new LedgerEntry(
                task.fingerprint(),
                task.sample(),
                task.request().type(),
                teacher,
                teacher,
                task.promptsHash(),
                "",
                0,
                0,
                null,
                0,
                Verdict.FAILED,
                null,
                Instant.now());
    }

    /** This row after one more reply, whose tokens and attempts add up. */
    LedgerEntry after(TeacherReply answer, @Nullable String fault, Optional<Prices.Price> price) {
        long sent = promptTokens + answer.promptTokens();
        long written = completionTokens + answer.completionTokens();
        return new LedgerEntry(
                request,
                sample,
                type,
                teacher,
                answer.model(),
                prompt,
                answer.text(),
                sent,
                written,
                price.map(p -> p.of(sent, written)).orElse(null),
                attempts + answer.attempts(),
                fault == null ? Verdict.ACCEPTED : Verdict.REJECTED,
                fault,
                Instant.now());
    }

    /** This row where no more reply came. */
    LedgerEntry failed(@Nullable String why, int calls) {
        return new LedgerEntry(
                request,
                sample,
                type,
                teacher,
                model,
                prompt,
                reply,
                promptTokens,
                completionTokens,
                cost,
                attempts + calls,
                Verdict.FAILED,
                why,
                Instant.now());
    }
}
