package vitune.evaluate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.numbers.NumberColumnFormatter;
import vitune.data.Question;
import vitune.teach.LedgerEntry;
import vitune.teach.LedgerEntry.Verdict;

/**
 * What a judge made of a model's answers. A question counts where every exchange about it has two scores that can be
 * read; the others are told apart, as unparsed (a reply without scores, or withheld) or unanswered (no reply came: the
 * next comparison asks again), and are in no mean.
 */
public final class Judgements {
    private final String judge;
    private final String protocol;
    private final List<Exchange> exchanges;
    private final List<Judged> judged = new ArrayList<>();

    /**
     * One question put to the judge in one order.
     *
     * @param candidate the answer that is measured
     * @param referenceFirst whether the reference's answer stood first
     * @param row the ledger's
     */
    public record Exchange(Question question, String candidate, boolean referenceFirst, LedgerEntry row) {
        /** Why there are no scores; empty where there are. */
        public Optional<String> fault() {
            return replied() ? scores().fault() : Optional.of(String.valueOf(row.reason()));
        }

        /** 1..10; NaN without scores. */
        public double referenceScore() {
            return referenceFirst ? scores().first() : scores().second();
        }

        /** 1..10; NaN without scores. */
        public double candidateScore() {
            return referenceFirst ? scores().second() : scores().first();
        }

        /** Score of the answer that stood first, 1..10; NaN without scores. */
        public double first() {
            return scores().first();
        }

        /** Score of the answer that stood second, 1..10; NaN without scores. */
        public double second() {
            return scores().second();
        }

        private boolean replied() {
            return row.verdict() == Verdict.ACCEPTED || row.verdict() == Verdict.REJECTED;
        }

        private JudgeScores scores() {
            return JudgeScores.read(replied() ? row.reply() : "");
        }
    }

    Judgements(String judge, String protocol, List<Exchange> exchanges) {
        this.judge = judge;
        this.protocol = protocol;
        this.exchanges = List.copyOf(exchanges);
        exchanges.stream()
                .collect(Collectors.groupingBy(e -> e.question.id(), LinkedHashMap::new, Collectors.toList()))
                .forEach((id, some) -> judged.add(new Judged(some)));
    }

    /** The scores of each question that has them, where it was asked in both orders their means. */
    public List<RelativeScore.Rating> ratings() {
        return judged.stream().filter(Judged::rated).map(Judged::rating).toList();
    }

    /**
     * By kind of question and overall: the measures of {@link RelativeScore}; {@code unparsed} and {@code unanswered},
     * shares of the questions; and of those that were asked in both orders, the mean score by place ({@code shown first},
     * {@code shown second}), their difference, {@code position bias} (points that standing first adds, whatever the
     * answers: 0 for a fair judge), and {@code flips}, the share where which answer is the better one, or neither,
     * depends on the order.
     */
    public Marks marks() {
        List<Marks.Mark> marks = new ArrayList<>();
        List<RelativeScore.Rating> ratings = ratings();
        if (!ratings.isEmpty()) {
            marks.addAll(RelativeScore.of(ratings).marks());
        }
        groups().forEach((group, some) -> {
            marks.add(Marks.share(
                    "unparsed", group, some.stream().filter(Judged::unparsed).count(), some.size()));
            marks.add(Marks.share(
                    "unanswered",
                    group,
                    some.stream().filter(Judged::unanswered).count(),
                    some.size()));
            List<Judged> both = some.stream().filter(Judged::inBothOrders).toList();
            if (!both.isEmpty()) {
                marks.add(mean("shown first", group, both, Judged::first));
                marks.add(mean("shown second", group, both, Judged::second));
                marks.add(mean("position bias", group, both, Judged::bias));
                marks.add(Marks.share(
                        "flips", group, both.stream().filter(Judged::flips).count(), both.size()));
            }
        });
        return new Marks("judge", marks);
    }

    private static Marks.Mark mean(String measure, String group, List<Judged> some, ToDoubleFunction<Judged> number) {
        return Marks.mean(measure, group, some.stream().mapToDouble(number).toArray());
    }

