package vitune.teach;

import java.util.regex.Pattern;
import vitune.teach.Things.Said;

/** How a sentence speaks of a mention: says it is there, denies it, or only thinks of it. */
final class Phrasing {
    /** The picture as a whole, which narrows nothing down. */
    static final String PICTURE = "(?:picture|pic|image|photo|photograph|scene|frame|shot|view|snapshot|composition)";

    private static final String THE_PICTURE =
            "(?:(?:the|this|that) (?:whole |entire |given )?" + PICTURE + "|(?:this|that) one)";
    /** What the picture does with what is in it, as English verbs without their endings. */
    static final String SHOW =
            "(?:(?:show|contain|include|feature|depict|hold|display|present|showcase|capture|portray|reveal"
                    + "|comprise|offer)(?:s|d|ed|ing)?|have|has|had|having|consists? of)";

    static final String LOOK = "(?:see|spot|find|make out|tell apart|distinguish|count|notice|detect|observe|identify"
            + "|discern|recogni[sz]e|locate|meet)";
    /** Who looks at a picture or makes it. */
    static final String VIEWER = "(?:i|we|you|one|(?:the |an? )?(?:viewers?|observers?|photographer|camera))";

    static final String SEEN = "(?:seen|spotted|found|made out|noticed|detected|observed|identified|distinguished"
            + "|discerned|counted|located|recogni[sz]ed|shown|depicted|pictured|photographed|captured|included"
            + "|featured|displayed|portrayed|represented)";
    /** Words that say no more of a thing than that it is in the picture. */
    static final String IN_VIEW = "(?:(?:(?:also|clearly|actually|currently|really|readily) )?(?:" + SEEN
            + "|visible|present|discernible|noticeable|evident|in (?:sight|view|evidence|frame|it|total|all)"
            + "|on (?:display|view|show)|to be (?:seen|found)|here|there|anywhere|around|at all|whatsoever"
            + "|altogether|overall|together|at once|part of " + THE_PICTURE + "|(?:in|within|on|of|from|across"
            + "|throughout) " + THE_PICTURE + "))";

    private static final Pattern BREAK = Pattern.compile(
            "(?<!missing|absent|present|shown|visible|lacking) [;:] (?!(?:none|no|not|absent|nil|\\d+|zero|"
                    + NumberWords.ALL
                    + ") )| (?:but|while|whereas|although|(?<! as )though) "
                    + "| , (?:and )?(?:there (?:is|are)|you can see) ");

    /** Words of which one before a mention takes it out of the picture. */
    private static final Pattern NEGATOR = Pattern.compile(
            "(?<![a-z@])(?:no(?! (?:more|less|fewer) than)|not(?! only| just| alone| far| merely)|never|without|neither|nor|none"
                    + "|nothing|nobody|nowhere|minus|hardly|scarcely|absent|zero|lacks?|lacked|lacking|misse[sd]|missing"
                    + "|omit(?:s|ted)?|exclud(?:es?|ed|ing)|leav(?:es?|ing) out|left out|fail(?:s|ed)? to|unable to"
                    + "|impossible to|hard to (?:find|spot|see)|free from|(?:free|devoid|void|empty|bare|absence|lack|short) of"
                    + "|rul(?:es?|ed|ing) out|in vain|too \\w+ to)(?![a-z])");
    /** "Nobody touches the bench": what somebody would do to it, it is there. */
    private static final Pattern IDLE = Pattern.compile("(?:nobody|no one|nothing) (?!" + SHOW + "|" + LOOK
            + "|suggests?|indicates?|hints?|like|points?)[a-z]+ (?:[a-z]+ )?(?:the|this|that) $");

    /** "Do not overlook the dog": no and no is yes. */
    private static final Pattern MISSED =
            Pattern.compile("(?<![a-z])(?:not|never|hardly|scarcely|hard to|difficult to|impossible to)"
                    + " (?:overlook|miss|ignore|forget|fail to " + LOOK + ") ");

