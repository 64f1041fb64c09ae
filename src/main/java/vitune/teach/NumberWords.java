package vitune.teach;

import java.util.List;
import vitune.data.English;

/** Numbers as they are said, from zero to twelve, and nouns that stand for one. */
final class NumberWords {
    private static final List<String> WORDS = List.of(
            "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve");

    /** From one to twelve, for patterns: "one|two|...". */
    static final String ALL = upTo(12);
    /** Nouns that stand for a number, with "of" or without, for patterns. */
    static final String GROUPS = "pair|couple|duo|trio|threesome|quartet|foursome|handful|half dozen|dozen";
    /** The largest number that is written out; of more there are "many". */
    private static final int LARGEST = 10;

    private NumberWords() {}

    /** From one to this number, for patterns. */
    static String upTo(int last) {
        return String.join("|", WORDS.subList(1, last + 1));
    }

    /** "none", "one" to "ten", "many". */
    static String of(int count) {
        if (count == 0) return "none";
        return count > LARGEST ? "many" : WORDS.get(count);
    }

    /** "a red car", "two red cars", "many red cars". */
    static String some(int count, String adjective, String noun) {
        var words = adjective.isEmpty() ? "" : adjective + " ";
        return count == 1 ? English.a(words + noun) : of(count) + " " + words + English.plural(noun);
    }

    /** The value of "two", "2", "none", "a single" or "a pair"; -1 where it is no number. */
    static int value(String word) {
        if (word.matches("\\d{1,2}")) return Integer.parseInt(word);
        int group = group(word.replaceFirst("^an? ", ""));
        if (group > 0) return group;
        if (word.equals("a single")) return 1;
        return word.equals("none") ? 0 : WORDS.indexOf(word);
    }

    /** The least number that such words mean, at least 1: "a pair of", "half a dozen", "several", "the only". */
    static int least(String words) {
        int group = group(words.replaceFirst("^(?:an?|one) | of$", "").replaceFirst(" of$", ""));
        if (group > 0) return group;
        if (words.startsWith("half")) return 6;
        return words.matches("both|several|many|multiple|numerous") ? 2 : Math.max(1, value(words));
    }

    private static int group(String noun) {
        return switch (noun) {
            case "pair", "couple", "duo" -> 2;
            case "trio", "threesome", "handful" -> 3;
            case "quartet", "foursome" -> 4;
            case "half dozen" -> 6;
            case "dozen" -> 12;
            default -> -1;
        };
    }
}
