package vitune.teach;

import java.util.Locale;

/** A run that stopped at its cap. What is finished is in the ledger; nothing is in flight any more. */
public final class CapReachedException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final double usd;
    private final long calls;
    private final long left;

    CapReachedException(String cap, double usd, double unknown, long calls, long left) {
        super(String.format(
                Locale.ROOT,
                "stopped at the cap of %s: this run made %,d calls and spent $%.4f%s; %,d requests are left. The ledger"
                        + " keeps what is finished (see finished(...)); raise the cap, or generate again, to go on",
                cap,
                calls,
                usd,
                unknown > 0
                        ? String.format(Locale.ROOT, " ($%.4f of it at most, for calls without a reply)", unknown)
                        : "",
                left));
        this.usd = usd;
        this.calls = calls;
        this.left = left;
    }

    /** US dollars spent in this run; a call that may have been billed without a reply counts in full. */
    public double usd() {
        return usd;
    }

    /** Calls made in this run. */
    public long calls() {
        return calls;
    }

    /** Requests that wait for their reply. */
    public long left() {
        return left;
    }
}