    private static final Pattern DENIED_BEHIND = Pattern.compile("^ (?:(?:is|are|was|were|[:,]) )?(?:clearly )?"
            + "(?:zero|0|nil|none|no(?= [.,;]| $)|absent|missing|nowhere|lacking|not (?:a|an|the) )"
            + "|^ (?:(?:is|are|was|were|has|have|can|could|do|does|did|:) )(?:[a-z]+ )?(?:not|never) (?:be )?(?:"
            + IN_VIEW + "|appear|exist|show up|feature|figure|to be|yet)|^ (?:can|could|do|does) not be"
            + "|^ (?:[a-z]+ )*(?:is|are) (?:[a-z]+ )?(?:nowhere|absent|missing|lacking"
            + "|(?:just |well )?(?:outside|out of) (?:the |this )?(?:frame|view|sight|picture|shot|image|photo))");

    private static final Pattern THOUGHT = Pattern.compile(
            "(?<![a-z])(?:might|may|(?<!that |viewer |observer )would(?! (?:count|say|find it|see it) )|should|(?<!there )must|ought|had there|(?:can"
                    + "|could)(?! (?:also |clearly |only |just |not )?(?:tell|confirm|say|report|assure|(?:hardly |scarcely )?(?:miss|overlook)|"
                    + LOOK
                    + "|be (?:\\w+ )?" + SEEN + "))|will(?! (?:also |not )?(?:" + LOOK
                    + "|notice))|perhaps|maybe|possibly|probably"
                    + "|presumably|by @\\d+ (?:who|that)|likely|if(?! (?:you|one|we) (?:look|start"
                    + "|begin|go|move|count|zoom|compare))|whether|unless|(?<=^ )(?:where|when(?! it comes to| looking)"
                    + "|until)|whenever|wherever|whoever (?!took|made|shot)|imagine|suppose|in case|such as|like (?:an?|those|that)"
                    + "|(?<!well )as an?|as (?!well |many )[a-z]+ as|(?<!left |right |up |down |lower |higher |more |fewer |less )than(?= (?:an?|most|many|any|some|other|@\\d+|[a-z]+ing) )|than (?=nothing)|other than|similar to an?|resembl\\w+|remind\\w*|suggest\\w*"
                    + "|as though|as if|why|who (?:own|use|like|love|keep|collect|make|sell|need|want)s?|alternative to|wonder\\w*|once(?= ,)|formerly|previously|(?:take|takes|took|taken|taking|in) the place of|in (?:place|lieu) of|replac\\w+|substitut\\w+|depends? on|unlikely|different from|differs? from|(?:other|similar) (?:pictures?|images?|photos?|scenes?)|(?:size|height|length|weight|age|price|cost|colou?r|shape|look|style) of(?= (?:an?|most|some) )|more (?:[a-z]+ )?@\\d+ than|as many @\\d+ as|fewer @\\d+ than|outside the|used (?:[a-z]+ )?with|requires?|takes|were it|safe from|afraid of|fears?|avoid\\w*|prevent\\w*"
                    + "|protect\\w*|in contrast to|popular|common|people (?:also |often )?(?:use"
                    + "|ride|take|enjoy|eat|drive|like|keep|play|own)|for instance"
                    + "|prefers?|loves?|dream\\w*|pretend\\w*|symboli[sz]e\\w*|associated with"
                    + "|known for|typical of|(?:think\\w*|thought) (?:of|about)|mistak\\w+|confus\\w+|guess\\w*"
                    + "|instead of|rather than|unlike|opposed to|compared (?:to|with) an?|often|usually|typically"
                    + "|commonly|generally|normally|sometimes|wants?|wanted|needs?|needed|wish|wishes|hopes?"
                    + "|(?:wait\\w*|look\\w*|search\\w*|ready|room|space|used|use|designed|meant"
                    + "|intended|suitable|ideal"
                    + "|perfect|prepar\\w*|head\\w*) for|(?:room|space|used|designed|meant|intended"
                    + "|enough|place|way|time|day) to|e\\.g\\.|for example"
                    + "|(?:drawing|painting|statue|sculpture|poster|logo|toy|model|cartoon|shape"
                    + "|symbol|(?<!(?:no|any) )sign) (?:of|about))"
                    + "(?![a-z])");
    /** What a thing would be for, or what one would do with one: "to ride a bus", "a place for dogs". */
    private static final Pattern PURPOSE =
            Pattern.compile("(?<![a-z])(?:(?<!(?:seem|seems|seemed|appear|appears|happen|happens|next|close"
                    + "|thanks|addition|able|due|closest|nearest|back|over|up|unable|compared|refers) )to (?!(?:an?|it|them|be|the|its|their|his|her|some"
                    + "|any|one|this|that|see|find|sum|me|begin|start|say|name|mention|notice|spot|observe)(?![a-z]))[a-z]+ (?:[a-z]+ ){0,4}|(?:for|by [a-z]+ing|(?:when|while|without) [a-z]+ing) )"
                    + "(?:an? |any |some |one or more )?(?:[a-z-]+ )?$|^ ?(?:had|were|should) [a-z@0-9]+ ");
    /** Bare plurals mean the kind, as in "horses need care", unless what they do or where they are is seen. */
    private static final Pattern IN_GENERAL = Pattern.compile(
            "^(?! ?(?:" + IN_VIEW + "|(?:(?:are|were) (?:also |all |both |clearly )?)?(?:" + IN_VIEW
                    + "|[a-z]+ing|(?!need|feed|breed|succeed)[a-z]+ed|set|left|shown|seen|close|together|part|nearby|in|on|at|near|near to|next to|behind|beside|with)|with|and|or|to|walk|stand|sit|lie|hang|rest"
                    + "|gather|appear|exist|turn up|fill|dot|line|surround|occupy|dominate|crowd|make up|populate|share|catch|form|complete|flank|cover|frame"
                    + "|[a-z]+ing|next|behind|beside|above|below|over|under|against|along|around|as well|can be|could be|total|number|add up|draw|stick|peek"
                    + "|one|you|(?:that|which|who) (?!also |own|use|like|love|keep|collect|make|sell|need|want|know)[a-z]+|(?!need|feed|breed|succeed)[a-z]+ed)(?![a-z])) [a-z]+");

