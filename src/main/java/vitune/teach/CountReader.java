package vitune.teach;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import vitune.data.English;
import vitune.teach.Claim.Count;
import vitune.teach.Things.Mention;
import vitune.teach.Things.Name;
import vitune.teach.Things.Said;
import vitune.teach.Things.Sense;

/**
 * Reads out of a statement how many there are of something. "Two dogs run" leaves room for a third; "there are two
 * dogs" does not.
 */
final class CountReader {
    private static final String NUMBER = "(?:" + NumberWords.ALL + "|\\d{1,2})";
    private static final String PICTURE = Phrasing.PICTURE;

    private static final Pattern BEFORE = Pattern.compile(
            "(?<lead>(?:(?:no more than|only|just|merely|exactly|precisely|altogether|all|the|these|those|at least|as many as"
                    + "|more than|over|about|around|nearly|almost|up to|at most|another|other"
                    + "|a total of|total of) )*)(?<![a-z0-9@])(?<number>"
                    + "both|(?:an? |one |half an? )?(?:" + NumberWords.GROUPS
                    + ")(?: of(?! (?:the|these|those) ))?"
                    + "|an? (?:single|lone|solitary|sole)|(?:one|only) (?:single|solitary|lone)|the (?:only|sole|lone)|"
                    + NUMBER
                    + "|several|many|multiple|numerous)(?<of> (?:of )?(?:the|these|those|them))?"
                    + "(?<words>(?: (?!(?:have|has|shows?|pictures|images|photos|contain|and|or|of"
                    + "|the|in|on|to|with|is|are|at|by|from|for|as|than|can|could|will|would|do|did|" + Phrasing.LOOK
                    + "|zero|" + NumberWords.ALL + ") )[a-z-]+){0,3}) $");
    private static final Pattern THERE = Pattern.compile("(?:(?<![a-z])(?:there|here) (?:[a-z]+ly )?(?:is|are|was|were"
            + "|(?:happen|appear|seem)s? to be|exists?)|(?:is|are) there|" + PICTURE
            + " (?:also |clearly )?" + Phrasing.SHOW + "|" + Phrasing.VIEWER + " (?:can |will |could |would )?"
            + "(?:also |clearly )?(?:" + Phrasing.LOOK + "s?|have)|" + PICTURE
            + " of|^(?: ?@\\d+| [a-z]+)(?: [a-z]+)* [a-z]+ed) ");
    private static final Pattern THERE_ONE = Pattern.compile("(?<![a-z])there is (?:one|1) $");
    private static final Pattern IN_ALL =
            Pattern.compile("(?<![a-z])(?:in all|in total|altogether|all in all)(?![a-z])");
    private static final Pattern GROUP =
            Pattern.compile("^(?:.* )?an? (?:group|set|bunch|row|line|collection|herd|flock|total) of $");
    private static final Pattern PLACED =
            Pattern.compile("(?<![a-z])(?:left|right|front|foreground|background|corner|side|near|next"
                    + "|beside|behind|under|above|below|beneath|at|by|on|with|that|which|who|[a-z]+ing|of the(?! "
                    + PICTURE + "))(?![a-z])");
    /** Said before the number, these tell of one place only. */
    private static final Pattern PLACED_BEFORE =
            Pattern.compile("(?<![a-z])(?:left|right|front|foreground|background|corner"
                    + "|side|near|next|beside|behind|under|above|below|beneath|on)(?![a-z])");
    /** Said right behind the thing, these pick some of several. */
    private static final Pattern PLACED_AT_ONCE = Pattern.compile(
            "^ (?:on|in|at|near|next|to|with|behind|beside|under|above|below|that|which|who|[a-z]+ing)(?![a-z])");

