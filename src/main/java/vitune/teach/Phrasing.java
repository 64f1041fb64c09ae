package vitune.teach;

import java.util.regex.Pattern;
import vitune.teach.Things.Said;

/** How a sentence speaks of a mention: says it is there, denies it, or only thinks of it. */
final class Phrasing {
    /** The picture as a whole, which narrows nothing down. */
    static final String PICTURE = "(?:picture|image|photo|photograph|scene|frame|shot|view)";

    static final String LOOK = "(?:see|spot|find|make out|tell apart|distinguish|count|notice|detect|observe|identify"
            + "|discern|recogni[sz]e)";
    private static final String SEEN =
            "(?:seen|spotted|found|made out|noticed|detected|observed|identified|distinguished"
                    + "|counted|located|recogni[sz]ed)";
    private static final Pattern BREAK = Pattern.compile(
            " [;:] | (?:but|while|whereas|although|though) | , (?:and )?(?:there (?:is|are)|you can see) ");

    private static final Pattern NEGATOR =
            Pattern.compile("(?<![a-z@])(?:no|not(?! only| just| alone| far| merely)|never|without|neither|nor|none"
                    + "|nothing|nobody|nowhere"
                    + "|lacks?|lacking|free of|devoid of|absence of|zero|in vain|hardly|too \\w+ to)(?![a-z])");
    private static final Pattern DENIED_BEHIND =
            Pattern.compile("^ (?:(?:is|are) )?(?:clearly )?(?:zero|0|absent|missing|nowhere|lacking|(?:is"
                    + "|are) not (?:visible|present|there|shown"
                    + "|here|in |seen|to be|part|depicted|included))|^ (?:[a-z]+ )*(?:is"
                    + "|are) nowhere|^ (?:can|do|does) not (?:be|appear)");

    private static final Pattern THOUGHT =
            Pattern.compile("(?<![a-z])(?:might|may|(?<!that )would|should|must|ought|had there|(?:can"
                    + "|could)(?! (?:also |clearly |only |just |not )?(?:"
                    + LOOK
                    + "|be (?:\\w+ )?" + SEEN + "))|will(?! (?:also |not )?(?:" + LOOK
                    + "|notice))|perhaps|maybe|possibly|probably"
                    + "|presumably|by @\\d+ (?:who|that)|likely|if(?! (?:you|one|we) (?:look|start"
                    + "|begin|go|move|count|zoom|compare))|whether|unless|(?<=^ )(?:where|when"
                    + "|whenever|wherever|until)|imagine|suppose|in case|such as|like (?:an?|those|that)"
                    + "|as an?|as [a-z]+ as|than an?|other than|similar to an?|resembl\\w+|remind\\w*|suggest\\w*"
                    + "|as though|as if|were it|safe from|afraid of|fears?|avoid\\w*|prevent\\w*"
                    + "|protect\\w*|in contrast to|popular|common|people (?:also |often )?(?:use"
                    + "|ride|take|enjoy|eat|drive|like|keep|play|own)|for instance"
                    + "|prefers?|loves?|dream\\w*|pretend\\w*|symboli[sz]e\\w*|associated with"
                    + "|known for|typical of|think\\w* (?:of|about)"
                    + "|instead of|rather than|unlike|opposed to|compared (?:to|with) an?|often|usually|typically"
                    + "|commonly|generally|normally|sometimes|wants?|wanted|needs?|needed|wish|wishes|hopes?"
                    + "|(?:wait\\w*|look\\w*|search\\w*|ready|room|space|used|use|designed|meant"
                    + "|intended|suitable|ideal"
                    + "|perfect|prepar\\w*|head\\w*) for|(?:room|space|used|designed|meant|intended"
                    + "|enough|place|way|time|day) to|e\\.g\\.|for example"
                    + "|(?:drawing|painting|statue|sculpture|poster|logo|toy|model|cartoon|shape"
                    + "|symbol|sign) (?:of|about))"
                    + "(?![a-z])");
    /** What a thing would be for, or what one would do with one: "to ride a bus", "a place for dogs". */
    private static final Pattern PURPOSE =
            Pattern.compile("(?<![a-z])(?:to (?!(?:an?|it|them|be|the|its|their|his|her|some|any|one|this|that|see"
                    + "|find)(?![a-z]))[a-z]+ (?:[a-z]+ )?|for )"
                    + "(?:an? |any |some |one or more )?(?:[a-z-]+ )?$|^ ?(?:had|were|should) [a-z@0-9]+ ");
    /** Bare "people" are people in general unless they do something that is seen. */
    private static final Pattern IN_GENERAL =
            Pattern.compile("^(?! ?(?:are|were|in|on|at|near|with|and|or|to|walk|stand|sit|gather|visible"
                    + "|[a-z]+ing|next|behind|can be)(?![a-z])) [a-z]+");

