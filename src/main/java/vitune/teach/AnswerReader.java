package vitune.teach;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import vitune.teach.Claim.Where;
import vitune.teach.Things.Mention;
import vitune.teach.Things.Said;
import vitune.teach.Things.Sense;

/** Reads out of an answer what it says in view of its question: yes to "is there a dog?" names a dog. */
final class AnswerReader {
    private static final String PICTURE = Phrasing.PICTURE;
    private static final Pattern YES =
            Pattern.compile("^(?:yes|yeah|yep|indeed|certainly|definitely|absolutely|sure|of course|right|correct"
                    + "|true|exactly|confirmed|that is (?:right|true|correct)|you are right"
                    + "|(?:it|they|he|she) (?:does|do|is|are)(?! not)|there (?:is|are)(?! no)|(?:i"
                    + "|you|one) (?:do|can|have|could|would)(?! not))(?![a-z]).*");
    private static final Pattern NO = Pattern.compile(
            "^(?:no|nope|none|not|neither|(?:it|they) (?:does|do|is|are) not|there (?:is|are) (?:none|not|no)"
                    + "|(?:i|you|one) (?:do|can|have|could|would|am) not|(?:i am )?(?:afraid"
                    + "|sorry) (?:, )?(?:not|no)|unfortunately (?:, )?(?:not|no))(?![a-z]).*");

    /** What may stand between the words of asking and the thing. */
    private static final String NP = "(?:an? |any |the |one |some )(?:[a-z-]+ )?";

    private static final String BARE = "(?:possibly |perhaps |really )?(?:" + NP + ")?(?:[a-z-]+ )?";
    private static final Pattern ASKS = Pattern.compile("(?:(?:is|are|was|were) there|there (?:is|are)) (?:not )?"
            + BARE + "$"
            + "|(?:you|we|i|one)(?: (?:also|able to|ever))? (?:" + Phrasing.LOOK + "|noticed|spotted|seen) "
            + BARE + "$"
            + "|" + PICTURE + " (?:show|have|has|contain|include|depict|feature|hold|display|showing)s? " + BARE + "$"
            + "|^(?:has|have) (?:the|this) " + PICTURE + " " + BARE
            + "$|^any (?:[a-z-]+ )?$|^ ?$|^(?:what|how) about " + BARE + "$");
    private static final Pattern DOES = Pattern.compile("^(?:does|do) " + BARE + "$");
    private static final Pattern PRESENT = Pattern.compile(
            "^(?:is|are|was|were|can|could|has|have|if|whether) " + BARE + "$|(?:if|whether) " + BARE + "$");
    private static final Pattern IN_VIEW =
            Pattern.compile("^ (?:(?:is|are|be|been) )?(?:captured|among|photographed|pictured|spotted|found"
                    + "|visible|present|shown|seen|here|there|in (?:the|this) "
                    + PICTURE + "|part of|depicted|anywhere|to be seen|easy to see|around)(?![a-z]).*");
    private static final Pattern SHOWS = Pattern.compile("^ (?:appear|exist|show up).*");
    private static final Pattern OF_IT = Pattern.compile(
            "(?:" + PICTURE + " of|^is (?:not )?(?:that|this|it)|^are (?:not )?(?:those|these|they)) " + BARE + "$");
    private static final Pattern THE = Pattern.compile("^(?:is|are|does|do|can|has|have|was) the (?:[a-z-]+ )?$");
    private static final Pattern WHOLE = Pattern.compile("^(?: (?:(?:in|on|of|from) (?:the|this) " + PICTURE
            + "|in it|visible|present|shown|seen|anywhere|here|there" + "|to be seen|part of (?:the|this) " + PICTURE
            + "|around|at all|appear|depicted|or not))* ?(?:, right )?[?.,!]*\\s*$");

    private static final Pattern HOW_MANY = Pattern.compile(
            "(?:how many|number of|count (?:all )?(?:the)?|count of|total of) (?:the )?(?<words>[a-z-]+ )?$");
    private static final Pattern WHERE = Pattern.compile(
            "(?<![a-z])(?:where|which side|what side|relative|in relation|position" + "|compared)(?![a-z])");
    private static final Pattern A_SIDE =
            Pattern.compile("[~!](left|right|above|below)|(?<![a-z~!])(left|right|above|below|under|over|beneath"
                    + "|underneath)(?![a-z])");
    private static final Pattern IS_SIDE = Pattern.compile("^(?:(?:would|do) you (?:say|think)(?: that)? )?(?:is )?"
            + NP + "@0 (?:is )?(?:[a-z]+ )??~(left|right|above|below) " + NP + "@1 \\?");

    private static final Pattern WHAT_IS = Pattern.compile(
            "^what (?:is|are|do you see|can you see|can be seen|stands|lies|sits) ~(left|right|above|below) " + NP
                    + "@0 \\?");
    private static final Pattern JUST_A_THING = Pattern.compile("^" + NP + "@0 ?[.!]?$");

    private AnswerReader() {}

