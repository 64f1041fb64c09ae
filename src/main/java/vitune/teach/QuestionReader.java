package vitune.teach;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import vitune.teach.Things.Mention;
import vitune.teach.Things.Said;

/** What an instruction asks: in which sentence, about which thing, and whether for what is there at all. */
final class QuestionReader {
    private static final Pattern ABSENT = Pattern.compile(
            "^(?:what|which|who|how|why|name)(?![a-z])(?:.* comes? to mind.*|(?!.*(?:would|could|can) (?:you|one|be)"
                    + " (?:say|" + Phrasing.LOOK + "|" + Phrasing.SEEN
                    + ")).*(?<![a-z])(?:could|would|might|should|may|not|missing|absent"
                    + "|lack(?:s|ing)?|needed|added)(?![a-z]))");

    private QuestionReader() {}

    /** The sentence that asks: the last with a question mark, or else the last that names a thing. */
    static @Nullable Said last(List<Said> instruction) {
        Said asking = null;
        for (var said : instruction) {
            boolean asks = said.text().endsWith("?")
                    && (asking == null
                            || !said.mentions().isEmpty()
                            || asking.mentions().isEmpty());
            if (asking == null
                    || asks
                    || !asking.text().endsWith("?") && !said.mentions().isEmpty()) asking = said;
        }
        return asking;
    }

    /** Whether a question asks for what is not there, or only might be: what the answer names is not claimed. */
    static boolean forAbsent(Said question) {
        return ABSENT.matcher(question.words()).find();
    }

    /** Of which of two things a question asks where it is: the one that the other is not the measure of. */
    static @Nullable Mention subject(Said question) {
        if (question.mentions().size() != 2)
            return question.mentions().size() == 1 ? question.mentions().get(0) : null;
        boolean turned = question.words()
                .matches(".*(?:side|left|right|relative to|compared (?:to|with)|seen from"
                        + "|from) (?:of )?(?:the |an? )@0 .*@1.*");
        return question.mentions().get(turned ? 1 : 0);
    }
}
