package vitune.teach;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How far a generation is.
 *
 * @param done requests finished, those the ledger knew included
 * @param total requests in all
 * @param rejected replies not used so far, and requests without a reply
 * @param promptTokens sent in this run
 * @param completionTokens received in this run
 * @param cost US dollars in this run, null where the price is unknown
 */
public record GenerationProgress(
        long done,
        long total,
        long rejected,
        long promptTokens,
        long completionTokens,
        @Nullable Double cost) {
    /** All tokens of this run. */
    public long tokens() {
        return promptTokens + completionTokens;
    }

    GenerationProgress after(LedgerEntry entry) {
        return new GenerationProgress(
                done + 1,
                total,
                rejected + (entry.verdict() == LedgerEntry.Verdict.ACCEPTED ? 0 : 1),
                promptTokens + entry.promptTokens(),
                completionTokens + entry.completionTokens(),
                cost == null || entry.cost() == null ? null : Double.valueOf(cost + entry.cost()));
    }

    @Override
    public String toString() {
        var money = cost == null ? "" : String.format(Locale.ROOT, ", $%.2f", cost);
        return String.format(
                Locale.ROOT, "%,d of %,d, %,d rejected, %,d tokens%s", done, total, rejected, tokens(), money);
    }
}
