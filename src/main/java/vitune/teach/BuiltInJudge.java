package vitune.teach;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import vitune.teach.JudgePrompts.Case;
import vitune.teach.JudgedPicture.Reading;

/**
 * The built-in teacher as a judge: 1 to 10 by a rubric, from captions and boxes alone, each answer by itself, so that no
 * order can matter. It knows the same rules as the built-in teacher, and no more: of what it cannot read it says so.
 *
 * <ul>
 *   <li>Empty, or nothing to the point: 1.
 *   <li>A short question (is there a car? how many? what colour? where, from the other? is it sunny?): right 10, less by
 *       the share of what else the answer says that is wrong; wrong 2; answered so that boxes and captions do not tell 5.
 *   <li>A description: 1 + 9 c t, where c is the share of the things that are there that it names, with their number or
 *       colour and, asked for in detail, their place ({@link Reading#coverage}), and t the share of what it says that
 *       holds. Where the captions do not name all things, c is the share of a caption's words that are there, if that is
 *       more, and in detail the mean of both.
 *   <li>A reason: beside the judge's own answers to the question, where it has any, 1 + 9 t (0.7 w + 0.3 f), where w is
 *       the share of the own answer's words that are there, and f is 1 where both say yes or no or neither does; yes for
 *       no, no for yes or other things than its own: 2. Where it has none: 1 + 9 t for an answer with something of the
 *       picture and a reason, 1 + 6 t without a reason, 5 where only the words of captions come again.
 * </ul>
 */
final class BuiltInJudge {
    /** So many of an answer's words in the captions make it likely that it speaks of the picture. */
    private static final double LIKELY = 0.3;

    static final int LEAST = 1, WRONG = 2, OPEN = 5, MOST = 10;
    private static final Pattern DESCRIBE = Pattern.compile(
            "describe|\\btell me (?:all|what|in)\\b|what (?:is|are) (?:in|on|where)\\b|what (?:do|can) you see|in one sentence"
                    + "|\\b(?:analy[sz]e|explain|caption|summari[sz]e)\\b");
    private static final Pattern DETAIL =
            Pattern.compile("detail|\\ball\\b|\\bwhere\\b|everything|comprehensive|thorough");
    private static final Pattern REASON = Pattern.compile("\\b(?:because|since|as|so that|therefore|due to)\\b");
    static final Pattern POLARITY = Pattern.compile("^\\W*(yes|no)\\b.*", Pattern.DOTALL);
    private static final Pattern WORD = Pattern.compile("[a-z]+");

    private static final Set<String> SMALL_WORDS = Set.of(
            ("a an the is are it its in on at of to for and or but with there here you your i we this that can may be do"
                            + " does not no yes because since as so has have")
                    .split(" "));

    private final CaptionReader captions;
    private final Set<String> known;
    private final ReasonWriter reasons;
    private final ShortAnswers shortAnswers;
    private final Things things = new Things();

    BuiltInJudge(CaptionReader captions, Set<String> known, ReasonWriter reasons) {
        this.captions = captions;
        this.known = known;
        this.reasons = reasons;
        shortAnswers = new ShortAnswers(captions);
    }

    /** Two scores, and why. */
    String reply(Case asked) {
        var picture = new JudgedPicture(asked.picture(), captions, known, things);
        var marks = Stream.of(asked.first(), asked.second())
                .map(answer -> mark(picture, asked.question(), answer))
                .toList();
        return marks.get(0).score + " " + marks.get(1).score + "\nAnswer 1 " + marks.get(0).why + " Answer 2 "
                + marks.get(1).why;
    }

    /** A score from 1 to 10, and a sentence that says why. */
    record Mark(int score, String why) {}

    Mark mark(JudgedPicture picture, String question, String answer) {
        if (answer.isBlank()) return new Mark(LEAST, "is empty.");
        var reading = picture.read(question, answer);
        int score = score(picture, question, answer, reading);
        var wrong = reading.wrong();
        return new Mark(
                score,
                (score == LEAST
                                ? "says nothing to the point"
                                : "says " + reading.right()
                                        + (reading.right() == 1 ? " thing that holds" : " things that hold"))
                        + (wrong.isEmpty() ? "." : ", and is wrong about: " + String.join(", ", wrong) + "."));
    }

