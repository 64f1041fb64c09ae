package vitune.teach;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import vitune.data.English;

/** Reads out of captions what they say for certain: colours, numbers, the weather. */
final class CaptionReader {
    static final List<String> COLOURS =
            List.of("red orange yellow green blue purple black white brown gray grey pink".split(" "));
    private static final String ANY = String.join("|", COLOURS);
    private static final String COLOUR = "(?<colour>" + ANY + ")";
    private static final String NUMBERS = "an?|" + NumberWords.upTo(10);
    private static final String NUMBER = "(?<number>" + NUMBERS + ")";
    /** A word that may stand between number and thing: "two small cars". */
    private static final String WORD = "(?!(?:and|or|is|are|of|the|" + NUMBERS + ")\\b)[a-z-]+";

    private static final Map<String, Pattern> WEATHER = Map.of(
            "sunny", Pattern.compile("\\b(?:sunny|sunshine)\\b"),
            "rainy", Pattern.compile("\\b(?:rain|rainy|raining)\\b"),
            "snowy", Pattern.compile("\\b(?:snow|snowy|snowing)\\b"),
            "night", Pattern.compile("\\bnight\\b"));

    /** How a thing is spoken of: "two small red cars", "the cars are red". */
    private record Patterns(Pattern named, Pattern before, Pattern after) {}

    private final Map<String, Patterns> patterns = new ConcurrentHashMap<>();

    /**
     * What one mention of a thing tells.
     *
     * @param number what it says of how many, 0 where nothing
     * @param all whether it speaks of all of them: "the cars are red"
     */
    private record Telling(@Nullable String colour, int number, boolean plural, boolean all) {}

    /** The colour that all of these things have, where the captions leave no doubt. */
    @Nullable
    String colour(List<String> captions, String thing, int count) {
        var coloured =
                mentions(captions, thing).stream().filter(m -> m.colour != null).toList();
        var colours = coloured.stream().map(Telling::colour).distinct().toList();
        if (colours.size() != 1) return null;
        boolean clash = coloured.stream()
                .anyMatch(m -> m.number > 0 && m.number != count || m.number == 0 && !m.plural && count > 1);
        boolean certain = coloured.stream().anyMatch(m -> m.number == count || count == 1 && !m.plural || m.all);
        return certain && !clash ? colours.get(0) : null;
    }

    /**
     * How many of these things the captions tell of; empty where they tell of none, 0 where they do not say how many.
     */
    Optional<Integer> count(List<String> captions, String thing) {
        var mentions = mentions(captions, thing);
        if (mentions.isEmpty()) return Optional.empty();
        var numbers = mentions.stream()
                .filter(m -> m.number > 0)
                .map(Telling::number)
                .distinct()
                .toList();
        return Optional.of(numbers.size() == 1 ? numbers.get(0) : 0);
    }

    boolean mention(List<String> captions, String thing) {
        var named = patterns(thing).named;
        return captions.stream().anyMatch(caption -> named.matcher(caption).find());
    }

    /** The weather, where the captions know but one. */
    static @Nullable String weather(List<String> captions) {
        var known = WEATHER.entrySet().stream()
                .filter(w ->
                        captions.stream().anyMatch(c -> w.getValue().matcher(c).find()))
                .map(Map.Entry::getKey)
                .toList();
        return known.size() == 1 ? known.get(0) : null;
    }

    private List<Telling> mentions(List<String> captions, String thing) {
        var patterns = patterns(thing);
        var mentions = new ArrayList<Telling>();
        for (var caption : captions) {
            if (!patterns.named.matcher(caption).find()) continue;
            for (var before = patterns.before.matcher(caption); before.find(); ) {
                mentions.add(new Telling(
                        before.group("colour"), number(before.group("number")), before.group("plural") != null, false));
            }
            for (var after = patterns.after.matcher(caption); after.find(); ) {
                boolean all = after.group("are") != null;
                mentions.add(new Telling(after.group("colour"), number(after.group("number")), all, all));
            }
        }
        return mentions;
    }

    private static int number(@Nullable String word) {
        if (word == null) return 0;
        return word.startsWith("a") ? 1 : NumberWords.value(word);
    }

    private Patterns patterns(String thing) {
        return patterns.computeIfAbsent(thing, t -> {
            var plural = English.plural(t);
            var noun = plural.equals(t)
                    ? "(?:(?<plural>(?!))|" + Pattern.quote(t) + ")"
                    : "(?:(?<plural>" + Pattern.quote(plural) + ")|" + Pattern.quote(t) + ")";
            // "red and blue cars" says too much for a rule: a colour behind "and", "or" or a comma is left alone
            var before = "\\b(?:" + NUMBER + "\\s+)?(?:" + WORD + "\\s+){0,2}?(?:(?<!and\\s|or\\s)" + COLOUR + "\\s+)?"
                    + noun + "\\b";
            var after = "\\b(?:" + NUMBER + "\\s+)?" + noun + "\\s+(?:is|(?<are>are))\\s+" + COLOUR
                    + "\\b(?!\\s+(?:and|or)\\s+(?:" + ANY + ")\\b)";
            return new Patterns(Pattern.compile("\\b" + noun + "\\b"), Pattern.compile(before), Pattern.compile(after));
        });
    }
}
