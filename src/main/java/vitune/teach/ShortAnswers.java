package vitune.teach;

import static vitune.teach.BuiltInJudge.LEAST;
import static vitune.teach.BuiltInJudge.OPEN;
import static vitune.teach.BuiltInJudge.POLARITY;
import static vitune.teach.BuiltInJudge.WRONG;
import static vitune.teach.BuiltInJudge.scaled;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import vitune.teach.JudgedPicture.Aspect;
import vitune.teach.JudgedPicture.Reading;
import vitune.teach.SymbolicPicture.Group;
import vitune.teach.Things.Said;

/** How the built-in judge scores answers to questions that have one right answer; see {@link BuiltInJudge}. */
final class ShortAnswers {
    private static final Pattern WEATHER = Pattern.compile("^is it (?<weather>sunny|rainy|snowy|night)\\b");
    private static final Pattern COUNT = Pattern.compile("how many|number of|^(?:find |tell me )?count ");
    private static final Pattern COLOUR = Pattern.compile("colou?r");
    private static final Pattern COLOURS = Pattern.compile("\\b(?:" + String.join("|", CaptionReader.COLOURS) + ")\\b");
    private static final Pattern SIDE = Pattern.compile("\\b(?:where|side|relative)\\b|\\bleft\\b.*\\bright\\b");
    private static final Pattern SIDE_WORD = Pattern.compile("\\b(left|right|above|below)\\b");
    /** "Right" may mean yes; as an answer of one word it is a side. */
    private static final Pattern A_SIDE = Pattern.compile("\\W*right\\W*", Pattern.CASE_INSENSITIVE);

    private final CaptionReader captions;

    ShortAnswers(CaptionReader captions) {
        this.captions = captions;
    }

    /** The score of an answer; empty where the question is no such one. */
    OptionalInt score(JudgedPicture picture, String question, Said asked, String answer, Reading reading) {
        var lower = question.toLowerCase(Locale.ROOT);
        int mentions = asked.mentions().size();
        if (mentions == 1 && COUNT.matcher(lower).find()) {
            return OptionalInt.of(number(picture, asked, answer, reading));
        }
        if (mentions == 1 && COLOUR.matcher(lower).find()) {
            return OptionalInt.of(colour(picture, asked, answer, reading));
        }
        if (mentions == 2 && SIDE.matcher(lower).find()) return OptionalInt.of(side(picture, asked, answer, reading));
        if (!picture.claims(question, "No.").isEmpty()) {
            return OptionalInt.of(yesOrNo(picture, question, answer, reading));
        }
        var weather = WEATHER.matcher(lower);
        return weather.find()
                ? OptionalInt.of(weather(picture, weather.group("weather"), answer, reading))
                : OptionalInt.empty();
    }

    /** Right, less by the share of what else is wrong; or wrong. */
    private static int asked(boolean holds, Reading reading) {
        return holds
                ? scaled((reading.right() + 1)
                        / (double) (reading.right() + 1 + reading.wrong().size()))
                : WRONG;
    }

    private static int number(JudgedPicture picture, Said asked, String answer, Reading reading) {
        var name = asked.mentions().get(0).name();
        var meant = picture.groups(name.categories());
        int count = meant.stream().mapToInt(Group::count).sum();
        boolean told = meant.stream().allMatch(group -> group.count() > 0);
        var said = picture.said(answer).stream()
                .flatMap(sentence -> CountReader.answer(sentence.words()).stream())
                .map(NumberWords::value)
                .distinct()
                .toList();
        if (said.isEmpty()) {
            return reading.right() > 0 && meant.stream().anyMatch(g -> reading.right(Aspect.NUMBER, g.name()))
                    ? asked(true, reading)
                    : LEAST;
        }
        return told ? asked(said.equals(List.of(count)), reading) : OPEN;
    }

    private int colour(JudgedPicture picture, Said asked, String answer, Reading reading) {
        var meant = picture.groups(asked.mentions().get(0).name().categories());
        var lower = answer.toLowerCase(Locale.ROOT);
        var said = COLOURS.matcher(lower)
                .results()
                .map(MatchResult::group)
                .distinct()
                .toList();
        if (said.isEmpty()) return LEAST;
        if (meant.size() != 1 || meant.get(0).colour().isEmpty()) return OPEN;
        var group = meant.get(0);
        var ofThing = captions.colour(List.of(lower), group.name(), group.count());
        return asked(ofThing != null ? ofThing.equals(group.colour()) : said.equals(List.of(group.colour())), reading);
    }

    private static int side(JudgedPicture picture, Said asked, String answer, Reading reading) {
        var subject = QuestionReader.subject(asked);
        if (subject == null) return LEAST;
        var other = asked.mentions().get(subject == asked.mentions().get(0) ? 1 : 0);
        var a = picture.groups(subject.name().categories());
        var b = picture.groups(other.name().categories());
        var said = SIDE_WORD
                .matcher(answer.toLowerCase(Locale.ROOT))
                .results()
                .map(side -> side.group(1))
                .distinct()
                .toList();
        if (said.isEmpty()) return LEAST;
        if (a.size() != 1 || b.size() != 1) return WRONG;
        var actual = SymbolicPicture.relation(a.get(0), b.get(0));
        return actual.map(side -> asked(said.equals(List.of(side)), reading)).orElse(OPEN);
    }

    /** What the answer says of the things that are asked for decides. */
    private static int yesOrNo(JudgedPicture picture, String question, String answer, Reading reading) {
        if (A_SIDE.matcher(answer).matches()) return LEAST;
        var about =
                picture.claims(question, "No.").stream().map(ShortAnswers::name).toList();
        var said = picture.claims(question, answer).stream()
                .filter(claim -> about.contains(name(claim)))
                .toList();
        if (said.isEmpty()) {
            return POLARITY.matcher(answer.toLowerCase(Locale.ROOT)).matches() ? OPEN : LEAST;
        }
        if (!said.stream().allMatch(picture::holds)) return WRONG;
        boolean unknown = said.stream()
                .anyMatch(claim -> claim instanceof Claim.There there
                        && !picture.tellsOf(there.name().categories()));
        return unknown ? OPEN : scaled(reading.truth());
    }

    private static Set<String> name(Claim claim) {
        if (claim instanceof Claim.There there) return there.name().categories();
        if (claim instanceof Claim.Absent absent) return absent.name().categories();
        if (claim instanceof Claim.Count count) return count.name().categories();
        if (claim instanceof Claim.Part part) return part.name().categories();
        return ((Claim.Where) claim).name().categories();
    }

    private static int weather(JudgedPicture picture, String weather, String answer, Reading reading) {
        var said = POLARITY.matcher(answer.toLowerCase(Locale.ROOT));
        var actual = picture.symbols().weather();
        if (!said.matches())
            return reading.right(Aspect.WEATHER, String.valueOf(actual)) ? asked(true, reading) : LEAST;
        return actual == null ? OPEN : asked(said.group(1).equals("yes") == weather.equals(actual), reading);
    }
}