    static List<Claim> read(Said question, Said answer) {
        var claims = new ArrayList<Claim>();
        var words = answer.words();
        boolean yes = YES.matcher(words).matches(), no = NO.matcher(words).matches();
        for (int i = 0; i < question.mentions().size() && (yes || no); i++) presence(question, i, yes, claims);
        if (question.mentions().size() == 1
                && answer.mentions().stream()
                        .allMatch(m -> same(m, question.mentions().get(0)))) {
            count(question, words).ifPresent(claims::add);
        }
        var what = WHAT_IS.matcher(PlaceReader.sides(question.words()));
        if (what.find() && JUST_A_THING.matcher(words).matches()) {
            claims.add(new Where(
                    answer.mentions().get(0).name(),
                    PlaceReader.side(what.group(1)),
                    question.mentions().get(0).name(),
                    true));
        }
        if (question.mentions().size() == 2) place(question, answer, yes, no, claims);
        return claims;
    }

    private static boolean same(Mention a, Mention b) {
        return a.name().categories().equals(b.name().categories());
    }

    private static void presence(Said question, int number, boolean yes, List<Claim> claims) {
        var name = question.mentions().get(number).name();
        var text = question.words() + " ";
        int at = text.indexOf("@" + number + " "), end = at + 2 + (number > 9 ? 1 : 0);
        var before = text.substring(0, at)
                .replaceFirst(
                        "^(?:please|and|so|well|now|is it (?:true|right|correct|the case) that"
                                + "|am i right that|(?:would|do) you (?:say|think|agree|believe)(?: that)?)(?: ,)? ",
                        "");
        var after = text.substring(end);
        if (before.contains("how many")
                || before.contains("@")
                || before.matches(".*(?:would you expect|need|want|may|might|should).*")) return;
        boolean asked = ASKS.matcher(before).find()
                || DOES.matcher(before).matches() && SHOWS.matcher(after).matches()
                || PRESENT.matcher(before).find() && IN_VIEW.matcher(after).matches();
        if (yes) {
            boolean named =
                    asked || OF_IT.matcher(before).find() || THE.matcher(before).find();
            if (named && name.sense() != Sense.BROAD) claims.add(new Claim.There(name));
        } else if (asked && name.sense() != Sense.KIND && WHOLE.matcher(after).matches() && plain(before)) {
            claims.add(new Claim.Absent(name));
        }
    }

    /** "a dog" and not "a red dog": no to that leaves room for a blue one. */
    private static boolean plain(String before) {
        return before.matches(".*(?:^| )(?:an?|about|any|the|one|some|are|is|show|have|contain|include|see|spot"
                + "|find|notice|do|does|feature|there|depict|if|whether|"
                + PICTURE + ") $");
    }

    private static Optional<Claim> count(Said question, String answer) {
        var phrasing = Phrasing.of(question, 0);
        var asked = HOW_MANY.matcher(phrasing.before().stripLeading());
        boolean colon = question.words().matches("@0 : how many.*");
        if (!asked.find() && !colon) return Optional.empty();
        var number = CountReader.answer(answer);
        var name = question.mentions().get(0).name();
        if (number.isEmpty()) return Optional.empty();
        if (CountReader.number(number.get()) == 0) {
            return name.sense() == Sense.KIND || !whole(phrasing.after())
                    ? Optional.empty()
                    : Optional.of(new Claim.Absent(name));
        }
        boolean all = colon || asked.group("words") == null && whole(phrasing.after());
        return CountReader.exact(name, number.get())
                .map(c -> all
                        ? c
                        : new Claim.Count(
                                name, ((Claim.Count) c).low(), Claim.Count.NO_LIMIT, number.get() + " " + name));
    }

    /** Whether "how many dogs ..." asks for all of them. */
    private static boolean whole(String after) {
        return after.matches("(?: (?:for me|please|in it|are|is|do|does|can|there|you|we|i|one|see|count|spot"
                + "|find|visible|present|shown|depicted|seen|be|here|have|has|show|shows|contain|contains"
                + "|(?:(?:in|on|of) )?(?:the|this) " + PICTURE + "|in total|altogether"
                + "|in all))* ?[?.!]?\\s*");
    }

    private static void place(Said question, Said answer, boolean yes, boolean no, List<Claim> claims) {
        var signed = PlaceReader.sides(question.words());
        var asked = IS_SIDE.matcher(signed);
        var first = question.mentions().get(0).name();
        var second = question.mentions().get(1).name();
        if (asked.find() && (yes || no)) {
            claims.add(new Where(first, PlaceReader.side(asked.group(1)), second, yes));
            return;
        }
        long sides = A_SIDE.matcher(signed).results().count();
        boolean where = WHERE.matcher(signed).find() || sides > 1;
        var sign = A_SIDE.matcher(PlaceReader.sides(answer.words()));
        if (!where || !answer.mentions().isEmpty() || !sign.find()) return;
        var word = sign.group(1) != null
                ? sign.group(1)
                : sign.group(2).matches("over")
                        ? "above"
                        : sign.group(2).matches("under|beneath|underneath") ? "below" : sign.group(2);
        if (sign.find()) return;
        var of = asks(question);
        if (of != null)
            claims.add(new Where(
                    of == question.mentions().get(0) ? first : second,
                    PlaceReader.side(word),
                    of == question.mentions().get(0) ? second : first,
                    true));
    }

    /** Of which of two things a question asks where it is: the one that the other is not the measure of. */
    static @Nullable Mention asks(Said question) {
        if (question.mentions().size() != 2)
            return question.mentions().size() == 1 ? question.mentions().get(0) : null;
        boolean turned = question.words()
                .matches(".*(?:side|left|right|relative to|compared (?:to|with)|seen from"
                        + "|from) (?:of )?(?:the |an? )@0 .*@1.*");
        return question.mentions().get(turned ? 1 : 0);
    }
}
