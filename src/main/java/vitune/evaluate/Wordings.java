package vitune.evaluate;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The held-out wordings by kind of question, read from {@code wordings.txt}, and the grammar that fills them. */
final class Wordings {
    private static final Set<String> SAME_IN_PLURAL = Set.of("fish", "sheep", "scissors", "skis", "people", "deer");
    private static final Map<String, String> IRREGULAR = Map.of(
            "person",
            "people",
            "man",
            "men",
            "woman",
            "women",
            "child",
            "children",
            "mouse",
            "mice",
            "knife",
            "knives");

    private final Map<String, List<String>> templates = new LinkedHashMap<>();

    private Wordings() {}

    static Wordings heldOut() {
        Wordings wordings = new Wordings();
        try (var lines = new BufferedReader(
                new InputStreamReader(Wordings.class.getResourceAsStream("wordings.txt"), StandardCharsets.UTF_8))) {
            lines.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .forEach(line -> {
                        int colon = line.indexOf(':');
                        wordings.templates
                                .computeIfAbsent(line.substring(0, colon), kind -> new ArrayList<>())
                                .add(line.substring(colon + 1).strip());
                    });
        } catch (IOException e) {
            throw new UncheckedIOException("the wordings of the questions could not be read", e);
        }
        return wordings;
    }

    /** The templates of a kind, in the order of the file. */
    List<String> of(String kind) {
        return templates.get(kind);
    }

    /** A template in words: {@code count} decides between "is the dog" and "are the dogs". */
    static String fill(String template, String thing, int count, @Nullable String other) {
        String text = template.replace("{a thing}", article(thing) + " " + thing)
                .replace("{things}", plural(thing))
                .replace("{thing}", thing)
                .replace("{it}", count == 1 ? thing : plural(thing))
                .replace("{is}", count == 1 ? "is" : "are");
        return other == null ? text : text.replace("{other}", other);
    }

    static String article(String noun) {
        return "aeiou".indexOf(noun.charAt(0)) >= 0 ? "an" : "a";
    }

    /** More than one: buses, fish, people; of several words the last is changed. */
    static String plural(String noun) {
        int space = noun.lastIndexOf(' ') + 1;
        String head = noun.substring(0, space);
        String last = noun.substring(space);
        if (SAME_IN_PLURAL.contains(last)) {
            return noun;
        }
        if (IRREGULAR.containsKey(last)) {
            return head + IRREGULAR.get(last);
        }
        if (last.matches(".*(s|x|z|ch|sh)")) {
            return noun + "es";
        }
        return last.matches(".*[^aeiou]y") ? noun.substring(0, noun.length() - 1) + "ies" : noun + "s";
    }
}
