package vitune.teach;

/**
 * What one run of requests may spend, and how fast: one call of {@link InstructionGenerator#generate}, one comparison
 * of a judge. The caps are never crossed, calls in flight, retries and the one feedback counted: a call starts only
 * where its worst case still fits. Earlier runs and what the ledger holds do not count.
 *
 * <p>The cap in calls holds for every server. The cap in money holds for servers that bill as OpenAI does: they keep to
 * {@code max_completion_tokens}, and count at most a token a byte of the prompt and 4,000 tokens a picture at low detail
 * (OpenAI's models; others may count more). Where a reply costs more than that, the run stops and says so. A call that
 * ends without an answer (a lost connection, a gateway that gave up) counts as if it had cost the most it can.
 *
 * @param usd US dollars, 0 or more; infinity (default): no cap
 * @param calls calls made, 0 or more; {@link Long#MAX_VALUE} (default): no cap
 * @param requestsPerSecond calls started a second, all threads together; infinity (default): no limit
 * @param tokensPerSecond prompt and completion tokens a second; infinity (default): no limit
 * @param replyTokens longest reply a run with a money cap asks for, the model's thoughts included; default 2048
 */
public record Limits(double usd, long calls, double requestsPerSecond, double tokensPerSecond, int replyTokens) {
    private static final double NONE = Double.POSITIVE_INFINITY;
    private static final int REPLY_TOKENS = 2048;

    /** Validates. */
    public Limits {
        if (!(usd >= 0)) throw new IllegalArgumentException("usd must be >= 0, got " + usd);
        if (calls < 0) throw new IllegalArgumentException("calls must be >= 0, got " + calls);
        if (!(requestsPerSecond > 0)) {
            throw new IllegalArgumentException("requestsPerSecond must be > 0, got " + requestsPerSecond);
        }
        if (!(tokensPerSecond > 0)) {
            throw new IllegalArgumentException("tokensPerSecond must be > 0, got " + tokensPerSecond);
        }
        if (replyTokens < 1) throw new IllegalArgumentException("replyTokens must be >= 1, got " + replyTokens);
    }

    /** No cap, no limit of rate. */
    public static Limits none() {
        return new Limits(NONE, Long.MAX_VALUE, NONE, NONE, REPLY_TOKENS);
    }

    /** A copy that spends at most so many US dollars a run. */
    public Limits withUsd(double usd) {
        return new Limits(usd, calls, requestsPerSecond, tokensPerSecond, replyTokens);
    }

    /** A copy that makes at most so many calls a run. */
    public Limits withCalls(long calls) {
        return new Limits(usd, calls, requestsPerSecond, tokensPerSecond, replyTokens);
    }

    /** A copy that starts at most so many calls a second. */
    public Limits withRequestsPerSecond(double requests) {
        return new Limits(usd, calls, requests, tokensPerSecond, replyTokens);
    }

    /** A copy that uses at most so many tokens a second. */
    public Limits withTokensPerSecond(double tokens) {
        return new Limits(usd, calls, requestsPerSecond, tokens, replyTokens);
    }

    /** A copy whose replies under a money cap are at most so long. */
    public Limits withReplyTokens(int tokens) {
        return new Limits(usd, calls, requestsPerSecond, tokensPerSecond, tokens);
    }

    boolean capsMoney() {
        return usd != NONE;
    }
}
