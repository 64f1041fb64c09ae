package vitune.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * GQA's accuracy, 0..1: a reply in small letters, without full stops at its end, is the answer or it is not. By
 * structural type, over questions that ask for words ("open", type query) and those that offer them ("binary", GQA's
 * other types), and overall. Questions of any other kind are neither open nor binary: with one of them, both are left
 * out.
 *
 * <p>Source: Hudson and Manning 2019 (arXiv:1902.09506) and its published evaluation; what is done to the reply is how
 * LLaVA-1.5 submits its answers.
 */
public record GqaAccuracy() implements Metric {
    private static final Set<String> TYPES = Set.of("verify", "query", "choose", "logical", "compare");

    @Override
    public String name() {
        return "GQA";
    }

    @Override
    public int maxTokens() {
        return 10;
    }

    @Override
    public Marks score(List<Prediction> predictions) {
        List<Marks.Mark> marks = new ArrayList<>(Marks.shares("accuracy", predictions, GqaAccuracy::right));
        if (predictions.stream().allMatch(p -> TYPES.contains(p.question().kind()))) {
            List<Prediction> open = predictions.stream()
                    .filter(p -> p.question().kind().equals("query"))
                    .toList();
            long openRight = open.stream().filter(GqaAccuracy::right).count();
            long right = predictions.stream().filter(GqaAccuracy::right).count();
            int others = predictions.size() - open.size();
            marks.add(marks.size() - 1, Marks.share("accuracy", "open", openRight, open.size()));
            marks.add(marks.size() - 1, Marks.share("accuracy", "binary", right - openRight, others));
        }
        return new Marks(name(), marks);
    }

    private static boolean right(Prediction prediction) {
        return normalise(prediction.reply()).equals(prediction.question().answer());
    }

    /** A reply as it is compared. */
    public static String normalise(String reply) {
        return reply.replaceFirst("\\.+\\z", "").toLowerCase(Locale.ROOT);
    }
}
