package vitune.evaluate;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** White space as Python has it, in which the official evaluations are written: it counts a hard space too. */
final class WhiteSpace {
    private static final String SIGN =
            "[\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
    private static final Pattern SIGNS = Pattern.compile(SIGN + "+");
    private static final Pattern ENDS = Pattern.compile("^" + SIGN + "+|" + SIGN + "+\\z");

    private WhiteSpace() {}

    /** Without white space at both ends. */
    static String strip(String text) {
        return ENDS.matcher(text).replaceAll("");
    }

    /** What stands between white space. */
    static List<String> words(String text) {
        return Stream.of(SIGNS.split(text)).filter(word -> !word.isEmpty()).toList();
    }
}
