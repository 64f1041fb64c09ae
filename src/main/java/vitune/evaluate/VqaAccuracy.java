package vitune.evaluate;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import vitune.data.TextResource;

/**
 * The soft accuracy of VQA v2 and TextVQA, 0..1: an answer is worth min(1, m/3), where m people of those asked gave it,
 * as the mean over leaving out each of them in turn. Of ten people, 1, 2, 3 and 4 make it 0.3, 0.6, 0.9 and 1. By kind
 * (answer type) and overall.
 *
 * <p>Source: Antol et al. 2015 (arXiv:1505.00468) and the evaluation published with VQA v2, with its quirks: answers
 * that all agree are compared letter by letter, without any cleaning; at most 32 full stops of an answer go; one comma
 * between digits decides that all punctuation of the answer goes, instead of becoming a space.
 *
 * @param form whose evaluation it equals
 */
public record VqaAccuracy(Form form) implements Metric {
    private static final String PUNCTUATION = ";/[]\"{}()=+\\_-><@`,?!";
    private static final Pattern COMMA_IN_NUMBER = Pattern.compile("\\p{Nd},\\p{Nd}");
    private static final Pattern FULL_STOP = Pattern.compile("\\.(?!\\p{Nd})");
    private static final int MOST_FULL_STOPS = 32;
    private static final Set<String> ARTICLES = Set.of("a", "an", "the");
    private static final List<String> NUMBERS =
            List.of("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten");
    private static final Map<String, String> CONTRACTIONS = contractions();

    /** Whose evaluation. */
    public enum Form {
        /** The one published with VQA v2. */
        OFFICIAL,
        /** The same, but the reply is cleaned first as for TextVQA. Source: how LLaVA-1.5 submits its answers. */
        CLEANED_FIRST,
        /**
         * TextVQA's, as LLaVA-1.5 and M4C have it: all answers are cleaned, also where they agree, and before it commas
         * and question marks go and "'s" becomes a word of its own.
         */
        TEXT_VQA
    }

    @Override
    public String name() {
        return form == Form.TEXT_VQA ? "TextVQA" : "VQA v2";
    }

    @Override
    public int maxTokens() {
        return 10;
    }

    @Override
    public Marks score(List<Prediction> predictions) {
        return new Marks(
                name(),
                Marks.means(
                        "accuracy",
                        predictions,
                        p -> worth(p.reply(), p.question().answers())));
    }

    /** What a reply is worth, 0..1, beside the answers of several people. */
    public double worth(String reply, List<String> answers) {
        if (form == Form.TEXT_VQA) {
            return worthAsIs(
                    tokenised(reply),
                    answers.stream().map(VqaAccuracy::tokenised).toList());
        }
        String said = plain(form == Form.CLEANED_FIRST ? tokenised(reply) : reply);
        List<String> given = answers.stream().map(VqaAccuracy::plain).toList();
        return new HashSet<>(given).size() == 1
                ? worthAsIs(said, given)
                : worthAsIs(
                        cleaned(said), given.stream().map(VqaAccuracy::cleaned).toList());
    }

    private static double worthAsIs(String reply, List<String> answers) {
        int same = (int) answers.stream().filter(reply::equals).count();
        double withoutSame = Math.min(1, (same - 1) / 3.0); // of those who gave it, one is left out
        double withoutOther = Math.min(1, same / 3.0);
        return (same == 0 ? 0 : same * withoutSame + (answers.size() - same) * withoutOther) / answers.size();
    }

    private static String plain(String text) {
        return WhiteSpace.strip(text.replace('\n', ' ').replace('\t', ' '));
    }

    /** An answer as the official evaluation compares it: punctuation, then articles, number words and contractions. */
    public static String cleaned(String text) {
        String out = text;
        boolean inNumber = COMMA_IN_NUMBER.matcher(text).find();
        for (char sign : PUNCTUATION.toCharArray()) {
            boolean atEdge = text.contains(sign + " ") || text.contains(" " + sign);
            out = out.replace("" + sign, atEdge || inNumber ? "" : " ");
        }
        return WhiteSpace.words(withoutFullStops(out).toLowerCase(Locale.ROOT)).stream()
                .map(VqaAccuracy::digit)
                .filter(word -> !ARTICLES.contains(word))
                .map(word -> CONTRACTIONS.getOrDefault(word, word))
                .collect(Collectors.joining(" "));
    }

    /** An answer as TextVQA's evaluation compares it. */
    public static String tokenised(String text) {
        String split =
                text.toLowerCase(Locale.ROOT).replace(",", "").replace("?", "").replace("'s", " 's");
        return cleaned(plain(WhiteSpace.strip(split)));
    }

    private static String withoutFullStops(String text) {
        Matcher stop = FULL_STOP.matcher(text);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < MOST_FULL_STOPS && stop.find(); i++) {
            stop.appendReplacement(out, "");
        }
        return stop.appendTail(out).toString();
    }

    private static String digit(String word) {
        int number = word.equals("none") ? 0 : NUMBERS.indexOf(word);
        return number < 0 ? word : "" + number;
    }

    private static Map<String, String> contractions() {
        return TextResource.lines(VqaAccuracy.class, "contractions.txt").stream()
                .map(line -> line.split(" "))
                .collect(Collectors.toUnmodifiableMap(pair -> pair[0], pair -> pair[1]));
    }
}
