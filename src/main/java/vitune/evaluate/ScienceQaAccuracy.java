package vitune.evaluate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vitune.data.Question;
import vitune.data.Reply;

/**
 * ScienceQA's accuracy, 0..1, in the columns of the paper's table: natural, social and language science (NAT, SOC, LAN),
 * questions with a text, with an image and with neither (TXT, IMG, NO; one may have both), grades 1 to 6 and 7 to 12
 * (G1-6, G7-12), and overall. A reply without a letter that can be read is wrong, and {@code unread} tells the share of
 * them.
 *
 * <p>Source: paper §5.2, Table 7; Lu et al. 2022 (arXiv:2209.09513). A reply is a letter alone, or starts with one, a
 * full stop and a space, or says "The answer is B." exactly once; as in LLaVA's published evaluation.
 *
 * @param reasoned whether replies reason first: then the last "The answer is B" counts, after the reasoning, which may
 *     say it too
 */
public record ScienceQaAccuracy(boolean reasoned) implements Metric {
    private static final Pattern SAID = Pattern.compile("The answer is ([A-Z]).", Pattern.UNIX_LINES);
    /** The last of these counts where a reply reasons first. */
    static final Pattern SAID_LAST = Pattern.compile("The answer is ([A-Z])(?![A-Za-z])");

    private static final Map<String, Predicate<Question>> GROUPS = groups();

    /** Who decides where two models disagree. */
    @FunctionalInterface
    public interface Arbiter {
        /** A reply that names a letter for each question, in their order. */
        List<String> decide(List<Dispute> disputes);
    }

    /** A question to which two models replied differently. */
    public record Dispute(Question question, String first, String second) {}

    @Override
    public String name() {
        return reasoned ? "ScienceQA, reasoned" : "ScienceQA";
    }

    @Override
    public int maxTokens() {
        return reasoned ? 512 : 16;
    }

    @Override
    public Marks score(List<Prediction> predictions) {
        if (predictions.isEmpty()) {
            throw new IllegalArgumentException("a metric needs at least one prediction, got none");
        }
        List<Marks.Mark> marks = new ArrayList<>();
        GROUPS.forEach((group, belongs) -> {
            List<Prediction> some =
                    predictions.stream().filter(p -> belongs.test(p.question())).toList();
            if (!some.isEmpty()) {
                marks.add(Marks.share(
                        "accuracy", group, some.stream().filter(this::right).count(), some.size()));
            }
        });
        long unread = predictions.stream()
                .filter(p -> letter(p.reply(), p.question()).isEmpty())
                .count();
        marks.add(Marks.share("unread", Marks.OVERALL, unread, predictions.size()));
        return new Marks(name(), marks);
    }

    private static Map<String, Predicate<Question>> groups() {
        Map<String, Predicate<Question>> groups = new LinkedHashMap<>();
        groups.put("NAT", q -> q.kind().equals("natural science"));
        groups.put("SOC", q -> q.kind().equals("social science"));
        groups.put("LAN", q -> q.kind().equals("language science"));
        groups.put("TXT", q -> q.tag("context").contains("text"));
        groups.put("IMG", q -> q.tag("context").contains("image"));
        groups.put("NO", q -> q.tag("context").equals("none"));
        groups.put("G1-6", q -> q.tag("grade").matches("grade[1-6]"));
        groups.put("G7-12", q -> q.tag("grade").matches("grade([7-9]|1[0-2])"));
        groups.put(Marks.OVERALL, q -> true);
        return groups;
    }

    private boolean right(Prediction prediction) {
        return letter(prediction.reply(), prediction.question())
                .equals(prediction.question().answer());
    }

    /** The letter that a reply names, "" if none can be read or it is not one of the question's choices. */
    public String letter(String reply, Question question) {
        String letter = reasoned ? last(reply) : letter(reply);
        int place = letter.isEmpty() ? -1 : letter.charAt(0) - 'A';
        return place >= 0 && place < question.choices().size() ? letter : "";
    }

    private static String letter(String reply) {
        if (reply.matches("[A-Z]")) {
            return reply;
        }
        if (reply.length() >= 3 && reply.substring(0, 3).matches("[A-Z]\\. ")) {
            return reply.substring(0, 1);
        }
        List<String> said = SAID.matcher(reply).results().map(m -> m.group(1)).toList();
        return said.size() == 1 ? said.get(0) : "";
    }

    private static String last(String reply) {
        String letter = "";
        for (Matcher said = SAID_LAST.matcher(reply); said.find(); ) {
            letter = said.group(1);
        }
        return letter.isEmpty() ? letter(reply) : letter;
    }

    /**
     * Two models and a judge: where both name the same letter, it is the first one's reply; where they do not, or
     * neither names one, the judge decides; a judge that names no letter leaves the first one's reply. Source: paper
     * §5.2, "GPT-4 as the judge".
     *
     * @throws IllegalArgumentException if a reply is missing or belongs to no question
     */
    public Predictions ensemble(Iterable<Question> questions, Predictions first, Predictions second, Arbiter judge) {
        List<Dispute> disputes = new ArrayList<>();
        List<Prediction> ones = first.answering(questions);
        List<Prediction> others = second.answering(questions);
        for (int i = 0; i < ones.size(); i++) {
            Question question = ones.get(i).question();
            String one = ones.get(i).reply();
            String other = others.get(i).reply();
            String letter = letter(one, question);
            if (letter.isEmpty() || !letter.equals(letter(other, question))) {
                disputes.add(new Dispute(question, one, other));
            }
        }
        List<String> decisions = disputes.isEmpty() ? List.of() : judge.decide(disputes);
        Map<String, String> decided = new LinkedHashMap<>();
        for (int i = 0; i < disputes.size(); i++) {
            decided.put(disputes.get(i).question.id(), decisions.get(i));
        }
        return merge("judged", questions, first, second, (question, one, other) -> {
            String decision = decided.getOrDefault(question.id(), one);
            return letter(decision, question).isEmpty() ? one : decision;
        });
    }

    /**
     * Two models: the first one's reply, or the second one's where the first names no letter. Source: paper §5.2, "GPT-4
     * complement".
     */
    public Predictions complement(Iterable<Question> questions, Predictions first, Predictions second) {
        return merge(
                "complement",
                questions,
                first,
                second,
                (question, one, other) -> letter(one, question).isEmpty() ? other : one);
    }

    private interface Choice {
        String of(Question question, String one, String other);
    }

    private static Predictions merge(
            String how, Iterable<Question> questions, Predictions first, Predictions second, Choice choice) {
        List<Prediction> ones = first.answering(questions);
        List<Prediction> others = second.answering(questions);
        List<Reply> replies = new ArrayList<>();
        for (int i = 0; i < ones.size(); i++) {
            Question question = ones.get(i).question();
            String text = choice.of(question, ones.get(i).reply(), others.get(i).reply());
            replies.add(new Reply(question.id(), text, how, how, Map.of()));
        }
        return Predictions.of(replies);
    }
}
