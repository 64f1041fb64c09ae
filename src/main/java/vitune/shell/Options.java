package vitune.shell;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What stands on a command line, read by the line that tells people how to write it: words by their place, then options
 * with the name of their value, or without one where they are switches. A last place that ends in three dots takes any
 * number of words.
 *
 * <pre>{@code
 * var options = Options.of(args, "MODEL-FOLDER QUESTION... --limit PICTURES --batch");
 * int limit = options.number("--limit", 100, 1, 1000);
 * }</pre>
 */
public final class Options {
    private static final String MANY = "...";

    private final Map<String, String> known = new LinkedHashMap<>(); // option, and the name of its value or nothing
    private final List<String> places = new ArrayList<>();
    private final Map<String, String> given = new LinkedHashMap<>();
    private final List<String> rest = new ArrayList<>();

    private Options(String form) {
        String option = null;
        for (String word : form.split(" ")) {
            if (word.startsWith("--")) {
                option = word;
                known.put(option, "");
            } else if (option != null) {
                known.put(option, word);
            } else if (!word.isEmpty()) {
                places.add(word);
            }
        }
    }

    /** @throws CommandLineException if the words are not of that form */
    public static Options of(String[] words, String form) {
        var options = new Options(form);
        for (int i = 0; i < words.length; i++) {
            String value = options.known.get(words[i]);
            if (!words[i].startsWith("--")) {
                options.place(words[i]);
            } else if (value == null) {
                throw new CommandLineException("unknown option " + words[i] + "; expected " + form);
            } else if (value.isEmpty()) {
                options.given.put(words[i], "");
            } else if (i + 1 == words.length || words[i + 1].startsWith("--")) {
                throw new CommandLineException(words[i] + " needs a value: " + value);
            } else {
                options.given.put(words[i], words[++i]);
            }
        }
        return options;
    }

    private void place(String word) {
        int next = (int) places.stream().filter(given::containsKey).count();
        if (next < places.size() && !places.get(next).endsWith(MANY)) {
            given.put(places.get(next), word);
        } else if (next < places.size()) {
            rest.add(word);
        } else {
            String most = places.isEmpty() ? "options only" : "no more than " + String.join(" ", places);
            throw new CommandLineException("expected " + most + ", got " + word);
        }
    }

    /** @throws CommandLineException with this message, unless it holds */
    public static void require(boolean holds, String message) {
        if (!holds) throw new CommandLineException(message);
    }

    /** Whether this option or place is given. */
    public boolean has(String name) {
        return given.containsKey(name);
    }

    /** The words of the place with the dots. */
    public List<String> rest() {
        return List.copyOf(rest);
    }

    /** The value of an option or place, or {@code otherwise}, which may be null. */
    public @Nullable String text(String name, @Nullable String otherwise) {
        return given.getOrDefault(name, otherwise);
    }

    public Path path(String name, String otherwise) {
        return Path.of(given.getOrDefault(name, otherwise));
    }

    /** @throws CommandLineException if it is not given */
    public Path path(String name) {
        require(has(name), name + " needs a value: " + known.getOrDefault(name, "a path"));
        return path(name, "");
    }

    /** @throws CommandLineException if it is not a whole number in {@code least..most} */
    public int number(String name, int otherwise, int least, int most) {
        String word = given.get(name);
        if (word == null) return otherwise;
        if (!word.matches("[+-]?\\d{1,18}"))
            throw new CommandLineException(name + " needs a whole number, got " + word);
        long number = Long.parseLong(word);
        if (number >= least && number <= most) return (int) number;
        String range = most == Integer.MAX_VALUE ? ">= " + least : "in " + least + ".." + most;
        throw new CommandLineException(name + " must be " + range + ", got " + word);
    }

    /** @throws CommandLineException if it is not a finite number >= 0 */
    public double amount(String name) {
        String word = given.getOrDefault(name, "");
        try {
            double number = Double.parseDouble(word);
            if (number >= 0 && Double.isFinite(number)) return number;
        } catch (NumberFormatException e) {
            // told below
        }
        throw new CommandLineException(name + " needs a number >= 0, got " + word);
    }

    /** @throws CommandLineException if it is none of them */
    public String oneOf(String name, String otherwise, String... allowed) {
        String word = given.getOrDefault(name, otherwise);
        if (!has(name) || List.of(allowed).contains(word)) return word;
        throw new CommandLineException(name + " must be one of " + String.join(", ", allowed) + ", got " + word);
    }

    /**
     * What the words between commas mean.
     *
     * @throws CommandLineException if {@code meaning} refuses one of them
     */
    public <T> List<T> list(String name, String otherwise, Function<String, T> meaning) {
        try {
            return Stream.of(given.getOrDefault(name, otherwise).split(","))
                    .map(meaning)
                    .toList();
        } catch (IllegalArgumentException e) {
            throw new CommandLineException(name + ": " + e.getMessage());
        }
    }
}
