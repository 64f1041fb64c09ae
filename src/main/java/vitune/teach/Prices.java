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
 * What tokens cost: {@code model,prompt,completion,as_of}, US dollars a million tokens; lines that start with # are
 * notes. Prices change: the shipped list is dated, and a user's own can stand in its place.
 */
public final class Prices {
    private static final String HEADER = "model,prompt,completion,as_of";

    /**
     * A model's price.
     *
     * @param prompt US dollars a million prompt tokens
     * @param completion US dollars a million completion tokens
     * @param asOf the day on which it was read, as the list says it
     */
    public record Price(double prompt, double completion, String asOf) {
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
            if (line.isEmpty() || line.startsWith("#") || line.equals(HEADER)) continue;
            var fields = line.split(",");
            try {
                if (fields.length != 4) throw new NumberFormatException();
                prices.put(
                        fields[0], new Price(Double.parseDouble(fields[1]), Double.parseDouble(fields[2]), fields[3]));
            } catch (NumberFormatException e) {
                throw new DataException(Path.of(file), "line " + (i + 1), "\"" + line + "\"", HEADER);
            }
        }
        return new Prices(prices);
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
