package vitune.teach;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import vitune.teach.Claim.Where;
import vitune.teach.Things.Mention;
import vitune.teach.Things.Said;
import vitune.teach.Things.Sense;

/** Reads out of an answer what it says in view of its question: yes to "is there a dog?" names a dog. */
final class AnswerReader {
    private static final String PICTURE = Phrasing.PICTURE;
    /** What may open an answer and says neither yes nor no. */
    private static final String OPENING =
            "^(?:(?:unfortunately|sadly|fortunately|well|actually|honestly|hmm|oh|so|ah|okay|ok|i think"
                    + "|i believe|i (?:am|would) say|as far as i can (?:see|tell)|from what i can see|it (?:seems|looks like|appears)"
                    + "|(?:in|based on|judging by|looking at) (?:the|this) " + PICTURE + ") (?:, )?)*";

    private static final Pattern YES =
            Pattern.compile(OPENING + "(?:yes|yeah|yep|yup|aye|indeed|certainly|definitely|absolutely"
                    + "|surely|sure|of course|right|correct|true|exactly|precisely|confirmed|affirmative|positive|so)(?! (?:not|no)(?![a-z]))(?![a-z]).*|"
                    + OPENING + "(?:[a-z ]{0,25}, (?:yes|indeed|yeah)"
                    + "|(?:that|this|it) is (?:right|true|correct|so|the case)|you are (?:right|correct)"
                    + "|(?:it|they|he|she|this|that|there|i|you|one|we) (?:[a-z]+ )?(?:does|do|is|are|has|have|was|were|can|could|would|did)"
                    + "(?! (?:not|never|no|none|nothing)(?![a-z]))(?= (?:[.,!;]|indeed|one(?! @)|some(?! @)|so |yes|"
                    + Phrasing.IN_VIEW + ")|$|(?: [a-z]+)? " + Phrasing.LOOK + "))(?![a-z]).*");
    private static final Pattern NO = Pattern.compile(OPENING
            + "(?:(?:definitely|certainly|absolutely|of course|surely|sure|clearly) )?(?:no|nope|nah|none|not|neither|never|nothing|negative|false|wrong|incorrect"
            + "|(?:it|they|this|that) (?:does|do|is|are|has|have|was|were|can|could) (?:not|none|no)|there (?:is|are|was|were|do|does) (?:none|not|no|nothing)"
            + "|(?:i|you|one|we) (?:do|can|have|could|would|am|did|are) not|(?:i|we|you) (?:see|find|notice|spot) (?:no|none)"
            + "|(?:i am )?(?:afraid|sorry) (?:, )?(?:not|no|there (?:is|are) (?:no|not)))(?![a-z]).*");

    /** What may stand between the words of asking and the thing. */
    private static final String NP = "(?:an? |any |the |one |some )(?:[a-z-]+ )?";

    private static final String BARE = "(?:possibly |perhaps |really )?(?:" + NP + ")?(?:[a-z-]+ )?";
    private static final Pattern ASKS = Pattern.compile(
            "(?:(?:is|are|was|were) there|(?:could|can|might|would) there be|there (?:is|are)) (?:not )?"
                    + BARE + "$"
                    + "|(?:you|we|i|one)(?: (?:also|able to|ever))? (?:" + Phrasing.LOOK + "|noticed|spotted|seen) "
                    + BARE + "$"
                    + "|(?:" + PICTURE + "|it|this|that) " + Phrasing.SHOW + " " + BARE
                    + "$"
                    + "|^(?:has|have) (?:the|this) " + PICTURE + " " + BARE
                    + "$|^any (?:[a-z-]+ )?$|^ ?$|^(?:what|how) about " + BARE + "$");
    private static final Pattern DOES = Pattern.compile("^(?:does|do) " + BARE + "$");
    private static final Pattern PRESENT = Pattern.compile(
            "^(?:is|are|was|were|can|could|has|have|if|whether) " + BARE + "$|(?:if|whether) " + BARE + "$");
    private static final Pattern IN_VIEW = Pattern.compile(
            "^ (?:(?:is|are|be|been|being) )?(?:" + Phrasing.IN_VIEW + "|among|part of|easy to see)(?![a-z]).*");
    private static final Pattern SHOWS = Pattern.compile("^ (?:appear|exist|show up).*");
    private static final Pattern WHOLE = Pattern.compile(
            "^(?: (?:" + Phrasing.IN_VIEW
                    + "|appear|exist|show up|be|been|or not|, yes or no|, (?:right|correct)|,? (?:is|are) (?:there|they) not))* ?[?.,!]*\\s*$");

