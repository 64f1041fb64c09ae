package vitune.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import vitune.data.Question;

/**
 * POPE: accuracy, precision, recall, F1 and the share of yes, each 0..1, by split (random, popular, adversarial) and
 * over all of them; and {@code mean F1} over the splits, the number that LLaVA-1.5 reports.
 *
 * <p>Source: Li et al. 2023 (arXiv:2305.10355) and its published evaluation: of a reply the first sentence counts, up to
 * a full stop; commas go; if one of the words between spaces is "No", "no" or "not" it is a no, and anything else a yes.
 */
public record PopeScore() implements Metric {
    @Override
    public String name() {
        return "POPE";
    }

    @Override
    public int maxTokens() {
        return 10;
    }

    /** Of a reply and the truth. */
    private enum Outcome {
        TRUE_YES,
        FALSE_YES,
        TRUE_NO,
        FALSE_NO
    }

    @Override
    public Marks score(List<Prediction> predictions) {
        List<Marks.Mark> marks = new ArrayList<>();
        List<Outcome[]> splits = new ArrayList<>();
        Marks.groups(predictions).forEach((group, some) -> {
            Outcome[] outcomes = some.stream().map(PopeScore::outcome).sorted().toArray(Outcome[]::new);
            add(group, outcomes, marks);
            if (!group.equals(Marks.OVERALL)) {
                splits.add(outcomes);
            }
        });
        marks.add(meanF1(splits));
        return new Marks(name(), marks);
    }

    private static void add(String group, Outcome[] outcomes, List<Marks.Mark> marks) {
        int[] count = counts(outcomes);
        int trueYes = count[Outcome.TRUE_YES.ordinal()];
        int falseYes = count[Outcome.FALSE_YES.ordinal()];
        int trueNo = count[Outcome.TRUE_NO.ordinal()];
        int falseNo = count[Outcome.FALSE_NO.ordinal()];
        int n = outcomes.length;
        double[] ends = Bootstrap.interval(drawn -> f1(outcomes, drawn, 0, n), n);
        marks.add(Marks.share("accuracy", group, trueYes + trueNo, n));
        marks.add(Marks.share("precision", group, trueYes, trueYes + falseYes));
        marks.add(Marks.share("recall", group, trueYes, trueYes + falseNo));
        marks.add(new Marks.Mark("F1", group, n, f1(trueYes, falseYes, falseNo), ends[0], ends[1]));
        marks.add(Marks.share("yes", group, trueYes + falseYes, n));
    }

    private static Marks.Mark meanF1(List<Outcome[]> splits) {
        Outcome[] all = splits.stream().flatMap(Stream::of).toArray(Outcome[]::new);
        int[] sizes = splits.stream().mapToInt(split -> split.length).toArray();
        int[] rows = new int[all.length];
        Arrays.setAll(rows, i -> i);
        double[] ends = Bootstrap.interval(drawn -> meanF1(all, drawn, sizes), sizes);
        return new Marks.Mark("mean F1", Marks.OVERALL, all.length, meanF1(all, rows, sizes), ends[0], ends[1]);
    }

    private static double meanF1(Outcome[] outcomes, int[] drawn, int[] sizes) {
        double sum = 0;
        int from = 0;
        for (int size : sizes) {
            sum += f1(outcomes, drawn, from, from + size);
            from += size;
        }
        return sum / sizes.length;
    }

    private static double f1(Outcome[] outcomes, int[] drawn, int from, int to) {
        int[] count = new int[Outcome.values().length];
        for (int i = from; i < to; i++) {
            count[outcomes[drawn[i]].ordinal()]++;
        }
        return f1(
                count[Outcome.TRUE_YES.ordinal()],
                count[Outcome.FALSE_YES.ordinal()],
                count[Outcome.FALSE_NO.ordinal()]);
    }

    /** The harmonic mean of precision and recall: 0 without a true yes; NaN if there was nothing to find or say. */
    private static double f1(int trueYes, int falseYes, int falseNo) {
        return 2.0 * trueYes / (2.0 * trueYes + falseYes + falseNo);
    }

    private static int[] counts(Outcome[] outcomes) {
        int[] count = new int[Outcome.values().length];
        for (Outcome outcome : outcomes) {
            count[outcome.ordinal()]++;
        }
        return count;
    }

    private static Outcome outcome(Prediction prediction) {
        boolean truth = isYes(prediction.question());
        if (saysNo(prediction.reply())) {
            return truth ? Outcome.FALSE_NO : Outcome.TRUE_NO;
        }
        return truth ? Outcome.TRUE_YES : Outcome.FALSE_YES;
    }

    private static boolean isYes(Question question) {
        return switch (question.answer()) {
            case "yes" -> true;
            case "no" -> false;
            default ->
                throw new IllegalArgumentException("POPE needs questions whose answer is yes or no, got '"
                        + question.answer() + "' for question " + question.id());
        };
    }

    /** Whether a reply counts as a no. */
    public static boolean saysNo(String reply) {
        int stop = reply.indexOf('.');
        String sentence = (stop < 0 ? reply : reply.substring(0, stop)).replace(",", "");
        return Stream.of(sentence.split(" "))
                .anyMatch(word -> word.equals("No") || word.equals("not") || word.equals("no"));
    }
}
