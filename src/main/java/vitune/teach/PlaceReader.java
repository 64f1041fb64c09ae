package vitune.teach;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import vitune.teach.Claim.Side;
import vitune.teach.Claim.Where;
import vitune.teach.Things.Mention;
import vitune.teach.Things.Said;
import vitune.teach.Things.Sense;

/** Reads out of a statement which of two named things is left, right, above or below. */
final class PlaceReader {
    /** A way to say a side, and its sign. */
    private record Phrase(Pattern words, String sign) {
        Phrase(String words, String sign) {
            this(Pattern.compile("(?<![a-z~!@-])" + words + "(?![a-z-])"), sign);
        }
    }

    /** No way to say a side does without one of these; most sentences have none. */
    private static final Pattern SIDED = Pattern.compile(
            "left|right|above|below|over|under|beneath|top|bottom|upper|lower|higher|(?:further|farther) (?:up|down)");

    private static final List<Phrase> PHRASES = List.of(
            new Phrase(
                    "(?:on|to|at) ((?:the |an? |its )?(?:[a-z-]+ )?@\\d+) (?:immediate |far )?(left|right)(?:-hand)?(?: side)?"
                            + "(?! (?:of|next|behind|beside|in|on|by|above|below|to|near|side))",
                    "~$2 $1"),
            new Phrase(
                    "(?:(?:to|on|at|off to|towards?) (?:the |its )?(?:far |immediate |very )?)?(left"
                            + "|right)(?:[- ]hand)?(?: side)? (?:of|from)",
                    "~$1"),
            new Phrase(
                    "(?:further|farther|more|closer|nearer)(?: [a-z]+){0,2} (left|right)(?: [a-z]+){0,4}? than", "~$1"),
            new Phrase(
                    "(?:above|over|on top of|atop|(?:at an? |in an? )?(?:higher|further up|farther up|(?:nearer|closer to) the top)(?: [a-z]+){0,4}? than)",
                    "~above"),
            new Phrase(
                    "(?:below|beneath|under|underneath|(?:at an? |in an? )?(?:lower|further down|farther down|(?:nearer|closer to) the bottom)(?: [a-z]+){0,4}? than)",
                    "~below"),
            new Phrase("(?:in |on )?the (left|right) (?:half|part)(?: of the \\w+)?", "!$1"),
            new Phrase(
                    "(?:to|on|at) (?:its|their|his|her) (?:immediate )?(left|right)(?:[- ]hand)?(?: side)?", "~$1 it"),
            new Phrase("(?:to|on|at|off to) (?:the )?(?:far )?(left|right)(?:[- ]hand)?(?: side)?", "!$1"),
            new Phrase("(?:(?:on |at )?the )?(?:far )?(left|right)most", "!$1"),
            new Phrase("the (left|right) one", "!$1"),
            new Phrase("the (?:upper|top|higher) one", "!above"),
            new Phrase("the (?:lower|bottom) one", "!below"),
            new Phrase("(?:furthest|farthest) (?:to the )?(left|right)", "!$1"),
            new Phrase(
                    "(?:at|in|on|near|towards?) the (?:very )?(?:top|upper)(?: part| half| area| edge| end)?(?: of the \\w+)?|(?:up)?(?:top|upper)most",
                    "!above"),
            new Phrase(
                    "(?:at|in|on|near|towards?) the (?:very )?(?:bottom|lower)(?: part| half| area| edge| end)?(?: of the \\w+)?|(?:bottom|lower)most",
                    "!below"));

    /** Words that begin something new, so that what stands behind them has another place or none. */
    private static final String STOP =
            "(?!(?:and|or|but|while|whereas|with|near|of|from|behind|not|no|never|than|by|beside"
                    + "|next|for|as|toward|towards|into|the|an?|look\\w*|fac(?:es?|ing)|point\\w*|mov\\w+|turn\\w*|head\\w*) )";

    private static final String DET =
            "(?:the |an? |one |this |that |another |its |their )?(?:" + STOP + "[a-z-]+ ){0,2}";
    /** "is", "can be found", "sits quietly": what may stand between a thing and its side. */
    private static final String BE = "(?:, [a-z ]+ , )?(?:, )?(?:(?:in|on) (?:the|this) " + Phrasing.PICTURE + " |"
            + STOP + "[a-z-]+ ){0,6}?(?:, )?";

