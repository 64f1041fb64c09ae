package vitune.teach;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import vitune.teach.Things.Said;
import vitune.teach.Things.Sense;

/** Reads out of a statement what it says is there, and what it says is not. */
final class PresenceReader {
    private static final String ANY = "(?:an? |any |one |an? single |single )?(?:visible |such )?$";
    private static final String NOT = "(?:do|does|did|can|could|will|would|have|has|am|is|are) not ";
    private static final String ADVERBS =
            "(?:really |actually |clearly |ever |currently |seem to |appear to |able to )*";
    private static final String LOOKS = "(?:" + Phrasing.LOOK + "|" + Phrasing.SEEN + ") ";
    /** "a dog or", "no dog, no": what stands between the word of denial and a later mention. */
    private static final Pattern LIST =
            Pattern.compile("@\\d+ (?:, or |, nor |, and |, |or |nor |and )(?:an? |any |no )?$");

    private static final Pattern NO =
            Pattern.compile("(?<![a-z])(?:no|zero|0|neither|not (?:a single|one|any)) (?:visible |such |actual )?$");
    private static final Pattern OWNED =
            Pattern.compile("@\\d+ (?:\\w+ )?(?:has|have|had|with|holds?|wears?|carries|is|are) (?:no|neither) $");
    private static final Pattern ON_VERBS = Pattern.compile("^ (?:accompan|appear|exist|(?:can|could) be "
            + Phrasing.SEEN + "|(?:is|are|was|were) (?:" + Phrasing.IN_VIEW + "|in|around)(?![a-z])).*");
    /** Ways to say no before a thing; what they say no to is the whole picture. */
    private static final List<Pattern> FRAMES = List.of(
            Pattern.compile("(?:there|here) (?:(?:is|are|was|were) not |" + NOT + "(?:appear|seem) to be )" + ANY),
            Pattern.compile(NOT + "(?:look|seem|appear|think|believe|see)[a-z ]* there (?:is|are) " + ANY),
            Pattern.compile(
                    "(?:" + Phrasing.PICTURE + "|photographer|camera|it) " + NOT + ADVERBS + Phrasing.SHOW + " " + ANY),
            Pattern.compile(Phrasing.VIEWER + " " + NOT + ADVERBS + LOOKS + ANY),
            Pattern.compile(
                    Phrasing.VIEWER + " (?:fail(?:s|ed)? to|(?:am|are|is) unable to|ha(?:s|ve) yet to) " + LOOKS + ANY),
            Pattern.compile(Phrasing.PICTURE
                    + " (?:which |that |is |are |was |were |taken |shot |made )*(?:[a-z]+ly )?(?:lack(?:s|ed|ing)?|without"
                    + "|missing|with no|misses|omits|excludes|fails to " + Phrasing.SHOW
                    + "|(?:free|devoid|void|empty|bare) of|free from) "
                    + ANY),
            Pattern.compile(
                    "(?:^ ?|[,:;] |^ but (?:it )?)(?:without|lack(?:s|ing)|minus|devoid of|free (?:of|from)|missing) "
                            + ANY),
            Pattern.compile(
                    "(?:nowhere|at no (?:point|time|place)|in no (?:part|corner)) (?:[a-z]+ )*(?:is|are|does|do|can|will|would) "
                            + "(?:(?:there|" + Phrasing.VIEWER + ") )?(?:" + Phrasing.LOOK + " )?" + ANY),
            Pattern.compile(
                    "(?<![a-z])(?:no (?:sign|trace|hint|evidence|indication|presence|glimpse|instance|depiction)s?"
                            + "|(?:absence|lack)|nothing like|not a (?:sign|trace|hint)) of (?:the )?" + ANY),
            Pattern.compile("(?:missing|absent|lacking|not " + Phrasing.IN_VIEW + ") : " + ANY),
            Pattern.compile("(?:absent|missing|left out)(?: (?:from|in) (?:the|this) " + Phrasing.PICTURE
                    + ")? (?:is|are) " + ANY),
            Pattern.compile("(?:things?|objects?|items?) (?:that )?" + Phrasing.VIEWER + " (?:will|can|do) not " + LOOKS
                    + "(?:[a-z]+ )?(?:is|are) " + ANY),
            Pattern.compile("(?<![a-z])nothing (?:[a-z]+ )*like " + ANY),
            Pattern.compile(
                    "(?:none|not one|neither|not any) of (?:the|these|those) (?:things|objects|items)[a-z ]* (?:is|are) "
                            + ANY),
            Pattern.compile("(?:(?:search|look|hunt)[a-z]* (?:[a-z]+ )*for|seek[a-z]*|impossible to " + Phrasing.LOOK
                    + ") " + ANY),
            Pattern.compile("(?:there (?:is|are)|" + Phrasing.SHOW + "|" + Phrasing.LOOK + ") neither " + ANY));