    private static final Pattern THOUGHT_BEHIND = Pattern.compile(
            "^ (?:(?!(?:is|are|was|were|has|have|that|which|who|and|while|can) )[a-z]+ ){0,5}(?:might|may|would|should|(?:can|could|will)(?! (?:\\w+ )?be "
                    + SEEN
                    + ")|often|usually|typically|commonly|generally|normally|sometimes"
                    + "|always)(?![a-z])|^ (?:is|are) an? (?!part |few |little |bit )|^ (?:is|are|was|were) (?:common|popular|rare|famous|expensive|cheap|useful|needed|required|allowed|invented)(?![a-z])|^ (?:, )?for (?:instance|example)|^ (?:one|you"
                    + "|we) (?:might|would|may|could) (?:\\w+ )?expect");

    private static final Pattern EXPECTED = Pattern.compile("^ (?:one|you|we) (?:might|would|may|could) ");
    private static final Pattern DEFINITE = Pattern.compile("(?<![a-z])(?:the|this|that|its|their) (?:[a-z-]+ )?$");
    private static final Pattern BARE = Pattern.compile(
            "(?:^ ?(?:are|do|can|could|did|were)|.*(?:[,;:]|(?<![a-z])(?:by|most|some|other|where|how|that|when|which|for|places|because|since|as|and)))? ?");
    private static final Pattern UNRESTRICTED = Pattern.compile("\\s*(?:[.,;:!?].*)?|"
            + " (?:(?:is|are|was|were|that is|that are|can be|to be|there is|there are|being) )?"
            + "(?:" + IN_VIEW + "|appears?|exists?|(?:when|at) (?:the|this) (?:" + PICTURE
            + "|time|moment)|and|or|nor|as well as|but|just|only)(?![a-z]).*");

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
        return NEGATOR.matcher(MISSED.matcher(before.replaceFirst("^ ?no , ", " "))
                                        .replaceAll(" "))
                                .find()
                        && !IDLE.matcher(before).find()
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
