package vitune.evaluate;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a judge's reply says: two scores on its first line, with a space or a comma between them. Everything else is
 * unparsed, also a score outside 1..10: it has no number, and none is made up.
 *
 * @param first of the answer that was shown first, 1..10; NaN where the reply is unparsed
 * @param second of the other
 * @param unparsed why it is unparsed, or null
 */
record JudgeScores(double first, double second, @Nullable String unparsed) {
    private static final String NUMBER = "(\\d{1,2}(?:\\.\\d+)?)";
    private static final Pattern PAIR = Pattern.compile(NUMBER + "(?:\\s*,\\s*|\\s+)" + NUMBER);
    private static final int SHOWN = 60;

    static JudgeScores read(String reply) {
        String line = reply.strip().lines().findFirst().orElse("").strip();
        Matcher pair = PAIR.matcher(line);
        if (!pair.matches()) {
            return none("the first line must be two scores, got \""
                    + (line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line) + "\"");
        }
        double first = Double.parseDouble(pair.group(1));
        double second = Double.parseDouble(pair.group(2));
        return isScore(first) && isScore(second)
                ? new JudgeScores(first, second, null)
                : none("scores must be in 1..10, got \"" + line + "\"");
    }

    private static JudgeScores none(String why) {
        return new JudgeScores(Double.NaN, Double.NaN, why);
    }

    private static boolean isScore(double score) {
        return score >= 1 && score <= 10;
    }

    Optional<String> fault() {
        return Optional.ofNullable(unparsed);
    }
}
