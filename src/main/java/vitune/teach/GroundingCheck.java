package vitune.teach;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import vitune.data.Box;
import vitune.data.English;
import vitune.data.ImageContext;
import vitune.data.InstructionSample;
import vitune.data.Turn;
import vitune.teach.Things.Mention;
import vitune.teach.Things.Said;

/**
 * Holds what a reply says against the boxes that prompted it: things that are not there, things denied, wrong numbers,
 * wrong sides, the wrong half of the picture. Asks no model; the same reply gives the same findings.
 *
 * <p>It knows COCO's eighty categories, the things of drawn scenes, other names for both, and the categories of the
 * boxes themselves. What a caption names is taken to be there. Talk of what might be, comparisons ("like a dog") and
 * what only a question names claim nothing; of a sentence that it does not understand it says nothing.
 *
 * <p>Of several pictures, a claim stands if it holds in one of those that its sentence speaks of.
 */
public final class GroundingCheck implements SampleCheck {
    private static final Pattern SENTENCES = Pattern.compile("(?<=[.!?])\\s+|\\n+");

    private static final Pattern BOTH = Pattern.compile("^(?:yes , )?both (?:pictures|images|photos) ");

    private final Things known = new Things();

    /**
     * What came of a sample.
     *
     * @param claims how many claims were understood
     * @param findings those that are wrong, in the order of the text
     */
    public record Grounding(int claims, List<Finding> findings) {
        public Grounding {
            findings = List.copyOf(findings);
        }

        private List<String> words() {
            return findings.stream().map(Finding::toString).toList();
        }

        private Map<String, String> provenance() {
            return Map.of("grounding", "checked, " + claims + (claims == 1 ? " claim" : " claims"));
        }
    }

    /** A claim, and where it is made. */
    private record Made(int turn, Stated stated) {}

    /** The first finding, and how many more there are. */
    @Override
    public Optional<String> fault(InstructionSample sample, List<ImageContext> contexts) {
        return SampleCheck.first(findings(sample, contexts));
    }

    /** Every claim that the boxes contradict, each with its evidence: {@link Finding#toString}. */
    @Override
    public List<String> findings(InstructionSample sample, List<ImageContext> contexts) {
        return ground(sample, contexts).words();
    }

    /** "grounding": how many claims were checked. */
    @Override
    public Map<String, String> provenance(InstructionSample sample, List<ImageContext> contexts) {
        return ground(sample, contexts).provenance();
    }

    @Override
    public Checked check(InstructionSample sample, List<ImageContext> contexts) {
        var grounding = ground(sample, contexts);
        return new Checked(grounding.words(), grounding.provenance());
    }

    /** Every claim of the sample's responses, held against the pictures. */
    public Grounding ground(InstructionSample sample, List<ImageContext> contexts) {
        var things = known.with(contexts.stream()
                .flatMap(context -> context.boxes().stream().map(Box::category))
                .collect(Collectors.toSet()));
        var claims = new ArrayList<Made>();
        for (int i = 0; i < sample.turns().size(); i++) {
            for (var one : stated(sample.turns().get(i), things)) claims.add(new Made(i + 1, one));
        }
        if (claims.isEmpty()) return new Grounding(0, List.of());
        var grounds =
                contexts.stream().map(context -> new Grounds(context, things)).toList();
        var findings = new LinkedHashSet<Finding>();
        for (var made : claims) finding(made, grounds).ifPresent(findings::add);
        return new Grounding(claims.size(), List.copyOf(findings));
    }

    /** A claim, and the sentence that makes it. */
    record Stated(Said sentence, Claim claim) {}

    /** What a turn's response claims. */
    static List<Stated> stated(Turn turn, Things things) {
        var question = QuestionReader.last(said(turn.instruction(), things));
        var answer = said(turn.response(), things);
        var stated = new ArrayList<Stated>();
        for (int i = 0; i < answer.size(); i++) {
            var sentence = answer.get(i);
            if (sentence.text().endsWith("?")) continue;
            var of = new LinkedHashSet<Claim>();
            var last = i > 0 ? answer.get(i - 1) : null;
            if (question != null && (i == 0 || i == 1 && AnswerReader.opens(answer.get(0))))
                of.addAll(AnswerReader.read(question, sentence));
            if (last != null && last.text().endsWith("?")) of.addAll(AnswerReader.read(last, sentence));
            if (i > 0 || question == null || !QuestionReader.forAbsent(question))
                of.addAll(PresenceReader.read(sentence));
            of.addAll(CountReader.read(sentence, near(answer, i), last));
            of.addAll(PlaceReader.read(sentence, meant(question, last)));
            of.forEach(claim -> stated.add(new Stated(sentence, claim)));
        }
        return stated;
    }

    static List<Said> said(String text, Things things) {
        return SENTENCES
                .splitAsStream(text.strip())
                .filter(s -> !s.isBlank())
                .map(things::read)
                .toList();
    }

    private static List<Said> near(List<Said> answer, int i) {
        return answer.subList(Math.max(0, i - 1), Math.min(answer.size(), i + 2));
    }

    /** What "it" is: the one thing that the sentence before names, or that the question is about. */
    private static @Nullable Mention meant(@Nullable Said question, @Nullable Said last) {
        if (last != null) return last.mentions().size() == 1 ? last.mentions().get(0) : null;
        return question == null ? null : QuestionReader.subject(question);
    }

    private static Optional<Finding> finding(Made made, List<Grounds> grounds) {
        var sentence = made.stated().sentence();
        var claim = made.stated().claim();
        var against = scope(sentence.words(), grounds).stream()
                .map(g -> g.against(claim))
                .toList();
        boolean inEach =
                claim instanceof Claim.There && BOTH.matcher(sentence.words()).find();
        var wrong = against.stream().filter(Optional::isPresent).count();
        if (wrong == 0 || wrong < against.size() && !inEach) return Optional.empty();
        var boxes = against.stream().flatMap(Optional::stream).distinct().collect(Collectors.joining(" and "));
        return Optional.of(new Finding(kind(claim), made.turn(), sentence.text(), words(claim), boxes));
    }

    /** Of two pictures, the one that the sentence speaks of; both where it speaks of none or of both. */
    private static List<Grounds> scope(String words, List<Grounds> grounds) {
        if (grounds.size() != 2) return grounds;
        boolean first = words.contains("first") || words.contains("picture 1");
        boolean second = words.contains("second") || words.contains("picture 2");
        return first == second ? grounds : grounds.subList(first ? 0 : 1, first ? 1 : 2);
    }

    private static Finding.Kind kind(Claim claim) {
        if (claim instanceof Claim.There) return Finding.Kind.INVENTED;
        if (claim instanceof Claim.Absent) return Finding.Kind.DENIED;
        return claim instanceof Claim.Count ? Finding.Kind.COUNT : Finding.Kind.POSITION;
    }

    static String words(Claim claim) {
        if (claim instanceof Claim.There there) return English.a(there.name().text());
        if (claim instanceof Claim.Absent absent) return "no " + absent.name();
        if (claim instanceof Claim.Count count) return count.said();
        if (claim instanceof Claim.Part part)
            return "the " + part.name() + " in the " + part.side().half() + " half";
        var where = (Claim.Where) claim;
        return "the " + where.name() + (where.holds() ? " " : " not ")
                + where.side().of() + " the " + where.from();
    }
}