    private static final Pattern FILL = Pattern.compile(
            "^ (?:make up|makes up|(?:fill|dominate|crowd|populate|occup(?:y|ie)|share|exist|complete|compose|appear)s?|are (?:[a-z]+ed|set|spread) (?:out )?(?:over|across|in|throughout|within|around) (?:the|this) "
                    + PICTURE + ")(?![a-z])");
    private static final Pattern ROUGHLY =
            Pattern.compile("(?:about|around|nearly|almost|up to|at most|another|other) $");
    /** Ways to say a number behind the thing. */
    private static final Pattern IN_NUMBER = Pattern.compile("^ (?:(?:[a-z]+ )*?(?:are|is) (" + NUMBER
            + ") in (?:number|total|all)|(?:[a-z]+ )*?(?:total|number|add up to|sum up to|amount to|come to|(?:and|i|we) (?:got|get|arrive at|come up with)) ("
            + NUMBER
            + ")|(\\d{1,2})(?= (?:[.,;]|and )|$)|(?:[,:] )?(?:(?:there are|" + Phrasing.VIEWER + " (?:can )?"
            + Phrasing.LOOK + ") )?(" + NUMBER
            + ") (?:of (?:them|these)|in (?:all|total)|altogether)|[,:] (?:(?:there are|" + Phrasing.VIEWER
            + " (?:can )?"
            + Phrasing.LOOK + ") )?(" + NUMBER + ")(?= ?(?:[.,;]|$)))");

    private static final Pattern NUMBER_OF =
            Pattern.compile("(?:number|count|total|amount|quantity|tally) of (?:the |visible )*$");
    private static final Pattern IS_NUMBER = Pattern.compile(
            "^ (?:(?:[a-z]+ )*?(?:is|was|:|equals|comes to|amounts to|stands at|adds up to) )?(?:exactly )?(" + NUMBER
                    + ")(?![a-z0-9])");
    private static final Pattern PLAIN =
            Pattern.compile(" (?:different|separate|identical|similar|individual|visible|distinct|clearly)*");
    private static final Pattern MORE =
            Pattern.compile("(?<![a-z])(?:another|others?|more|additional|second|third|rest of the"
                    + "|remaining) (?:[a-z-]+ ){0,2}@(\\d+)");
    private static final Pattern OF_THEM = Pattern.compile(
            "(?:there are|i count|we count|i see" + "|we see) (?<number>" + NUMBER + ")(?: of them)? [.!,]");

    private static final Pattern ANSWER = Pattern.compile(
            "(?<![a-z0-9])(?<hedge>(?:about|around|over|nearly|almost" + "|at least|more than|up to) )?(" + NUMBER
                    + "|zero|none|an? (?:single|couple|pair|duo|trio|dozen))(?![a-z0-9])");

    private static final Pattern RANGE = Pattern.compile("(?<![a-z])(?:" + NUMBER + ") (?:or|to) $");
    private static final Pattern OF_THINGS = Pattern.compile("(?<![a-z0-9@])(" + NUMBER
            + ") of (?:the|these|those) (?:things|objects|items)[a-z ]* (?:is|are) (?:an? )?$");

    private static final Pattern AS_FOR =
            Pattern.compile("^(?:as for|regarding|concerning) (?:the )?@0 , (?:there are|i (?:see|count)|we see) ("
                    + NUMBER + ")(?: of them)?(?: [.,!]|$)");

    private CountReader() {}

    /**
     * What a sentence says.
     *
     * @param near the sentences around it: where one tells of more, a number is not the whole
     * @param last the sentence before it, for "there are two of them"
     */
    static List<Claim> read(Said said, List<Said> near, @Nullable Said last) {
        var claims = new ArrayList<Claim>();
        for (int i = 0; i < said.mentions().size(); i++) {
            var phrasing = Phrasing.of(said, i);
            if (phrasing.thought() || phrasing.negated()) continue;
            claim(said.mentions().get(i), phrasing, said.words(), near).ifPresent(claims::add);
        }
        var asFor = AS_FOR.matcher(said.words());
        if (asFor.find()) exact(said.mentions().get(0).name(), asFor.group(1)).ifPresent(claims::add);
        var them = OF_THEM.matcher(said.words() + " .");
        if (said.mentions().isEmpty() && last != null && last.mentions().size() == 1 && them.find()) {
            var mention = last.mentions().get(0);
            exact(mention.name(), them.group("number")).ifPresent(claims::add);
        }
        return claims;
    }