    private Map<String, List<Judged>> groups() {
        Map<String, List<Judged>> groups = new LinkedHashMap<>(judged.stream()
                .collect(Collectors.groupingBy(j -> j.question().kind(), TreeMap::new, Collectors.toList())));
        groups.put(Marks.OVERALL, judged);
        return groups;
    }

    /**
     * A row a kind of question and one overall: n (questions with scores), the relative score with the ends of its 95 %
     * interval, the mean scores of reference and candidate, how many questions are unparsed and unanswered, and, asked
     * in both orders, position bias and flips.
     */
    public Table table() {
        Marks marks = marks();
        Map<String, List<Judged>> groups = groups();
        List<String> names = List.copyOf(groups.keySet());
        Table table = Table.create(
                "judged by " + judge + ", " + protocol,
                StringColumn.create("kind", names),
                counts("n", names, groups, Judged::rated),
                column(
                        "relative",
                        names,
                        group -> mark(marks, "relative", group).map(Marks.Mark::value),
                        1),
                column("low", names, group -> mark(marks, "relative", group).map(Marks.Mark::low), 1),
                column("high", names, group -> mark(marks, "relative", group).map(Marks.Mark::high), 1));
        for (String measure : List.of("reference", "candidate")) {
            table.addColumns(
                    column(measure, names, group -> mark(marks, measure, group).map(Marks.Mark::value), 2));
        }
        table.addColumns(
                counts("unparsed", names, groups, Judged::unparsed),
                counts("unanswered", names, groups, Judged::unanswered));
        for (String measure : List.of("position bias", "flips")) {
            if (mark(marks, measure, Marks.OVERALL).isPresent()) {
                table.addColumns(column(
                        measure, names, group -> mark(marks, measure, group).map(Marks.Mark::value), 2));
            }
        }
        return table;
    }

    private static Optional<Marks.Mark> mark(Marks marks, String measure, String group) {
        return marks.marks().stream()
                .filter(mark -> mark.measure().equals(measure) && mark.group().equals(group))
                .findFirst();
    }

    private static IntColumn counts(
            String name, List<String> names, Map<String, List<Judged>> groups, Predicate<Judged> counted) {
        return IntColumn.create(
                name,
                names.stream()
                        .mapToInt(group ->
                                (int) groups.get(group).stream().filter(counted).count())
                        .toArray());
    }

    private static DoubleColumn column(
            String name, List<String> groups, Function<String, Optional<Double>> number, int places) {
        DoubleColumn column = DoubleColumn.create(
                name,
                groups.stream()
                        .mapToDouble(g -> number.apply(g).orElse(Double.NaN))
                        .toArray());
        column.setPrintFormatter(NumberColumnFormatter.fixedWithGrouping(places));
        return column;
    }

    /** A row an exchange: question, kind, order, both scores, what the judge wrote or why there are no scores, model. */
    public Table rows() {
        Table table = Table.create("exchanges");
        Map<String, Function<Exchange, String>> texts = new LinkedHashMap<>();
        texts.put("question", e -> e.question.id());
        texts.put("kind", e -> e.question.kind());
        texts.put("first", e -> e.referenceFirst ? "reference" : "candidate");
        texts.forEach((name, text) ->
                table.addColumns(StringColumn.create(name, exchanges.stream().map(text))));
        table.addColumns(
                DoubleColumn.create(
                        "reference",
                        exchanges.stream().mapToDouble(Exchange::referenceScore).toArray()),
                DoubleColumn.create(
                        "candidate",
                        exchanges.stream().mapToDouble(Exchange::candidateScore).toArray()),
                StringColumn.create(
                        "fault", exchanges.stream().map(e -> e.fault().orElse(""))),
                StringColumn.create("reply", exchanges.stream().map(e -> e.row.reply())),
                StringColumn.create("model", exchanges.stream().map(e -> e.row.model())));
        return table;
    }

    /** The models that answered, as their servers name them. */
    public List<String> models() {
        return exchanges.stream().map(e -> e.row.model()).distinct().sorted().toList();
    }

    @Override
    public String toString() {
        long rated = judged.stream().filter(Judged::rated).count();
        String score =
                rated == 0 ? "no scores" : String.format(Locale.ROOT, "relative score %.1f", marks().value("relative"));
        return score + " over " + rated + " of " + judged.size() + " questions, judged by " + judge + ", " + protocol;
    }
}