    private int score(JudgedPicture picture, String question, String answer, Reading reading) {
        var asked = QuestionReader.last(picture.said(question));
        if (asked == null) return LEAST;
        var lower = question.toLowerCase(Locale.ROOT);
        var own = reasons.answers(question, picture.symbols());
        if (!own.isEmpty()) {
            return own.stream()
                    .mapToInt(one -> reason(picture, one, answer, reading))
                    .max()
                    .orElseThrow();
        }
        var shortly = shortAnswers.score(picture, question, asked, answer, reading);
        if (shortly.isPresent()) return shortly.getAsInt();
        if (DESCRIBE.matcher(lower).find())
            return description(picture, answer, reading, DETAIL.matcher(lower).find());
        return reason(picture.symbols(), answer, reading);
    }

    /** 1 to 10. */
    static int scaled(double share) {
        return (int) Math.round(LEAST + (MOST - LEAST) * share);
    }

    // ---------------------------------------------------------------- descriptions and reasons

    private static int description(JudgedPicture picture, String answer, Reading reading, boolean detailed) {
        var symbols = picture.symbols();
        double things = reading.coverage(detailed);
        if (symbols.complete()) return scaled(things * reading.truth());
        double told = symbols.captions().stream()
                .mapToDouble(caption -> shared(caption, answer))
                .max()
                .orElse(0);
        double share = detailed && !symbols.groups().isEmpty() ? (things + told) / 2 : Math.max(things, told);
        return scaled(share * reading.truth());
    }

    /** Beside an answer of its own. */
    private static int reason(JudgedPicture picture, String own, String answer, Reading reading) {
        double words = shared(own, answer);
        var ours = POLARITY.matcher(own.toLowerCase(Locale.ROOT));
        var theirs = POLARITY.matcher(answer.toLowerCase(Locale.ROOT));
        boolean yesOrNo = ours.matches(), polar = theirs.matches();
        if (yesOrNo && polar && !ours.group(1).equals(theirs.group(1))) return WRONG;
        var meant = named(picture, own);
        var said = named(picture, answer);
        if (!meant.isEmpty() && !said.isEmpty() && Collections.disjoint(meant, said)) return WRONG;
        if (words == 0 && !(yesOrNo && polar)) return LEAST;
        return scaled(reading.truth() * ((yesOrNo == polar ? 0.3 : 0) + 0.7 * words));
    }

    private static Set<Set<String>> named(JudgedPicture picture, String text) {
        return picture.said(text).stream()
                .flatMap(sentence -> sentence.mentions().stream())
                .map(mention -> mention.name().categories())
                .collect(Collectors.toSet());
    }

    /** Without one. */
    private static int reason(SymbolicPicture picture, String answer, Reading reading) {
        if (reading.right() == 0) {
            boolean likely = !picture.complete()
                    && reading.wrong().isEmpty()
                    && shared(answer, String.join(" ", picture.captions())) >= LIKELY;
            return likely ? OPEN : LEAST;
        }
        boolean reasoned = REASON.matcher(answer.toLowerCase(Locale.ROOT)).find();
        return scaled(reading.truth() * (reasoned ? 1 : 2 / 3.0));
    }

    /** The share of the first text's words that the second has, 0..1; small words aside. */
    private static double shared(String of, String in) {
        var words = words(of);
        var there = new HashSet<>(words(in));
        return words.isEmpty() ? 0 : words.stream().filter(there::contains).count() / (double) words.size();
    }

    private static List<String> words(String text) {
        return WORD.matcher(text.toLowerCase(Locale.ROOT))
                .results()
                .map(MatchResult::group)
                .filter(word -> !SMALL_WORDS.contains(word))
                .distinct()
                .collect(Collectors.toCollection(ArrayList::new));
    }
}
