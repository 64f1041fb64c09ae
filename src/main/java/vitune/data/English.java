package vitune.data;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The little grammar that questions, captions and the built-in teacher need. */
public final class English {
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

    private static final Pattern ES = Pattern.compile("(?:s|x|z|ch|sh)$"), IES = Pattern.compile("[^aeiou]y$");

    private English() {}

    /** More than one of a noun: buses, fish, people; of several words, the last one changes. */
    public static String plural(String noun) {
        int space = noun.lastIndexOf(' ') + 1;
        String word = noun.substring(space);
        if (SAME_IN_PLURAL.contains(word)) return noun;
        if (IRREGULAR.containsKey(word)) return noun.substring(0, space) + IRREGULAR.get(word);
        if (ES.matcher(word).find()) return noun + "es";
        return IES.matcher(word).find() ? noun.substring(0, noun.length() - 1) + "ies" : noun + "s";
    }

    /** "a car", "an umbrella". */
    public static String a(String words) {
        return ("aeiou".indexOf(Character.toLowerCase(words.charAt(0))) >= 0 ? "an " : "a ") + words;
    }

    /** "a, b and c". */
    public static String and(List<String> parts) {
        int last = parts.size() - 1;
        return last == 0 ? parts.get(0) : String.join(", ", parts.subList(0, last)) + " and " + parts.get(last);
    }

    /** With a capital at its start and a full stop at its end. */
    public static String sentence(String words) {
        String text = words.strip();
        if (text.isEmpty()) return text;
        String end = ".!?".indexOf(text.charAt(text.length() - 1)) >= 0 ? "" : ".";
        return capital(text) + end;
    }

    /** With a capital at its start. */
    public static String capital(String words) {
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }
}
