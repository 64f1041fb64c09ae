package vitune.evaluate;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Normalised exact match: case, punctuation, articles and surplus spaces do not matter, and a digit equals its word.
 *
 * <p>Source: the answer normalisation of VQA (Antol et al. 2015) and SQuAD (Rajpurkar et al. 2016).
 *
 * <p><i>Differs:</i> no table of contractions and no vote of ten annotators: the answers here have one right form.
 */
final class ExactMatch {
    private static final Set<String> ARTICLES = Set.of("a", "an", "the");
    private static final List<String> NUMBERS = List.of(
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty");

    private ExactMatch() {}

    /** Whether both texts are the same answer. An empty reply matches nothing. */
    static boolean matches(String reply, String answer) {
        String said = normalise(reply);
        return !said.isEmpty() && said.equals(normalise(answer));
    }

    /** The text as it is compared, for example {@code "The 2 dogs."} becomes {@code "two dogs"}. */
    static String normalise(String text) {
        String plain = Normalizer.normalize(text, Normalizer.Form.NFKC)
                .toLowerCase(Locale.ROOT)
                .replaceAll("['\u2019]", "") // don't = dont
                .replaceAll("(?<=\\d),(?=\\d{3}\\b)", "") // 1,000 = 1000
                .replaceAll("(?<=\\d)[.,](?=\\d)", "\u0000") // 1.5 is one number, not 1 and 5
                .replaceAll("[^\\p{L}\\p{N}\\p{M}\u0000]+", " ")
                .replace('\u0000', '.')
                .strip();
        return Stream.of(plain.split(" "))
                .filter(word -> !ARTICLES.contains(word))
                .map(ExactMatch::spelt)
                .collect(Collectors.joining(" "));
    }

    private static String spelt(String word) {
        return word.matches("\\d{1,2}") && Integer.parseInt(word) < NUMBERS.size()
                ? NUMBERS.get(Integer.parseInt(word))
                : word;
    }
}
