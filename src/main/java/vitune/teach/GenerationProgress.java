package vitune.teach;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
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
 * @param asked requests finished in this run
 * @param seconds since this run began
 */
public record GenerationProgress(
        long done,
        long total,
        long rejected,
        long promptTokens,
        long completionTokens,
        @Nullable Double cost,
        long asked,
        double seconds) {
    static GenerationProgress start(long known, long total) {
        return new GenerationProgress(known, total, 0, 0, 0, 0.0, 0, 0);
    }

    /** Requests finished a second in this run; 0 before the first. */
    public double rate() {
        return seconds > 0 ? asked / seconds : 0;
    }

    /** The time that the rest will take at this rate; empty before the first reply. */
    public Optional<Duration> left() {
        if (rate() == 0) return Optional.empty();
        return Optional.of(Duration.ofSeconds(Math.round((total - done) / rate())));
    }

    /** All tokens of this run. */
    public long tokens() {
        return promptTokens + completionTokens;
    }

    GenerationProgress after(LedgerEntry entry, double seconds) {
        return new GenerationProgress(
                done + 1,
                total,
                rejected + (entry.verdict() == LedgerEntry.Verdict.ACCEPTED ? 0 : 1),
                promptTokens + entry.promptTokens(),
                completionTokens + entry.completionTokens(),
                cost == null ? null : plus(cost, entry),
                asked + 1,
                seconds);
    }

    /** Where no token came, no price is needed. */
    private static @Nullable Double plus(double sum, LedgerEntry entry) {
        if (entry.cost() != null) return sum + entry.cost();
        return entry.promptTokens() + entry.completionTokens() == 0 ? sum : null;
    }

    /** What a bar says beside its numbers: rejects, cost, and the rate while it runs. */
    public String note() {
        var money = cost == null ? "" : String.format(Locale.ROOT, ", $%.2f", cost);
        var rate = asked == 0 || done == total ? "" : String.format(Locale.ROOT, ", %.1f/s", rate());
        return String.format(Locale.ROOT, "%,d rejected%s%s", rejected, money, rate);
    }

    @Override
    public String toString() {
        var left = done == total
                ? ""
                : left().map(d -> String.format(Locale.ROOT, ", %d:%02d left", d.toMinutes(), d.toSecondsPart()))
                        .orElse("");
        return String.format(Locale.ROOT, "%,d of %,d, %s, %,d tokens%s", done, total, note(), tokens(), left);
    }
}