    private static Optional<Claim> claim(Mention mention, Phrasing phrasing, String sentence, List<Said> near) {
        var name = mention.name();
        var behind = IN_NUMBER.matcher(phrasing.after());
        if (behind.find()) {
            for (int i = 1; i <= behind.groupCount(); i++) {
                if (behind.group(i) != null) return exact(name, behind.group(i));
            }
        }
        var equal = IS_NUMBER.matcher(phrasing.after());
        if (NUMBER_OF.matcher(phrasing.before()).find() && equal.find()) return exact(name, equal.group(1));
        var them = OF_THINGS.matcher(phrasing.before());
        if (them.find()) return exact(name, them.group(1));
        var m = BEFORE.matcher(phrasing.before());
        if (!m.find()
                || RANGE.matcher(phrasing.before().substring(0, m.start())).find()
                || name.sense() == Sense.BROAD
                || name.text().equals("pair of scissors")) return Optional.empty();
        String lead = m.group("lead"), word = m.group("number");
        if (ROUGHLY.matcher(lead).find()
                || word.equals("both") && phrasing.after().startsWith(" and ")) {
            return Optional.empty();
        }
        int number = NumberWords.least(word);
        if (lead.endsWith("no more than "))
            return Optional.of(new Count(name, 0, number, "no more than " + word + " " + name));
        var said = word + " " + (number == 1 ? name : English.plural(name.text()));
        if (lead.contains("more than") || lead.contains("over")) {
            return Optional.of(new Count(name, number + 1, Count.NO_LIMIT, "more than " + said));
        }
        boolean all = !lead.contains("at least")
                && !word.matches("several|many|multiple|numerous|.*handful of")
                && name.sense() == Sense.SAME
                && whole(m, phrasing, sentence)
                && (strong(m) || !more(name, near));
        if (all) return Optional.of(new Count(name, number, word.contains("couple") ? 3 : number, said));
        return number == 1 ? Optional.empty() : Optional.of(new Count(name, number, Count.NO_LIMIT, said));
    }

    /** "only two dogs", "a total of two dogs". */
    private static boolean strong(Matcher number) {
        return number.group("number").matches("(?:an?|the|one|only) [a-z]+(?<!pair|couple|duo|trio|quartet|dozen)")
                || number.group("lead").matches(".*(?:only|just|merely|exactly|precisely|total of) ");
    }

    /** Whether the number is that of all such things in the picture, not of those in one place or of one colour. */
    private static boolean whole(Matcher number, Phrasing phrasing, String sentence) {
        boolean both = number.group("number").equals("both");
        var words = number.group("words");
        if (number.group("of") != null && !both
                || !words.isEmpty() && !PLAIN.matcher(words).matches()) return false;
        if (both || number.group("lead").matches(".*(?:all|the) ")) {
            return phrasing.unrestricted()
                    || !PLACED_AT_ONCE.matcher(phrasing.after()).find();
        }
        var behind = phrasing.after().split(" [.,;:!] ", 2)[0];
        boolean placed = PLACED.matcher(behind).find() && !phrasing.unrestricted();
        if (strong(number) || phrasing.after().startsWith(" only")) return !placed;
        if (NumberWords.least(number.group("number")) == 1) {
            return phrasing.unrestricted()
                    && THERE_ONE.matcher(phrasing.before()).find();
        }
        if (IN_ALL.matcher(sentence).find()) return true;
        var lead = phrasing.before().substring(0, number.start());
        if (PLACED_BEFORE.matcher(lead).find()) return false;
        boolean said = THERE.matcher(lead + " ").find() || GROUP.matcher(lead).find();
        return phrasing.unrestricted()
                || !placed && (said || FILL.matcher(phrasing.after()).find());
    }

    private static boolean more(Name name, List<Said> near) {
        for (var said : near) {
            for (var m = MORE.matcher(said.words()); m.find(); ) {
                if (said.mentions()
                        .get(Integer.parseInt(m.group(1)))
                        .name()
                        .categories()
                        .equals(name.categories())) return true;
            }
        }
        return false;
    }

    /** So many, no more and no less. */
    static Optional<Claim> exact(Name name, String word) {
        int number = NumberWords.value(word);
        if (number < 0 || name.sense() == Sense.BROAD) return Optional.empty();
        int high = name.sense() == Sense.KIND ? Count.NO_LIMIT : number;
        return Optional.of(
                new Count(name, number, high, word + " " + (number == 1 ? name : English.plural(name.text()))));
    }

    /** Whether words before a thing leave all of its kind in view: "different", "separate". */
    static boolean plain(@Nullable String words) {
        return words == null || PLAIN.matcher(" " + words.strip()).matches();
    }

    /** The number in the words of an answer to "how many"; empty where there is none, or more than one. */
    static Optional<String> answer(String words) {
        var m = ANSWER.matcher(words);
        if (!m.find() || m.group("hedge") != null) return Optional.empty();
        var word = m.group(2);
        return m.find() ? Optional.empty() : Optional.of(word);
    }
}
