package vitune.teach;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import vitune.data.ResponseType;

/** How a generator asks and judges. Each {@code with} gives a copy; nothing changes after that. */
final class GenerationSettings {
    private Map<ResponseType, Prompts> prompts;
    private List<SampleCheck> checks;
    private Prices prices;
    private Limits limits;
    private int concurrency;
    private boolean pixels, textReplies;
    private @Nullable Duration poll;

    private GenerationSettings() {
        prompts = Prompts.shipped();
        checks = List.of(new ContentCheck(), new RefusalCheck(), new GroundingCheck());
        prices = Prices.standard();
        limits = Limits.none();
        concurrency = 8;
    }

    private GenerationSettings(GenerationSettings other) {
        prompts = other.prompts;
        checks = other.checks;
        prices = other.prices;
        limits = other.limits;
        concurrency = other.concurrency;
        pixels = other.pixels;
        textReplies = other.textReplies;
        poll = other.poll;
    }

    static GenerationSettings standard() {
        return new GenerationSettings();
    }

    private GenerationSettings with(Consumer<GenerationSettings> change) {
        var copy = new GenerationSettings(this);
        change.accept(copy);
        return copy;
    }

    GenerationSettings withPrompts(Prompts added) {
        var all = new LinkedHashMap<>(prompts);
        all.put(added.type(), added);
        return with(copy -> copy.prompts = all);
    }

    /** Plain text in place of JSON, also with prompts that come later. */
    GenerationSettings withTextReplies() {
        return with(copy -> copy.textReplies = true);
    }

    GenerationSettings withChecks(List<SampleCheck> checks) {
        return with(copy -> copy.checks = List.copyOf(checks));
    }

    GenerationSettings withCheck(SampleCheck added) {
        var all = new ArrayList<>(checks);
        all.add(added);
        return withChecks(all);
    }

    GenerationSettings withPrices(Prices prices) {
        return with(copy -> copy.prices = prices);
    }

    GenerationSettings withLimits(Limits limits) {
        return with(copy -> copy.limits = limits);
    }

    /** @param concurrency requests at a time, 1 to 256 */
    GenerationSettings withConcurrency(int concurrency) {
        if (concurrency < 1 || concurrency > 256) {
            throw new IllegalArgumentException("concurrency must be 1 to 256, got " + concurrency);
        }
        return with(copy -> copy.concurrency = concurrency);
    }

    GenerationSettings withPixels() {
        return with(copy -> copy.pixels = true);
    }

    /** @param poll the time between two looks at a job, above 0 */
    GenerationSettings withBatch(Duration poll) {
        if (poll.isNegative() || poll.isZero()) {
            throw new IllegalArgumentException("poll must be > 0, got " + poll);
        }
        return with(copy -> copy.poll = poll);
    }

    /** The prompts of a type. */
    Prompts prompts(ResponseType type) {
        var found = prompts.get(type);
        if (found != null) return textReplies ? found.asText() : found;
        throw new IllegalArgumentException(
                "there are no prompts for " + type + ": give them with withPrompts; there are some for "
                        + prompts.keySet().stream().sorted().toList());
    }

    List<SampleCheck> checks() {
        return checks;
    }

    Limits limits() {
        return limits;
    }

    int concurrency() {
        return concurrency;
    }

    /** Whether the pictures are sent too. */
    boolean pixels() {
        return pixels;
    }

    /** Where the batch endpoint is used: the time between two looks at a job; else null. */
    @Nullable
    Duration poll() {
        return poll;
    }

    /** What the model asks on the way that is taken. */
    Optional<Prices.Price> price(String model) {
        return prices.of(model).map(price -> poll == null ? price : price.ofBatch());
    }

    /** What the model that answered asks, or else the one that was asked. */
    Optional<Prices.Price> price(String answered, String asked) {
        return price(answered).or(() -> price(asked));
    }
}
