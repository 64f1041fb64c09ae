package vitune.teach;

import java.util.Locale;

/**
 * A claim that the boxes contradict.
 *
 * @param turn in which it is made, from 1
 * @param sentence that makes it, as the teacher wrote it
 * @param claimed what it says of the picture: "3 dogs"
 * @param boxes what the boxes say: "2 dogs"
 */
public record Finding(Kind kind, int turn, String sentence, String claimed, String boxes) {
    /** The kinds of error. */
    public enum Kind {
        /** A thing is named, or confirmed, that is not there. */
        INVENTED,
        /** A thing is denied that is there. */
        DENIED,
        /** A number is wrong. */
        COUNT,
        /** Left, right, above or below is wrong. */
        POSITION
    }

    /** One line: turn, kind, claim, boxes and sentence. */
    @Override
    public String toString() {
        return "turn " + turn + ": " + kind.name().toLowerCase(Locale.ROOT) + ": claims " + claimed
                + ", the boxes have " + boxes + ": \"" + sentence.replaceAll("\\s+", " ") + "\"";
    }
}
