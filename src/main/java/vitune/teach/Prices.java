package vitune.teach;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import vitune.data.DataException;

/**
 * What tokens cost: {@code model,prompt,completion,as_of,batch}, US dollars a million tokens; {@code batch}, what part
 * of it the batch endpoint asks, may be left out where that is all. Lines that start with # are notes. Prices change: the shipped list is dated, and a user's own can stand in its place.
 */
public final class Prices {
    private static final String HEADER = "model,prompt,completion,as_of[,batch]";

    /**
     * A model's price.
     *
     * @param prompt US dollars a million prompt tokens
     * @param completion US dollars a million completion tokens
     * @param batch what the batch endpoint asks of that price, above 0 to 1: 0.5 is half
     * @param asOf the day on which it was read, as the list says it
     */
    public record Price(double prompt, double completion, double batch, String asOf) {
        /** Validates. */
        public Price {
            if (!(prompt >= 0 && completion >= 0)) {
                throw new IllegalArgumentException("a price must be >= 0, got " + prompt + " and " + completion);
            }
            if (!(batch > 0 && batch <= 1)) {
                throw new IllegalArgumentException("batch must be above 0 to 1, got " + batch);
            }
        }

        /** The same on the batch endpoint. */
        public Price ofBatch() {
            return new Price(prompt * batch, completion * batch, 1, asOf);
        }

        /** US dollars. */
        public double of(long promptTokens, long completionTokens) {
            return (prompt * promptTokens + completion * completionTokens) / 1e6;
        }
    }

    private final Map<String, Price> byModel;

    private Prices(Map<String, Price> byModel) {
        this.byModel = byModel;
    }

    /** The list that the kit ships. */
    public static Prices standard() {
        try (InputStream in = Prices.class.getResourceAsStream("prices.csv")) {
            if (in == null) throw new IllegalStateException("prices.csv is missing beside " + Prices.class.getName());
            return parse("prices.csv", new String(in.readAllBytes(), UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A user's own list.
     *
     * @throws DataException naming file and line of what cannot be read
     */
    public static Prices read(Path file) {
        try {
            return parse(file.toString(), Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read prices " + file, e);
        }
    }

    private static Prices parse(String file, String text) {
        var prices = new LinkedHashMap<String, Price>();
        var lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#") || line.startsWith("model,")) continue;
            var fields = line.split(",");
            try {
                if (fields.length < 4 || fields.length > 5) throw new NumberFormatException();
                double batch = fields.length == 5 ? Double.parseDouble(fields[4]) : 1;
                var price = new Price(Double.parseDouble(fields[1]), Double.parseDouble(fields[2]), batch, fields[3]);
                prices.put(fields[0], price);
            } catch (IllegalArgumentException e) {
                throw new DataException(Path.of(file), "line " + (i + 1), "\"" + line + "\"", HEADER);
            }
        }
        return new Prices(prices);
    }

    /**
     * A copy with a model's price, for this session.
     *
     * @param prompt US dollars a million prompt tokens, 0 or more
     * @param completion US dollars a million completion tokens, 0 or more
     */
    public Prices with(String model, double prompt, double completion) {
        var all = new LinkedHashMap<>(byModel);
        all.put(model, new Price(prompt, completion, 1, "this session"));
        return new Prices(all);
    }

    /**
     * A model's price: by its name, or by its name without the date ("gpt-4.1-2025-04-14"); empty where the list lacks
     * it.
     */
    public Optional<Price> of(String model) {
        var exact = byModel.get(model);
        var undated = model.replaceFirst("-\\d{4}-\\d{2}-\\d{2}$", "");
        return Optional.ofNullable(exact != null ? exact : byModel.get(undated));
    }
}