    /** Questions that yes does not answer: of one thing or another, of how many, of what. */
    private static final Pattern OPEN = Pattern.compile(
            "@\\d+ (?:, )?(?:[a-z]+ )?or (?!not|no)|^(?:do|did|have|are|can|could|would|will) (?:you|we|they|people) (?!(?:also |ever |happen to"
                    + " |able to |really |not )*(?:" + Phrasing.LOOK + "|" + Phrasing.SEEN
                    + "|have|say|think|call|describe|agree|confirm|tell))|^(?:how|what|which|who|where|why|when)(?! about)|how many");

    private static final Pattern HOW_MANY = Pattern.compile(
            "(?:how many|(?:number|count|amount|quantity|total) of|(?:what|which) number of|count (?:all )?(?:the)?) (?:of )?(?:the )?(?<words>(?!the )[a-z-]+ )?$");
    private static final Pattern WHERE = Pattern.compile(
            "(?<![a-z])(?:where|which side|what side|relative|in relation|position" + "|compared)(?![a-z])");
    private static final Pattern A_SIDE =
            Pattern.compile("[~!](left|right|above|below)|(?<![a-z~!])(left|right|above|below|under|over|beneath"
                    + "|underneath)(?![a-z])");
    private static final Pattern IS_SIDE = Pattern.compile("^(?:(?:would|do) you (?:say|think)(?: that)? )?(?:is )?"
            + NP + "@0 (?:is )?(?:[a-z]+ )??~(left|right|above|below) " + NP + "@1(?: , [a-z ]+)? \\?");

    private static final Pattern WHAT_IS = Pattern.compile(
            "^(?:what|which)(?: [a-z]+){0,5}? (?:is |are |see |seen |be )?(?:there )?(?:[a-z]+ ){0,2}~(left|right|above|below) "
                    + NP + "@0(?: [a-z ]+)? ?[?.]");
    private static final Pattern YES_ASKED = Pattern.compile(
            "^(?:(?:please |and |so |well |now |can you |could you |tell me |confirm |, )*(?:whether |if |that )?"
                    + "(?:is it (?:true|right|correct|the case) that|am i right (?:that|in thinking)|is not|are not"
                    + "|would you (?:call|describe) (?:this|it)(?: as)?|(?:would|do|could|can) you (?:say|think|agree|believe|confirm|tell me)(?: that| if| whether)?|i wonder (?:if|whether)))? *");
    private static final Pattern JUST_A_THING = Pattern.compile("^(?:(?:that|it|this|there) (?:is|are|would be) |"
            + Phrasing.VIEWER + " (?:can )?see )?" + NP + "@0(?: (?:there|here))? ?[.!]?$");

    /** "Are there more than two dogs?" "No, just two." */
    private static final Pattern MORE_OR_LESS =
            Pattern.compile("^(?:is|are|do|does|can) .*(?:(?:more|fewer|less|other) than|another|several|many) ");

    private static final Pattern JUST_A_NUMBER = Pattern.compile(
            "^(?:no|yes) ,? ?(?:there (?:is|are) )?(?:only |just |exactly )?[a-z0-9]+(?: of them)? ?[.!]?$");

    private static final Pattern ASKED_OF_ALL =
            Pattern.compile("(?: (?:for me|please|are|is|do|does|did|can|could|have|has|been|be|being"
                    + "|" + Phrasing.VIEWER + "|it|" + Phrasing.LOOK + "|" + Phrasing.IN_VIEW + "|(?:the|this) "
                    + PICTURE + "|" + Phrasing.SHOW
                    + "|appear|exist))* ?[?.!]?\\s*");

    /** "Can you see two dogs": before the viewer, a word that a statement does without. */
    private static final Pattern VIEWED =
            Pattern.compile("^(?:can|could|do|did|does|would) (?=" + Phrasing.VIEWER + " " + Phrasing.LOOK + " )");

    private AnswerReader() {}

