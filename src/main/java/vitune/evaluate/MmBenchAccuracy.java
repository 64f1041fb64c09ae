package vitune.evaluate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import vitune.data.Question;

/**
 * MMBench: {@code circular} accuracy, 0..1, where a question counts only if it is right in every rotation of its
 * choices, by category, by ability (where there are several) and overall; and {@code plain} accuracy over the questions
 * as they were first asked, beside it.
 *
 * <p>Source: Liu et al. 2023 (arXiv:2307.06281); what a reply says is found by the rules of the published evaluation in
 * its form without a judge, "exact matching", and a reply from which they read nothing is wrong. <i>Differs:</i> no list
 * of the refusals of other services.
 */
public record MmBenchAccuracy() implements Metric {
    private static final String BLANKS = "[.()\\[\\],:;!*#{}]";
    private static final int LAST_WORDS = 5;

    @Override
    public String name() {
        return "MMBench";
    }

    @Override
    public int maxTokens() {
        return 16;
    }

    /** A question over all rotations. */
    private record Group(String kind, String ability, boolean first, boolean all) {}

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if no question comes in rotations
     */
    @Override
    public Marks score(List<Prediction> predictions) {
        Map<String, List<Prediction>> rotations = predictions.stream()
                .collect(Collectors.groupingBy(
                        p -> p.question().tag("question"), LinkedHashMap::new, Collectors.toList()));
        if (rotations.values().stream().allMatch(some -> some.size() == 1)) {
            throw new IllegalArgumentException("expected each question in all rotations of its choices, got "
                    + rotations.size() + " questions without; MmBench.circular(questions) makes them");
        }
        List<Group> groups =
                rotations.values().stream().map(MmBenchAccuracy::group).toList();
        List<Marks.Mark> marks = new ArrayList<>(marks(groups, Group::kind));
        if (groups.stream().map(Group::ability).distinct().count() > 1) {
            marks.addAll(marks(groups, Group::ability));
        }
        marks.addAll(marks(groups, group -> Marks.OVERALL));
        return new Marks(name(), marks);
    }

    private static List<Marks.Mark> marks(List<Group> all, Function<Group, String> by) {
        List<Marks.Mark> marks = new ArrayList<>();
        all.stream()
                .collect(Collectors.groupingBy(by, TreeMap::new, Collectors.toList()))
                .forEach((name, groups) -> {
                    long right = groups.stream().filter(Group::all).count();
                    long plain = groups.stream().filter(Group::first).count();
                    marks.add(Marks.share("circular", name, right, groups.size()));
                    marks.add(Marks.share("plain", name, plain, groups.size()));
                });
        return marks;
    }

    private static Group group(List<Prediction> rotations) {
        Prediction first = rotations.stream()
                .min(Comparator.comparing((Prediction p) -> p.question().id().length())
                        .thenComparing(p -> p.question().id()))
                .orElseThrow();
        String ability = first.question().tags().getOrDefault("ability", "all");
        return new Group(
                first.question().kind(),
                ability,
                right(first),
                rotations.stream().allMatch(MmBenchAccuracy::right));
    }

    private static boolean right(Prediction prediction) {
        Question question = prediction.question();
        return letter(prediction.reply(), question.choices()).equals(question.answer());
    }

    /**
     * The letter that a reply names, "" if it names none or several: the one letter among its words, if its first place
     * is one of the last five words; or else the one choice whose text it holds, if it is at most twice as long as all
     * choices together.
     */
    public static String letter(String reply, List<String> choices) {
        List<String> words = WhiteSpace.words(reply.replaceAll(BLANKS, " "));
        List<String> letters = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        String said = reply.toLowerCase(Locale.ROOT);
        int length = 0;
        for (int i = 0; i < choices.size(); i++) {
            if (words.contains(Question.letter(i))) {
                letters.add(Question.letter(i));
            }
            if (said.contains(choices.get(i).toLowerCase(Locale.ROOT))) {
                texts.add(Question.letter(i));
            }
            length += choices.get(i).length();
        }
        if (letters.size() == 1 && words.indexOf(letters.get(0)) > words.size() - LAST_WORDS) {
            return letters.get(0);
        }
        if (letters.isEmpty() && words.contains("Z")) {
            return "";
        }
        return texts.size() == 1 && reply.length() <= 2 * length ? texts.get(0) : "";
    }
}