    private static final String FINDS = "(?:, )?(?:and (?=" + Phrasing.VIEWER + " |there ))?(?:" + Phrasing.VIEWER
            + " )?(?:" + STOP + "[a-z]+ ){0,5}?(?:by )?";
    private static final String SIDE = "~(left|right|above|below) ";
    private static final String ALONE = "[~!]?(left|right|above|below)(?! (?:of|it|" + DET + "@))(?![a-z])";
    private static final Pattern AFTER = Pattern.compile("@(\\d+) " + BE + SIDE + DET + "@(\\d+)");
    private static final Pattern FRONT = Pattern.compile(
            "(?:^|[.,;:] |(?<![a-z])and |while )(?:(?!(?:and|it|they|he|she|which|that|who|one|is|are) )[a-z]+ ){0,5}"
                    + SIDE + DET + "@(\\d+) " + FINDS + DET + "@(\\d+)");
    private static final Pattern BOTH = Pattern.compile(
            "@(\\d+) " + BE + "[~!](left|right|above|below)(?! " + DET + "@) (?:[,;] )?(?:(?:and|while|whereas|but) )?"
                    + DET + "@(\\d+) " + BE + "[~!](left|right|above|below)(?! " + DET + "@)");
    private static final Pattern SIDES = Pattern.compile("!(left|right|above|below) (?:, )?" + FINDS + DET
            + "@(\\d+) (?:[,;] )?(?:and |while |with )?!(left|right|above|below) (?:, )?" + FINDS + DET + "@(\\d+)");
    private static final Pattern ROW = Pattern.compile("(?:from (left !right|right !left|top to bottom|bottom to top)"
            + "|(?:start|begin)[a-z]* (?:from |at )?!?(left|right|above|below)) (?:[a-z ]+ )?(?:[,:] )?(?:" + STOP
            + "[a-z]+ )*?" + DET
            + "@(\\d+) (?:, )?(?:(?:and|then|next|followed by|comes|finally|by|come) )*" + DET + "@(\\d+)");
    private static final Pattern OWNED = Pattern.compile("@(\\d+) has " + DET + "@(\\d+) ~(left|right) it");
    /** "Seen from the bench, the dog is left". */
    private static final Pattern FROM =
            Pattern.compile("(?:from|relative to|compared (?:to|with)|with respect to|in relation to) " + DET
                    + "@(\\d+) , " + DET + "@(\\d+) " + BE + ALONE);
    /** "The bench is flanked on its left by the dog", "on its left the bench has a dog". */
    private static final Pattern FLANKED =
            Pattern.compile("@(\\d+) " + BE + "~(left|right) it (?:by|is|sits|stands) " + DET + "@(\\d+)" + "|^" + SIDE
                    + "it (?:, )?" + DET + "@(\\d+) (?:has|shows|faces|borders) " + DET + "@(\\d+)");

    /** "The dog and the cat are side by side, with the dog on the left". */
    private static final Pattern COUPLE = Pattern.compile("@(\\d+) (?:and|next to|beside) " + DET
            + "@(\\d+)[^@~!]*?@(\\d+) " + BE + "!(left|right|above|below)(?! " + DET + "@)(?! and)");

    /** "In the upper left corner of the picture". */
    private static final String PART_OF =
            "(?:to|on|at|in|towards?|near|along|occup[a-z]+|fills?) (?:the |its )?(?:far |very |extreme )?(top|upper|bottom|lower|left|right)"
                    + "(?:[ -](left|right))?(?:[ -]?hand)?(?: side| half| part| corner| edge| portion| area| section| end| third)? of (?:the|this) "
                    + Phrasing.PICTURE;

    /** "There is a dog, and it is left of": the one thing named so far. */
    private static final Pattern THEN_IT = Pattern.compile(
            "^([^@]*@(\\d+) [^@]*?(?:, |and |; |but |where |: ))it (?=(?:is|lies|sits|stands|appears|can|rests|hangs) )");
    /** "Position of the dog relative to the cat: left". */
    private static final Pattern RELATIVE = Pattern.compile(
            "position of " + DET + "@(\\d+) (?:[a-z]+ )*?(?:to|from|of) " + DET + "@(\\d+) (?::|is) " + ALONE);

