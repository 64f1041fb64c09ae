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

/** Reads out of a statement which of two named things is left, right, above or below. */
final class PlaceReader {
    /** A way to say a side, and its sign. */
    private record Phrase(Pattern words, String sign) {
        Phrase(String words, String sign) {
            this(Pattern.compile("(?<![a-z~!@-])" + words + "(?![a-z-])"), sign);
        }
    }

    private static final List<Phrase> PHRASES = List.of(
            new Phrase(
                    "(?:(?:to|on|at) (?:the |its )?(?:far |immediate )?)?(left" + "|right)(?:-hand)?(?: side)? of",
                    "~$1"),
            new Phrase("(?:further|farther|more) (?:to the )?(left|right) than", "~$1"),
            new Phrase("(?:above|over|on top of|atop|higher (?:up )?(?:in (?:the|this) \\w+ )?than)", "~above"),
            new Phrase("(?:below|beneath|under|underneath|lower (?:down )?(?:in (?:the|this) \\w+ )?than)", "~below"),
            new Phrase("(?:in |on )?the (left|right) (?:half|part)(?: of the \\w+)?", "!$1"),
            new Phrase("(?:to|on|at) its (left|right)(?:-hand)?(?: side)?", "~$1 it"),
            new Phrase("(?:to|on|at) (?:the )?(?:far )?(left|right)(?:-hand)?(?: side)?", "!$1"),
            new Phrase("(?:at|in|on) the (?:top|upper)(?: part| half| area)?(?: of the \\w+)?", "!above"),
            new Phrase("(?:at|in|on) the (?:bottom|lower)(?: part| half| area)?(?: of the \\w+)?", "!below"));

    private static final String DET = "(?:the |an? |one )?(?:[a-z-]+ )?";
    private static final String BE =
            "(?:(?:, (?:which|that) [a-z ]+ , )?(?:(?:is|are|was|has been|have been|put|set|kept"
                    + "|laid|mounted|can be|lies|sits|stands|rests|hangs|appears|located|"
                    + "positioned|placed|situated|found|seen|parked|standing|sitting|lying|resting"
                    + "|hanging|directly|just|slightly|right"
                    + "|immediately|further|clearly|there|that|which|visible) )*)";
    private static final String FINDS =
            "(?:, )?(?:(?:is|are|stands|sits|lies|hangs|rests|there is|there are|one finds|we see"
                    + "|we get|you get|you see|we have"
                    + "|i see|you (?:can|will) (?:see|find)|and you will find|and you see|one sees"
                    + "|appears|you find) )?";
    private static final String SIDE = "~(left|right|above|below) ";
    private static final Pattern AFTER = Pattern.compile("@(\\d+) " + BE + SIDE + DET + "@(\\d+)");
    private static final Pattern FRONT = Pattern.compile(
            "(?:^|[.,;:] |and |just |look |directly )" + SIDE + DET + "@(\\d+) " + FINDS + DET + "@(\\d+)");
    private static final Pattern BOTH =
            Pattern.compile("@(\\d+) (?:is |are |stands |sits |lies |occupies |takes |takes up |fills )?!(left"
                    + "|right|above|below) (?:[,;] )?(?:(?:and|while|whereas|but) )?"
                    + DET + "@(\\d+) (?:is |are )?!(left|right|above|below)");
    private static final Pattern SIDES = Pattern.compile("!(left|right|above|below) (?:, )?" + FINDS + DET
            + "@(\\d+) (?:[,;] )?(?:and )?!(left|right|above|below) (?:, )?" + FINDS + DET + "@(\\d+)");
    private static final Pattern ROW = Pattern.compile("from (left !right|right !left"
            + "|top to bottom) (?:[,:] )?" + FINDS
            + DET + "@(\\d+) (?:, )?(?:and )?(?:then )?" + DET + "@(\\d+)");
    private static final Pattern OWNED = Pattern.compile("@(\\d+) has " + DET + "@(\\d+) ~(left|right) it");

    private PlaceReader() {}

    /**
     * What a sentence says.
     *
     * @param it what "it" speaks of where the sentence does not say: the one thing that was named before
     */
    static List<Claim> read(Said said, @Nullable Mention it) {
        var claims = new ArrayList<Claim>();
        var words = resolved(
                sides(said.words()) + " ", it == null ? -1 : said.mentions().size());
        claims(words).forEach(pair -> add(claims, said, it, pair));
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
            var side = m.group(1).startsWith("left") ? "left" : m.group(1).startsWith("right") ? "right" : "above";
            claims.add(new Pair(m.group(2), side, m.group(3)));
        }
        for (var m = OWNED.matcher(words); m.find(); ) claims.add(new Pair(m.group(2), m.group(3), m.group(1)));
        return claims;
    }

    /** Words in which every way to say a side is one sign: ~left before what it is left of, !left alone. */
    static String sides(String words) {
        var signed = words;
        for (var phrase : PHRASES) signed = phrase.words.matcher(signed).replaceAll(phrase.sign);
        return signed;
    }

    /** The sentence with "it" replaced by what it means, where that is clear. */
    private static String resolved(String words, int subject) {
        var text = words;
        if (subject >= 0)
            text = text.replaceFirst(
                    "^((?:yes|no|and|also) ,? ?)?it (?=is |lies |sits |stands |appears " + "|can )",
                    "$1@" + subject + " ");
        var object = Pattern.compile("~(left|right|above|below) it(?![a-z])").matcher(text);
        if (!object.find()) return text;
        var before = Pattern.compile("@(\\d+)")
                .matcher(text.substring(0, object.start()))
                .results()
                .map(r -> r.group(1))
                .distinct()
                .toList();
        boolean follows =
                text.substring(object.end()).matches(" (?:, )?(?:is |are |you see |we see )?" + DET + "@\\d+.*");
        int candidates = before.size() - (follows ? 0 : 1);
        var meant = candidates == 1 ? before.get(0) : candidates == 0 && subject >= 0 ? "" + subject : null;
        return meant == null
                ? text
                : text.substring(0, object.start()) + "~" + object.group(1) + " @" + meant
                        + text.substring(object.end());
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