    static List<Claim> read(Said question, Said answer) {
        var claims = new ArrayList<Claim>();
        var words = answer.words();
        boolean yes = YES.matcher(words).matches(), no = NO.matcher(words).matches();
        if (yes) confirmed(question, claims);
        for (int i = 0; i < question.mentions().size() && no; i++) denied(question, i, claims);
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

    /** Yes says what the question says. */
    private static void confirmed(Said question, List<Claim> claims) {
        var words = question.words();
        if (OPEN.matcher(words).find()) return;
        var said = new Said(
                question.text(),
                VIEWED.matcher(YES_ASKED.matcher(words).replaceFirst("")).replaceFirst(""),
                question.mentions());
        for (int i = 0; i < said.mentions().size(); i++) {
            if (asked(said, i) && said.mentions().get(i).name().sense() != Sense.BROAD) {
                claims.add(new Claim.There(said.mentions().get(i).name()));
            }
        }
        claims.addAll(PresenceReader.read(said));
        claims.addAll(CountReader.read(said, List.of(), null));
        claims.addAll(PlaceReader.read(said, null));
    }

    private static void denied(Said question, int number, List<Claim> claims) {
        var name = question.mentions().get(number).name();
        var words = YES_ASKED.matcher(question.words()).replaceFirst("");
        var said = new Said(question.text(), words, question.mentions());
        if (asked(said, number)
                && name.sense() != Sense.KIND
                && WHOLE.matcher(words.substring(words.indexOf("@" + number) + 2))
                        .matches()
                && plain(words.substring(0, words.indexOf("@" + number)))) {
            claims.add(new Claim.Absent(name));
        }
    }

    /** Whether the question is whether this is there. */
    private static boolean asked(Said question, int number) {
        var text = question.words() + " ";
        int at = text.indexOf("@" + number + " "), end = text.indexOf(' ', at);
        var before = text.substring(0, at);
        var after = text.substring(end);
        if (before.contains("how many")
                || before.contains("@")
                || before.matches(".*(?:would you expect|need|want|may|might|should).*")) return false;
        return ASKS.matcher(before).find()
                || DOES.matcher(before).matches() && SHOWS.matcher(after).matches()
                || PRESENT.matcher(before).find() && IN_VIEW.matcher(after).matches();
    }

    /** "a dog" and not "a red dog": no to that leaves room for a blue one. */
    private static boolean plain(String before) {
        return before.isBlank()
                || before.matches(".*(?:^| )(?:an?|about|any|the|one|some|are|is|show|have|contain|include|see|spot"
                        + "|find|notice|do|does|feature|there|depict|if|whether|"
                        + PICTURE + ") $");
    }

    private static Optional<Claim> count(Said question, String answer) {
        var phrasing = Phrasing.of(question, 0);
        var asked = HOW_MANY.matcher(phrasing.before().stripLeading());
        boolean recounted = MORE_OR_LESS.matcher(question.words()).find()
                && JUST_A_NUMBER.matcher(answer).matches();
        boolean colon = question.words().matches("@0 : how many.*|.*@0 (?:count|total|tally)(?: .*)? [?.]");
        if (!asked.find() && !colon && !recounted) return Optional.empty();
        var number = CountReader.answer(answer);
        var name = question.mentions().get(0).name();
        if (number.isEmpty()) return Optional.empty();
        if (NumberWords.value(number.get()) == 0) {
            return name.sense() == Sense.KIND || !whole(phrasing.after())
                    ? Optional.empty()
                    : Optional.of(new Claim.Absent(name));
        }
        boolean all = colon || recounted || CountReader.plain(asked.group("words")) && whole(phrasing.after());
        return CountReader.exact(name, number.get())
                .map(c -> all
                        ? c
                        : new Claim.Count(
                                name, ((Claim.Count) c).low(), Claim.Count.NO_LIMIT, number.get() + " " + name));
    }

    /** Whether "how many dogs ..." asks for all of them. */
    private static boolean whole(String after) {
        return ASKED_OF_ALL.matcher(after).matches();
    }

    private static void place(Said question, Said answer, boolean yes, boolean no, List<Claim> claims) {
        var signed = PlaceReader.sides(question.words());
        var asked = IS_SIDE.matcher(signed);
        var first = question.mentions().get(0).name();
        var second = question.mentions().get(1).name();
        if (asked.find() && (yes || no)) {
            if (no) claims.add(new Where(first, PlaceReader.side(asked.group(1)), second, false));
            return;
        }
        long sides = A_SIDE.matcher(signed.replaceFirst(", right \\?", "?"))
                .results()
                .count();
        boolean where = WHERE.matcher(signed).find() || sides > 1;
        var sign = A_SIDE.matcher(PlaceReader.sides(answer.words()));
        if (!where || !answer.mentions().isEmpty() || !sign.find()) return;
        var word = sign.group(1) != null
                ? sign.group(1)
                : sign.group(2).matches("over")
                        ? "above"
                        : sign.group(2).matches("under|beneath|underneath") ? "below" : sign.group(2);
        if (sign.find()) return;
        var of = QuestionReader.subject(question);
        if (of != null)
            claims.add(new Where(
                    of == question.mentions().get(0) ? first : second,
                    PlaceReader.side(word),
                    of == question.mentions().get(0) ? second : first,
                    true));
    }

    /** Whether the sentence only opens an answer: "Sure!" */
    static boolean opens(Said answer) {
        return answer.mentions().isEmpty()
                && answer.words().length() < 25
                && YES.matcher(answer.words()).matches();
    }
}
