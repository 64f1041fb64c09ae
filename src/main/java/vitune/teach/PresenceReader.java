package vitune.teach;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import vitune.teach.Things.Said;
import vitune.teach.Things.Sense;

/** Reads out of a statement what it says is there, and what it says is not. */
final class PresenceReader {
    private static final String VERB = "(?:show|contain|include|have|feature|depict|hold|display|present)s?";
    private static final String ANY = "(?:an? |any |one |an? single |single )?$";
    /** "a dog or", "no dog, no": what stands between the word of denial and a later mention. */
    private static final Pattern LIST =
            Pattern.compile("@\\d+ (?:, or |, nor |, and |, |or |nor |and )(?:an? |any |no )?$");

    private static final Pattern NO = Pattern.compile("(?<![a-z])(?:no|zero) (?:visible )?$");
    private static final Pattern OWNED =
            Pattern.compile("@\\d+ (?:\\w+ )?(?:has|have|had|with|holds?|wears?|carries) no $");
    private static final Pattern ON_VERBS = Pattern.compile(
            "^ (?:accompan|appear|can be seen|could be seen|is in|are in|is around|are around|is present).*");
    private static final List<Pattern> FRAMES = List.of(
            Pattern.compile("there (?:is|are) not " + ANY),
            Pattern.compile("(?:" + Phrasing.PICTURE + "|photographer|it) (?:does|do|did) not (?:really |actually )?"
                    + VERB + " " + ANY),
            Pattern.compile(
                    "(?:i|we|you|one) (?:can|do|will|could) not (?:really |actually )?" + Phrasing.LOOK + " " + ANY),
            Pattern.compile("(?:^ ?|, )not (?:a single|one|any) $"),
            Pattern.compile("there (?:is|are) not (?:a single|one|any) $"),
            Pattern.compile(Phrasing.PICTURE
                    + " (?:which |that )?(?:\\w+ )?(?:lacks?|free of|devoid of|without|lacking|missing) " + ANY),
            Pattern.compile("(?:nowhere|at no (?:point|time|place)) (?:[a-z]+ )*(?:is|are|does|do) " + ANY),
            Pattern.compile("(?:there is|shows?|has|reveals?) (?:an? )?(?:[a-z]+ )?(?:absence|lack) of " + ANY),
            Pattern.compile("(?:one|you|i|we) (?:search|searches|look|looks) in vain for " + ANY),
            Pattern.compile("(?:there (?:is|are)|" + VERB + "|" + Phrasing.LOOK + ") neither " + ANY));
    private static final Pattern ALONE = Pattern.compile("^ ?(?:, )?(?:the |any |an? )?$");
    private static final Pattern GONE =
            Pattern.compile("^ can not be (?:seen|found|spotted)(?: here| anywhere)? ?(?:[.,;!].*)?$|^ (?:(?:one"
                    + "|you|we) (?:might|would|may|could) [a-z]+ )?(?:is|are) (?:clearly "
                    + "|completely )?(?:(?:absent|missing|lacking|nowhere"
                    + "(?: to be (?:seen|found)| in sight)?)(?: (?:from|in) (?:the|this) " + Phrasing.PICTURE
                    + ")?|not (?:visible|present"
                    + "|there|shown|here|seen|to be seen|(?:in|part of) (?:the|this) " + Phrasing.PICTURE
                    + ")(?: (?:in|here).*)?) ?(?:[.,;!].*)?$");

    /** "Apart from the dog, no animals": what is left out may be there. */
    private static final Pattern EXCEPT =
            Pattern.compile("(?<![a-z])(?:apart from|aside from|except|other than|but for)(?![a-z])");

    /** "One searches in vain for a dog", "the dogs one might expect are nowhere": thought of, and denied. */
    private static final Pattern VAIN = Pattern.compile(
            "in vain for |(?:one|you|we) (?:might|would|may|could) [a-z]+ (?:is|are) (?:nowhere|absent|missing)");

    private PresenceReader() {}

    static List<Claim> read(Said said) {
        var claims = new ArrayList<Claim>();
        for (int i = 0; i < said.mentions().size(); i++) {
            var name = said.mentions().get(i).name();
            var phrasing = Phrasing.of(said, i);
            if (phrasing.thought() && !VAIN.matcher(said.words()).find()) continue;
            if (!phrasing.negated()) {
                boolean people =
                        name.text().equals("person") && said.mentions().get(i).plural() && phrasing.general();
                if (name.sense() != Sense.BROAD && !people) claims.add(new Claim.There(name));
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
        if (phrasing.before().endsWith("number of ") && phrasing.after().startsWith(" is ")) return true;
        boolean no = NO.matcher(phrasing.before()).find() || NO.matcher(before).find();
        if (no && !OWNED.matcher(before).find()) {
            return phrasing.unrestricted() || ON_VERBS.matcher(phrasing.after()).find();
        }
        var frame = before;
        return phrasing.unrestricted()
                && FRAMES.stream().anyMatch(f -> f.matcher(frame).find());
    }
}
