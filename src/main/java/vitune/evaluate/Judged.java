package vitune.evaluate;

import java.util.List;
import vitune.data.Question;
import vitune.evaluate.Judgements.Exchange;
import vitune.teach.LedgerEntry.Verdict;

/** All exchanges with a judge about one question: one, or one in each order. */
record Judged(List<Exchange> exchanges) {
    Question question() {
        return exchanges.get(0).question();
    }

    boolean unanswered() {
        return exchanges.stream().anyMatch(e -> e.row().verdict() == Verdict.FAILED);
    }

    boolean unparsed() {
        return !unanswered() && exchanges.stream().anyMatch(e -> e.fault().isPresent());
    }

    boolean rated() {
        return exchanges.stream().allMatch(e -> e.fault().isEmpty());
    }

    boolean inBothOrders() {
        return rated() && exchanges.size() == 2;
    }

    RelativeScore.Rating rating() {
        return new RelativeScore.Rating(
                question().id(),
                question().kind(),
                exchanges.stream()
                        .mapToDouble(Exchange::referenceScore)
                        .average()
                        .orElseThrow(),
                exchanges.stream()
                        .mapToDouble(Exchange::candidateScore)
                        .average()
                        .orElseThrow());
    }

    /** What standing first adds, in points; every answer stands first once. */
    double bias() {
        return first() - second();
    }

    /** Mean score of what stood first. */
    double first() {
        return exchanges.stream().mapToDouble(Exchange::first).average().orElseThrow();
    }

    /** Mean score of what stood second. */
    double second() {
        return exchanges.stream().mapToDouble(Exchange::second).average().orElseThrow();
    }

    /** Whether which answer is the better one, or neither, depends on the order. */
    boolean flips() {
        return exchanges.stream()
                        .map(e -> Math.signum(e.candidateScore() - e.referenceScore()))
                        .distinct()
                        .count()
                > 1;
    }
}
