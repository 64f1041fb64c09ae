package vitune.data;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The noun phrases of English captions, by word lists and a few rules: "A man riding a red bike" holds "man" and "red
 * bike".
 *
 * <p><i>Differs:</i> paper appendix E takes spaCy's noun chunks. Here articles and other determiners are no part of a
 * phrase ("a dog" and "the dog" are one), pronouns are none, and no tagger is asked: a verb that stands in no list
 * stays in the phrase before it. Such accidents are rare phrases, and {@link CaptionFilter} passes over those.
 */
final class NounPhrases {
    private static final Pattern TOKEN = Pattern.compile("[\\p{L}\\p{N}]+(?:['\u2019-][\\p{L}\\p{N}]+)*|[^\\s]");

    private final Set<String> determiners = new HashSet<>();
    private final Set<String> ends = new HashSet<>();
    private final Set<String> adjectives = new HashSet<>();
    private final Set<String> nouns = new HashSet<>();

    NounPhrases() {
        TextResource.lines(NounPhrases.class, "phrases.txt").forEach(this::learn);
    }

    private void learn(String line) {
        String[] parts = line.split(":", 2);
        Set<String> list = switch (parts[0]) {
            case "determiners" -> determiners;
            case "ends" -> ends;
            case "adjectives" -> adjectives;
            case "nouns" -> nouns;
            default -> throw new IllegalStateException("phrases.txt has no list of " + parts[0]);
        };
        list.addAll(List.of(parts[1].strip().split("\\s+")));
    }

    /** The phrases of a caption in their order, in lower case; a phrase that comes twice is listed twice. */
    List<String> of(String caption) {
        List<String> phrases = new ArrayList<>();
        List<String> phrase = new ArrayList<>();
        boolean opened = false;
        Matcher token = TOKEN.matcher(caption.toLowerCase(Locale.ROOT));
        while (token.find()) {
            String word = token.group();
            boolean determiner = determiners.contains(word);
            boolean inside = opened && adjectives.containsAll(phrase); // "a [little] sleeping dog"
            if (determiner || ends.contains(word) || !Character.isLetterOrDigit(word.charAt(0)) || verb(word, inside)) {
                flush(phrase, phrases);
                opened = determiner;
            } else {
                phrase.add(word);
            }
        }
        flush(phrase, phrases);
        return phrases;
    }

    /** Whether a word is a participle or an adverb, which only between article and noun is part of a phrase. */
    private boolean verb(String word, boolean inside) {
        boolean form = word.length() > 4 && (word.endsWith("ing") || word.endsWith("ed"));
        boolean adverb = word.length() > 4 && word.endsWith("ly");
        return (form && !inside || adverb) && !nouns.contains(word);
    }

    private void flush(List<String> phrase, List<String> phrases) {
        if (!adjectives.containsAll(phrase)) {
            phrases.add(String.join(" ", phrase));
        }
        phrase.clear();
    }
}