    private static final Pattern FORMER = Pattern.compile("^(.*@0 .*@1 .*)(?<![a-z])the former ");
    private static final Pattern LATTER = Pattern.compile("^(.*@0 .*@1 .*)(?<![a-z])the latter ");
    /** "It is", at the start. */
    private static final Pattern IT_FIRST = Pattern.compile("^((?:[a-z]+ ){0,2}(?:, )?)?it (?=" + STOP + "[a-z]+ )");
    /** "Left of the bench", and no more. */
    private static final Pattern SIDE_ONLY =
            Pattern.compile("^((?:[a-z]+ )?(?:, )?(?:[a-z]+ ){0,2}~[a-z]+ " + DET + "@0 (?:[.!] )?)$");
    /** "You see it left of". */
    private static final Pattern IT_SEEN = Pattern.compile("^((?:[a-z]+ )*" + Phrasing.LOOK + " )it (?=[a-z ]*~)");

    private static final Pattern SIDE_OF_IT = Pattern.compile("~(left|right|above|below) it(?![a-z])");
    /** "To its left, the bench has a dog": here "its" means what comes. */
    private static final Pattern ITS_OWNER =
            Pattern.compile("^~[a-z]+ it (?:, )?" + DET + "@\\d+ (?:has|shows|faces|borders) .*");

    private static final Pattern NUMBER = Pattern.compile("@(\\d+)");
    private static final Pattern FOLLOWS = Pattern.compile(" (?:, )?(?:is |are |you see |we see )?" + DET + "@\\d+.*");

    private static final Pattern OF_PICTURE =
            Pattern.compile("~(left|right|above|below) (?:the|this) " + Phrasing.PICTURE + "(?![a-z])");

    private static final Pattern IN_PART = Pattern.compile("@(\\d+) " + BE + PART_OF + "(?![a-z])");
    private static final Pattern PART_HAS =
            Pattern.compile("(?:^|[.;] )(?:and |also )?" + PART_OF + " (?:, )?" + FINDS + DET + "@(\\d+)");

    private PlaceReader() {}

    /**
     * What a sentence says.
     *
     * @param it what "it" speaks of where the sentence does not say: the one thing that was named before
     */
    static List<Claim> read(Said said, @Nullable Mention it) {
        if (said.mentions().isEmpty() || !SIDED.matcher(said.words()).find()) return List.of();
        var claims = new ArrayList<Claim>();
        var words = resolved(
                sides(said.words()) + " ", it == null ? -1 : said.mentions().size());
        for (int i = 1; i < said.mentions().size(); i++) {
            for (int j = 0; j < i; j++) {
                if (said.mentions().get(j).name().sense() != Sense.BROAD
                        && said.mentions()
                                .get(i)
                                .name()
                                .categories()
                                .equals(said.mentions().get(j).name().categories())
                        && words.contains(" the @" + i + " ")) words = words.replace("@" + i + " ", "@" + j + " ");
            }
        }
        claims(words).forEach(pair -> add(claims, said, it, pair));
        for (var m = IN_PART.matcher(said.words()); m.find(); ) part(claims, said, m.group(1), m.group(2), m.group(3));
        for (var m = PART_HAS.matcher(said.words()); m.find(); ) part(claims, said, m.group(3), m.group(1), m.group(2));
        return claims;
    }

    /** A thing, a side, and the thing from which it is seen: two numbers of mentions around a word. */
    private record Pair(String of, String side, String from) {}

