package vitune.teach;

import java.util.function.UnaryOperator;

/**
 * Whoever asks a teacher: under caps and rates, reckoned with prices, each exchange a row of a ledger. Copies share
 * teacher and ledger; closing one of them releases both.
 *
 * @param <C> the client's own type, which its copies have
 */
public abstract class TeacherClient<C> implements AutoCloseable {
    private final Exchanges exchanges;

    /** A client that asks through these. */
    protected TeacherClient(Exchanges exchanges) {
        this.exchanges = exchanges;
    }

    /** A copy that asks through these. */
    protected abstract C with(Exchanges changed);

    /** A copy that asks in another way. */
    final C with(UnaryOperator<GenerationSettings> change) {
        return with(exchanges.with(change.apply(exchanges.settings())));
    }

    /** What it asks through. */
    protected final Exchanges exchanges() {
        return exchanges;
    }

    /** A copy, on the same teacher and ledger, that reckons with these prices. */
    public C withPrices(Prices prices) {
        return with(settings -> settings.withPrices(prices));
    }

    /**
     * A copy, on the same teacher and ledger, with so many requests at a time.
     *
     * @param concurrency 1 to 256, default 8
     */
    public C withConcurrency(int concurrency) {
        return with(settings -> settings.withConcurrency(concurrency));
    }

    /** A copy, on the same teacher and ledger, that keeps to these caps and rates each time it is called. */
    public C withLimits(Limits limits) {
        return with(settings -> settings.withLimits(limits));
    }

    /** A copy, on the same teacher and ledger, that spends at most so many US dollars each time it is called. */
    public C withCap(double usd) {
        return with(settings -> settings.withLimits(settings.limits().withUsd(usd)));
    }

    /** A copy, on the same teacher and ledger, that asks at most so often each time it is called. */
    public C withMostCalls(long calls) {
        return with(settings -> settings.withLimits(settings.limits().withCalls(calls)));
    }

    /** Every request with its reply, tokens and cost. */
    public Ledger ledger() {
        return exchanges.ledger();
    }

    @Override
    public void close() {
        exchanges.close();
    }
}
