package vitune.teach;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import vitune.data.ResponseType;

/**
 * What a generation will take, before the first call: prompts are counted token by token, replies are taken to be as
 * long as those the ledger holds for the same prompts, or else as the prompts' own examples.
 *
 * @param model the teacher that is asked
 * @param parts one a type
 * @param price of the model, empty where the price list lacks it
 * @param before what the ledger had used of this teacher when the forecast was made, by type
 */
public record CostForecast(
        String model, List<Part> parts, Optional<Prices.Price> price, Map<ResponseType, Usage> before) {
    /**
     * A type's share.
     *
     * @param calls still to be made
     * @param known requests that the ledger has already answered: they cost nothing
     */
    public record Part(ResponseType type, long calls, long known, long promptTokens, long completionTokens) {}

    /**
     * What the replies of a type have used.
     *
     * @param cost US dollars; 0 where no price was known
     */
    public record Usage(long calls, long promptTokens, long completionTokens, double cost) {
        static final Usage NONE = new Usage(0, 0, 0, 0);

        Usage minus(Usage other) {
            return new Usage(
                    calls - other.calls,
                    promptTokens - other.promptTokens,
                    completionTokens - other.completionTokens,
                    cost - other.cost);
        }
    }

    /** Copies list and map. */
    public CostForecast {
        parts = List.copyOf(parts);
        before = Map.copyOf(before);
    }

    /** Calls to be made. */
    public long calls() {
        return parts.stream().mapToLong(Part::calls).sum();
    }

    /** Requests already answered. */
    public long known() {
        return parts.stream().mapToLong(Part::known).sum();
    }

    /** Prompt tokens to be sent. */
    public long promptTokens() {
        return parts.stream().mapToLong(Part::promptTokens).sum();
    }

    /** Completion tokens to be expected. */
    public long completionTokens() {
        return parts.stream().mapToLong(Part::completionTokens).sum();
    }

    /** US dollars, empty where the price is unknown. */
    public Optional<Double> cost() {
        return price.map(p -> p.of(promptTokens(), completionTokens()));
    }

    /** One row a type. */
    public Table table() {
        var type = StringColumn.create("type");
        var calls = LongColumn.create("calls");
        var known = LongColumn.create("in the ledger");
        var prompt = LongColumn.create("prompt tokens");
        var completion = LongColumn.create("completion tokens");
        var cost = DoubleColumn.create("cost USD");
        for (var part : parts) {
            type.append(part.type.label());
            calls.append(part.calls);
            known.append(part.known);
            prompt.append(part.promptTokens);
            completion.append(part.completionTokens);
            if (price.isPresent()) cost.append(price.get().of(part.promptTokens, part.completionTokens));
            else cost.appendMissing();
        }
        return Table.create("forecast for " + model, type, calls, known, prompt, completion, cost);
    }

    /**
     * Forecast beside actual: what the ledger has used since the forecast was made, two rows a type. Retries and replies
     * that were sent back are in the actual figures, not in the forecast.
     */
    public Table beside(Ledger ledger) {
        var type = StringColumn.create("type");
        var figures = StringColumn.create("figures");
        var calls = LongColumn.create("calls");
        var prompt = LongColumn.create("prompt tokens");
        var completion = LongColumn.create("completion tokens");
        var cost = DoubleColumn.create("cost USD");
        var now = ledger.usage(model);
        for (var part : parts) {
            var used = now.getOrDefault(part.type, Usage.NONE).minus(before.getOrDefault(part.type, Usage.NONE));
            double guess = price.map(p -> p.of(part.promptTokens, part.completionTokens))
                    .orElse(0.0);
            var forecast = new Usage(part.calls, part.promptTokens, part.completionTokens, guess);
            for (var row : List.of(forecast, used)) {
                type.append(part.type.label());
                figures.append(row == forecast ? "forecast" : "actual");
                calls.append(row.calls);
                prompt.append(row.promptTokens);
                completion.append(row.completionTokens);
                if (price.isPresent()) cost.append(row.cost);
                else cost.appendMissing();
            }
        }
        return Table.create("forecast and actual of " + model, type, figures, calls, prompt, completion, cost);
    }

    @Override
    public String toString() {
        long prompt = promptTokens(), completion = completionTokens();
        var money =
                price.map(p -> String.format(Locale.ROOT, "$%.2f at prices of %s", p.of(prompt, completion), p.asOf()));
        return String.format(
                Locale.ROOT,
                "%,d calls to %s, %,d prompt + %,d completion tokens, %s (%,d more in the ledger)",
                calls(),
                model,
                prompt,
                completion,
                money.orElse("price of " + model + " unknown"),
                known());
    }
}
