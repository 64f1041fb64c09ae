package vitune.teach;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The little grammar that the built-in teacher needs. */
final class English {
    private static final Map<String, String> IRREGULAR = Map.of(
            "fish",
            "fish",
            "sheep",
            "sheep",
            "scissors",
            "scissors",
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
            "knives",
            "skis",
            "skis");

    private static final Pattern ES = Pattern.compile("(?:s|x|z|ch|sh)$"), IES = Pattern.compile("[^aeiou]y$");

    private English() {}

    /** More than one of a noun; of several words, the last one changes. */
    static String plural(String noun) {
        int space = noun.lastIndexOf(' ') + 1;
        var word = noun.substring(space);
        var plural = IRREGULAR.get(word);
        if (plural == null) {
            if (ES.matcher(word).find()) plural = word + "es";
            else if (IES.matcher(word).find()) plural = word.substring(0, word.length() - 1) + "ies";
            else plural = word + "s";
        }
        return noun.substring(0, space) + plural;
    }

    /** "a car", "an umbrella". */
    static String a(String words) {
        return ("aeiou".indexOf(words.charAt(0)) >= 0 ? "an " : "a ") + words;
    }

    /** "a red car", "two red cars", "many red cars". */
    static String some(int count, String adjective, String noun) {
        var words = adjective.isEmpty() ? "" : adjective + " ";
        return count == 1 ? a(words + noun) : NumberWords.of(count) + " " + words + plural(noun);
    }

    /** "a, b and c". */
    static String and(List<String> parts) {
        int last = parts.size() - 1;
        return last == 0 ? parts.get(0) : String.join(", ", parts.subList(0, last)) + " and " + parts.get(last);
    }

    /** With a capital at its start and a full stop at its end. */
    static String sentence(String words) {
        var text = words.strip();
        if (text.isEmpty()) return text;
        var end = ".!?".indexOf(text.charAt(text.length() - 1)) >= 0 ? "" : ".";
        return capital(text) + end;
    }

    static String capital(String words) {
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }
}