    private static final Pattern THOUGHT_BEHIND =
            Pattern.compile("^ (?:\\w+ )?(?:might|may|would|should|(?:can|could|will)(?! (?:\\w+ )?be " + SEEN
                    + ")|often|usually|typically|commonly|generally|normally|sometimes"
                    + "|always)(?![a-z])|^ (?:, )?for (?:instance|example)|^ (?:one|you"
                    + "|we) (?:might|would|may|could) (?:\\w+ )?expect");

    private static final Pattern EXPECTED = Pattern.compile("^ (?:one|you|we) (?:might|would|may|could) ");
    private static final Pattern DEFINITE = Pattern.compile("(?<![a-z])(?:the|this|that|its|their) (?:[a-z-]+ )?$");
    private static final Pattern BARE =
            Pattern.compile("(?:.* )?(?:by|most|some|other|where|how|that|when|which|for|of|places)? ?");
    private static final Pattern UNRESTRICTED = Pattern.compile("\\s*(?:[.,;:!?].*)?|"
            + " (?:(?:is|are|can be|to be|there is|there are) )?"
            + "(?:(?:in|within|on|of|from) (?:the|this) (?:whole |entire )?" + PICTURE
            + "|anywhere|in it|appears?|visible|present|shown|depicted|photographed|seen|found"
            + "|counted|here|there|around"
            + "|at all|in sight|in view|in total|in all|altogether|part of (?:the"
            + "|this) " + PICTURE + "|(?:and|or|nor) ).*");

    private final String before;
    private final String after;

    private Phrasing(String before, String after) {
        this.before = before;
        this.after = after;
    }

    /** How this mention, by number, is spoken of. */
    static Phrasing of(Said said, int number) {
        var words = " " + said.words() + " ";
        int start = words.indexOf("@" + number + " "), end = words.indexOf(' ', start);
        if (start < 0) throw new IllegalArgumentException("no mention " + number + " in " + said);
        int from = 0, to = words.length();
        for (var at = BREAK.matcher(words); at.find(); ) {
            if (at.end() <= start + 1) from = at.start();
            else if (at.start() >= end - 1) to = Math.min(to, at.start() + 1);
        }
        return new Phrasing(words.substring(from, start), words.substring(end, to));
    }

    /** The clause up to the mention. */
    String before() {
        return before;
    }

    /** The clause behind it. */
    String after() {
        return after;
    }

    boolean definite() {
        return DEFINITE.matcher(before).find();
    }

    /** Whether the clause says no before it, or takes it back behind it. */
    boolean negated() {
        return NEGATOR.matcher(before.replaceFirst("^ ?no , ", " ")).find()
                || DENIED_BEHIND.matcher(after).find();
    }

    /** Whether bare "people" here are people in general. */
    boolean general() {
        return BARE.matcher(before).matches() && IN_GENERAL.matcher(after).find();
    }

    /** Whether it is only possible, likened or talked of in general. */
    boolean thought() {
        return THOUGHT.matcher(before).find()
                || !definite() && PURPOSE.matcher(before).find()
                || !definite() && THOUGHT_BEHIND.matcher(after).find()
                || EXPECTED.matcher(after).find();
    }

    /** Whether the words behind it leave the whole picture in view. */
    boolean unrestricted() {
        return UNRESTRICTED.matcher(after).matches();
    }
}
