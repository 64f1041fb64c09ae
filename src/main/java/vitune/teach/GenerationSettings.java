package vitune.teach;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import vitune.data.ResponseType;

/**
 * How a generator asks and judges.
 *
 * @param concurrency requests at a time, 1 to 256
 * @param poll where the batch endpoint is used: the time between two looks at a job; else null
 */
record GenerationSettings(
        Map<ResponseType, Prompts> prompts,
        List<SampleCheck> checks,
        Prices prices,
        Limits limits,
        int concurrency,
        boolean pixels,
        @Nullable Duration poll) {
    GenerationSettings {
        if (concurrency < 1 || concurrency > 256) {
            throw new IllegalArgumentException("concurrency must be 1 to 256, got " + concurrency);
        }
        if (poll != null && (poll.isNegative() || poll.isZero())) {
            throw new IllegalArgumentException("poll must be > 0, got " + poll);
        }
    }

    static GenerationSettings standard() {
        return new GenerationSettings(
                Prompts.shipped(),
                List.of(new ContentCheck(), new RefusalCheck(), new GroundingCheck()),
                Prices.standard(),
                Limits.none(),
                8,
                false,
                null);
    }

    /** The prompts of a type. */
    Prompts prompts(ResponseType type) {
        var found = prompts.get(type);
        if (found != null) return found;
        throw new IllegalArgumentException(
                "there are no prompts for " + type + ": give them with withPrompts; there are" + " some for "
                        + prompts.keySet().stream().sorted().toList());
    }

    /** What the model asks on the way that is taken. */
    Optional<Prices.Price> price(String model) {
        return prices.of(model).map(price -> poll == null ? price : price.ofBatch());
    }

    /** What the model that answered asks, or else the one that was asked. */
    Optional<Prices.Price> price(String answered, String asked) {
        return price(answered).or(() -> price(asked));
    }

    GenerationSettings with(Prompts added) {
        var all = new LinkedHashMap<>(prompts);
        all.put(added.type(), added);
        return new GenerationSettings(all, checks, prices, limits, concurrency, pixels, poll);
    }

    GenerationSettings withTextReplies() {
        var text = new LinkedHashMap<>(prompts);
        text.replaceAll((type, given) -> given.asText());
        return new GenerationSettings(text, checks, prices, limits, concurrency, pixels, poll);
    }

    GenerationSettings with(List<SampleCheck> checks) {
        return new GenerationSettings(prompts, checks, prices, limits, concurrency, pixels, poll);
    }

    GenerationSettings with(SampleCheck added) {
        var all = new ArrayList<>(checks);
        all.add(added);
        return with(all);
    }

    GenerationSettings with(Prices prices) {
        return new GenerationSettings(prompts, checks, prices, limits, concurrency, pixels, poll);
    }

    GenerationSettings with(Limits limits) {
        return new GenerationSettings(prompts, checks, prices, limits, concurrency, pixels, poll);
    }

    GenerationSettings withConcurrency(int concurrency) {
        return new GenerationSettings(prompts, checks, prices, limits, concurrency, pixels, poll);
    }

    GenerationSettings withPixels() {
        return new GenerationSettings(prompts, checks, prices, limits, concurrency, true, poll);
    }

    GenerationSettings withBatch(Duration poll) {
        return new GenerationSettings(prompts, checks, prices, limits, concurrency, pixels, poll);
    }
}
