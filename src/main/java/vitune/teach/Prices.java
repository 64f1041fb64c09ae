package vitune.teach;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import vitune.data.DataException;
import vitune.data.TextResource;

/**
 * What tokens cost: {@code model,prompt,completion,as_of,batch,picture,patch}, US dollars a million tokens. The last
 * three may be left out: {@code batch}, what part of the price the batch endpoint asks (default 1); {@code picture},
 * tokens of a picture at low detail (default 85); {@code patch}, tokens for each 32x32 patch of it (default 0). Lines that
 * start with # are notes. Prices change: the shipped list is dated, and a user's own can stand in its place.
 */
public final class Prices {
    private static final String HEADER = "model,prompt,completion,as_of[,batch[,picture[,patch]]]";
    /** What some models have behind their names. */
    private static final Pattern DATE = Pattern.compile("-\\d{4}-\\d{2}-\\d{2}$");

    /**
     * A model's price.
     *
     * @param prompt US dollars a million prompt tokens
     * @param completion US dollars a million completion tokens
     * @param batch what the batch endpoint asks of that price, above 0 to 1: 0.5 is half
     * @param asOf the day on which it was read, as the list says it
     * @param picture tokens of a picture at low detail, 0 or more
     * @param patch tokens for each patch of 32x32 pixels besides, 0 or more; no more than 1536 of them count
     */
    public record Price(double prompt, double completion, double batch, String asOf, double picture, double patch) {
        /** Tokens of a picture at low detail, as GPT-4o and GPT-4.1 count it. */
        static final int PICTURE = 85;

        private static final int PATCH = 32, MOST_PATCHES = 1536;

        /** Validates. */
        public Price {
            if (!(prompt >= 0 && completion >= 0)) {
                throw new IllegalArgumentException("a price must be >= 0, got " + prompt + " and " + completion);
            }
            if (!(batch > 0 && batch <= 1)) {
                throw new IllegalArgumentException("batch must be above 0 to 1, got " + batch);
            }
            if (!(picture >= 0 && patch >= 0)) {
                throw new IllegalArgumentException(
                        "tokens of a picture must be >= 0, got " + picture + " and " + patch + " a patch");
            }
        }

        /** A price of a model that counts pictures as GPT-4o does. */
        public Price(double prompt, double completion, double batch, String asOf) {
            this(prompt, completion, batch, asOf, PICTURE, 0);
        }

        /** Tokens of a picture of so many pixels; larger ones are scaled until their patches are few enough. */
        public long pictureTokens(int width, int height) {
            long patches = (long) ((width + PATCH - 1) / PATCH) * ((height + PATCH - 1) / PATCH);
            return Math.round(picture + patch * Math.min(MOST_PATCHES, patches));
        }

        /** The same on the batch endpoint. */
        public Price ofBatch() {
            return new Price(prompt * batch, completion * batch, 1, asOf, picture, patch);
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

    /**
     * The kit's list: {@code data/prices.csv} in the working folder or in the clone that the kit runs from ({@code
     * vitune.home}), as it is edited there; without one, the copy that the jar carries.
     *
     * @throws DataException naming file and line of what cannot be read
     */
    public static Prices standard() {
        return standard(Path.of(""), Path.of(System.getProperty("vitune.home", "")));
    }

    static Prices standard(Path... folders) {
        for (var folder : folders) {
            var file = folder.resolve("data").resolve("prices.csv");
            if (Files.isRegularFile(file)) return read(file);
        }
        return parse("prices.csv", TextResource.of(Prices.class, "prices.csv"));
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
                if (fields.length < 4 || fields.length > 7) throw new NumberFormatException();
                var price = new Price(
                        Double.parseDouble(fields[1]),
                        Double.parseDouble(fields[2]),
                        number(fields, 4, 1),
                        fields[3],
                        number(fields, 5, Price.PICTURE),
                        number(fields, 6, 0));
                prices.put(fields[0], price);
            } catch (IllegalArgumentException e) {
                throw new DataException(Path.of(file), "line " + (i + 1), "\"" + line + "\"", HEADER);
            }
        }
        return new Prices(prices);
    }

    private static double number(String[] fields, int i, double otherwise) {
        return i < fields.length && !fields[i].isBlank() ? Double.parseDouble(fields[i]) : otherwise;
    }

    /**
     * A copy with a model's price, for this session; it counts pictures as it did.
     *
     * @param prompt US dollars a million prompt tokens, 0 or more
     * @param completion US dollars a million completion tokens, 0 or more
     */
    public Prices with(String model, double prompt, double completion) {
        var all = new LinkedHashMap<>(byModel);
        var old = of(model).orElse(new Price(0, 0, 1, ""));
        all.put(model, new Price(prompt, completion, 1, "this session", old.picture, old.patch));
        return new Prices(all);
    }

    /**
     * A model's price: by its name, or by its name without the date ("gpt-4.1-2025-04-14"); empty where the list lacks
     * it.
     */
    public Optional<Price> of(String model) {
        var exact = byModel.get(model);
        if (exact != null) return Optional.of(exact);
        return Optional.ofNullable(byModel.get(DATE.matcher(model).replaceFirst("")));
    }
}