    private static List<Pair> claims(String words) {
        var claims = new ArrayList<Pair>();
        for (var m = AFTER.matcher(words); m.find(); ) claims.add(new Pair(m.group(1), m.group(2), m.group(3)));
        for (var m = FRONT.matcher(words); m.find(); ) claims.add(new Pair(m.group(3), m.group(1), m.group(2)));
        for (var m = BOTH.matcher(words); m.find(); ) {
            if (opposite(m.group(2), m.group(4))) claims.add(new Pair(m.group(1), m.group(2), m.group(3)));
        }
        for (var m = SIDES.matcher(words); m.find(); ) {
            if (opposite(m.group(1), m.group(3))) claims.add(new Pair(m.group(2), m.group(1), m.group(4)));
        }
        for (var m = ROW.matcher(words); m.find(); ) {
            var start = m.group(1) == null ? m.group(2) : m.group(1).split(" ")[0];
            claims.add(new Pair(m.group(3), start.replace("top", "above").replace("bottom", "below"), m.group(4)));
        }
        for (var m = OWNED.matcher(words); m.find(); ) claims.add(new Pair(m.group(2), m.group(3), m.group(1)));
        for (var m = RELATIVE.matcher(words); m.find(); ) claims.add(new Pair(m.group(1), m.group(3), m.group(2)));
        for (var m = COUPLE.matcher(words); m.find(); ) {
            var of = m.group(3);
            if (of.equals(m.group(1)) || of.equals(m.group(2)))
                claims.add(new Pair(of, m.group(4), of.equals(m.group(1)) ? m.group(2) : m.group(1)));
        }
        for (var m = FROM.matcher(words); m.find(); ) claims.add(new Pair(m.group(2), m.group(3), m.group(1)));
        for (var m = FLANKED.matcher(words); m.find(); ) {
            boolean by = m.group(1) != null;
            claims.add(
                    by ? new Pair(m.group(3), m.group(2), m.group(1)) : new Pair(m.group(6), m.group(4), m.group(5)));
        }
        return claims;
    }

    /** Words in which every way to say a side is one sign: ~left before what it is left of, !left alone. */
    static String sides(String words) {
        if (!SIDED.matcher(words).find()) return words;
        var signed = words;
        for (var phrase : PHRASES) signed = phrase.words.matcher(signed).replaceAll(phrase.sign);
        return OF_PICTURE.matcher(signed).replaceAll("!$1");
    }

    /** The sentence with "it" replaced by what it means, where that is clear. */
    private static String resolved(String words, int subject) {
        var text = FORMER.matcher(words).replaceFirst("$1@0 ");
        text = LATTER.matcher(text).replaceFirst("$1@1 ");
        if (subject >= 0) text = IT_FIRST.matcher(text).replaceFirst("$1@" + subject + " ");
        if (subject == 1 && !text.contains("@1")) text = SIDE_ONLY.matcher(text).replaceFirst("@1 $1");
        if (subject >= 0) text = IT_SEEN.matcher(text).replaceFirst("$1@" + subject + " ");
        text = THEN_IT.matcher(text).replaceFirst("$1@$2 ");
        var object = SIDE_OF_IT.matcher(text);
        if (!object.find() || ITS_OWNER.matcher(text).matches()) return text;
        var before = NUMBER.matcher(text.substring(0, object.start()))
                .results()
                .map(r -> r.group(1))
                .distinct()
                .toList();
        boolean follows = FOLLOWS.matcher(text.substring(object.end())).matches();
        int candidates = before.size() - (follows ? 0 : 1);
        var meant = candidates == 1 ? before.get(0) : candidates == 0 && subject >= 0 ? "" + subject : null;
        return meant == null
                ? text
                : text.substring(0, object.start()) + "~" + object.group(1) + " @" + meant
                        + text.substring(object.end());
    }

    private static void part(List<Claim> claims, Said said, String number, @Nullable String... parts) {
        int i = Integer.parseInt(number);
        if (Phrasing.of(said, i).thought() || Phrasing.of(said, i).negated()) return;
        for (var part : parts) {
            if (part == null) continue;
            var side = part.matches("top|upper") ? Side.ABOVE : part.matches("bottom|lower") ? Side.BELOW : side(part);
            claims.add(new Claim.Part(said.mentions().get(i).name(), side));
        }
    }

    private static boolean opposite(String side, String other) {
        return side(side).opposite() == side(other);
    }

    static Side side(String word) {
        return Side.valueOf(word.toUpperCase(Locale.ROOT));
    }

    private static void add(List<Claim> claims, Said said, @Nullable Mention it, Pair pair) {
        int a = Integer.parseInt(pair.of),
                b = Integer.parseInt(pair.from),
                own = said.mentions().size();
        for (int i : new int[] {a, b}) {
            if (i < own
                    && (Phrasing.of(said, i).thought() || Phrasing.of(said, i).negated())) return;
        }
        var mentions = new ArrayList<>(said.mentions());
        if (it != null) mentions.add(it);
        if (a != b) {
            claims.add(new Where(
                    mentions.get(a).name(), side(pair.side), mentions.get(b).name(), true));
        }
    }
}