    private static final Pattern ALONE = Pattern.compile("^(?:.*[,;:])? ?(?:[a-z]+ly )?(?:, )?(?:the |any |an? )?$");
    /** Ways to say no behind a thing. */
    private static final Pattern GONE =
            Pattern.compile("^ (?:(?:that |which )?(?:one|you|we) (?:might|would|may|could) [a-z]+ )?"
                    + "(?:(?:(?:is|are|was|were|has been|have been) (?:[a-z]+ly )?(?:(?:absent|missing|lacking|left out|omitted|excluded"
                    + "|(?:nowhere|hard|impossible)(?: to (?:be (?:seen|found)|find|see|spot)| in sight)?)(?: (?:from|in) (?:the|this) "
                    + Phrasing.PICTURE + ")?|not " + Phrasing.IN_VIEW + "))|: (?:none|no|zero|0|nil|absent|not "
                    + Phrasing.IN_VIEW
                    + "|none " + Phrasing.IN_VIEW
                    + ")|(?:can|could|do|does|did|is|are|was|were) not (?:[a-z]+ly )?(?:be )?(?:"
                    + Phrasing.SEEN + "|appear|exist|show up|feature|to be (?:seen|found)))"
                    + "(?: (?:here|anywhere|at all))?(?: (?:in|within|from|on) (?:the|this) " + Phrasing.PICTURE
                    + "| in it)? ?(?:[.,;!].*)?$");

    /** "Apart from the dog, no animals": what is left out may be there. */
    private static final Pattern EXCEPT =
            Pattern.compile("(?<![a-z])(?:apart from|aside from|except|other than|but for)(?![a-z])");

    /** "One searches in vain for a dog", "the dogs one might expect are nowhere": thought of, and denied. */
    private static final Pattern VAIN = Pattern.compile(
            "in vain|without success|to no avail|but (?:there (?:is|are)|[a-z]+ (?:found|saw|see|find)) none|nothing (?:[a-z]+ )*like |(?:one|you|we) (?:might|would|may|could) [a-z]+ (?:is|are) (?:nowhere|absent|missing)");

    private static final Pattern NUMBER_OF = Pattern.compile("(?:number|count|total) of (?:the |visible )?$");
    private static final Pattern IS_ZERO =
            Pattern.compile("^ (?:.* )?(?:is|are|:|equals|at|to) (?:zero|0|nil|none)(?![a-z0-9])");

    /** "As for dogs, there are none". */
    private static final Pattern TOPIC = Pattern.compile(
            "(?<![a-z])(?:as for|regarding|concerning|when it comes to|in terms of) (?:any |the )?@(\\d+) , (?:there (?:is|are) |"
                    + Phrasing.VIEWER + " (?:can )?" + Phrasing.LOOK + " )?(?:none|no such|nothing)(?![a-z])");

    private PresenceReader() {}

    static List<Claim> read(Said said) {
        var claims = new ArrayList<Claim>();
        for (int i = 0; i < said.mentions().size(); i++) {
            var name = said.mentions().get(i).name();
            var phrasing = Phrasing.of(said, i);
            var topic = TOPIC.matcher(said.words());
            if (topic.find() && topic.group(1).equals("" + i)) {
                claims.add(new Claim.Absent(name));
                continue;
            }
            boolean vain = VAIN.matcher(said.words()).find();
            if (phrasing.thought() && !vain) continue;
            if (!phrasing.negated() && !vain) {
                boolean kind = said.mentions().get(i).plural() && phrasing.general();
                if (name.sense() != Sense.BROAD && !kind) claims.add(new Claim.There(name));
            } else if (name.sense() != Sense.KIND
                    && denied(phrasing)
                    && !EXCEPT.matcher(said.words()).find()) {
                claims.add(new Claim.Absent(name));
            }
        }
        return claims;
    }

    private static boolean denied(Phrasing phrasing) {
        var before = phrasing.before();
        for (var list = LIST.matcher(before); list.find(); list = LIST.matcher(before)) {
            before = before.substring(0, list.start());
            if (before.isBlank()) break;
        }
        if (ALONE.matcher(phrasing.before()).matches()
                && GONE.matcher(phrasing.after()).find()) return true;
        if (NUMBER_OF.matcher(phrasing.before()).find()
                && IS_ZERO.matcher(phrasing.after()).find()) return true;
        boolean no = NO.matcher(phrasing.before()).find() || NO.matcher(before).find();
        if (no && !OWNED.matcher(before).find()) {
            return phrasing.unrestricted() || ON_VERBS.matcher(phrasing.after()).find();
        }
        var frame = before;
        return phrasing.unrestricted()
                && FRAMES.stream().anyMatch(f -> f.matcher(frame).find());
    }
}
