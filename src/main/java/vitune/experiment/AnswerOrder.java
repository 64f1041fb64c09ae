package vitune.experiment;

import java.util.Locale;

/**
 * Whether an answer comes with its reason, and which of them first. Source: paper §5.2, table 8, "predict answer first".
 */
public enum AnswerOrder {
    /** The answer alone. */
    ANSWER_ONLY,
    /** "two, because the cars are at the top left and at the bottom right". */
    ANSWER_FIRST,
    /** "the cars are at the top left and at the bottom right, so two". */
    REASON_FIRST;

    private static final String BECAUSE = ", because ";
    private static final String SO = ", so ";

    /** Answer and reason as one reply. */
    String reply(String answer, String reason) {
        String because = reason.substring(0, 1).toLowerCase(Locale.ROOT)
                + reason.substring(1).replaceAll("[.\\s]+$", "");
        return switch (this) {
            case ANSWER_ONLY -> answer;
            case ANSWER_FIRST -> answer + BECAUSE + because + ".";
            case REASON_FIRST -> because + SO + answer + ".";
        };
    }

    /** The answer in a reply; a reply without the form is an answer as it is. */
    String answer(String reply) {
        int at = switch (this) {
            case ANSWER_ONLY -> -1;
            case ANSWER_FIRST -> reply.indexOf(BECAUSE);
            case REASON_FIRST -> reply.lastIndexOf(SO);
        };
        if (at < 0) {
            return reply;
        }
        return this == ANSWER_FIRST ? reply.substring(0, at) : reply.substring(at + SO.length());
    }
}
