package vitune.teach;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * Stands before every call of a run: paces it, and lets it through only where the caps hold whatever it costs.
 *
 * <p>The worst case of a call is its prompt at one token a byte (no byte-level tokenizer makes more) and a reply at the
 * token limit. It is set aside before the call, and settled with the true usage after it. Where it does not fit, the
 * call waits for those in flight; where none is in flight, the run is over.
 */
final class Meter {
    /** What a message and the opening of a reply may cost beyond their text. */
    private static final int PER_MESSAGE = 16;
    /** More than any of OpenAI's models counts for a picture at low detail (GPT-4.1 nano: 3,779). */
    private static final int PER_IMAGE = 4000;

    private final Limits limits;
    private final Optional<Prices.Price> price;
    private final Pace requests;
    private final Pace tokens;
    private final Tokens counter = new Tokens();
    private double spent, unknown, reserved;
    private long calls, replies, replyTokens;
    private int inFlight;
    private boolean stopped;
    /** What a call cost that cost more than it may; 0 while there is none. */
    private double tooDear, itsWorst;

    /**
     * A meter for a run.
     *
     * @throws IllegalArgumentException for a money cap on a model whose price is unknown
     */
    Meter(Limits limits, String model, Optional<Prices.Price> price) {
        if (limits.capsMoney() && price.isEmpty()) {
            throw new IllegalArgumentException("a cap in US dollars needs the price of " + model
                    + ": give it with withPrices(Prices.standard().with(\"" + model
                    + "\", usdPerMillionPromptTokens, usdPerMillionCompletionTokens))");
        }
        this.limits = limits;
        this.price = price;
        requests = new Pace(limits.requestsPerSecond(), System::nanoTime);
        tokens = new Pace(limits.tokensPerSecond(), System::nanoTime);
    }

    /** One that lets everything through. */
    static Meter open() {
        return new Meter(Limits.none(), "", Optional.empty());
    }

    /** The token limit that requests must carry, where there is one. */
    OptionalInt replyTokens() {
        return limits.capsMoney() ? OptionalInt.of(limits.replyTokens()) : OptionalInt.empty();
    }

    /**
     * Waits until a call may start.
     *
     * @return empty where the run is over
     */
    Optional<Call> begin(TeacherRequest request) throws InterruptedException {
        if (stopped()) return Optional.empty();
        double expected = tokens.limited() ? counter.prompt(request) + meanReply() : 0;
        TimeUnit.NANOSECONDS.sleep(Math.max(requests.take(1), tokens.take(expected)));
        double worst = worst(request);
        synchronized (this) {
            while (!stopped && !fits(worst)) {
                if (inFlight == 0 || calls >= limits.calls()) stop();
                else wait();
            }
            return stopped ? Optional.empty() : Optional.of(reserve(worst, expected));
        }
    }

    /** Lets a call through at once, or not at all; the run goes on. */
    synchronized Optional<Call> tryBegin(TeacherRequest request) {
        double worst = worst(request);
        return stopped || !fits(worst) ? Optional.empty() : Optional.of(reserve(worst, 0));
    }

    private boolean fits(double worst) {
        return calls < limits.calls() && spent + reserved + worst <= limits.usd();
    }

    private Call reserve(double worst, double expected) {
        calls++;
        inFlight++;
        reserved += worst;
        return new Call(worst, expected);
    }

    private double worst(TeacherRequest request) {
        if (!limits.capsMoney()) return 0;
        long bytes = PER_MESSAGE
                + request.form().schema().length()
                + (long) PER_IMAGE * request.images().size();
        for (var message : request.messages()) {
            bytes += PER_MESSAGE + message.text().getBytes(StandardCharsets.UTF_8).length;
        }
        return price.orElseThrow().of(bytes, limits.replyTokens());
    }

    private synchronized double meanReply() {
        return replies == 0 ? 200 : replyTokens / (double) replies;
    }

    synchronized boolean stopped() {
        return stopped;
    }

    synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    private synchronized void broken(double cost, double worst) {
        tooDear = cost;
        itsWorst = worst;
        stop();
    }

    /** What a request hears that may not be sent any more. */
    static TeacherException over(int attempts) {
        return new TeacherException("not asked to the end: the run's cap is reached", false, attempts, null);
    }

    /** How the run ended, once nothing is in flight. */
    synchronized CapReachedException reached(long left) {
        var cap = calls >= limits.calls()
                ? String.format(Locale.ROOT, "%,d calls", limits.calls())
                : String.format(Locale.ROOT, "$%.2f", limits.usd());
        if (tooDear > 0) {
            cap += String.format(
                    Locale.ROOT,
                    ", which does not hold here (a call cost $%.4f, where %,d reply tokens make it $%.4f at most: the"
                            + " server does not keep to max_completion_tokens, so cap the calls instead)",
                    tooDear,
                    limits.replyTokens(),
                    itsWorst);
        }
        return new CapReachedException(cap, spent, unknown, calls, left);
    }

    /** A call that was let through; it is settled exactly once. */
    final class Call {
        private final double worst;
        private final double expected;

        private Call(double worst, double expected) {
            this.worst = worst;
            this.expected = expected;
        }

        /** It was answered. */
        void answered(long promptTokens, long completionTokens) {
            synchronized (Meter.this) {
                replies++;
                replyTokens += completionTokens;
            }
            tokens.correct(promptTokens + completionTokens - expected);
            double cost = price.map(p -> p.of(promptTokens, completionTokens)).orElse(0.0);
            if (limits.capsMoney() && cost > worst * (1 + 1e-9)) broken(cost, worst);
            settle(cost, 0);
        }

        /** The server turned it down, and bills nothing. */
        void refused() {
            tokens.correct(-expected);
            settle(0, 0);
        }

        /** Nobody knows whether it was billed: it counts in full. */
        void lost() {
            settle(worst, worst);
        }

        private void settle(double cost, double ofWhichUnknown) {
            synchronized (Meter.this) {
                inFlight--;
                reserved = inFlight == 0 ? 0 : reserved - worst;
                spent += cost;
                unknown += ofWhichUnknown;
                Meter.this.notifyAll();
            }
        }
    }
}
