package vitune.teach;

import java.util.Locale;
import vitune.teach.Things.Name;

/** What a sentence says of a picture. */
sealed interface Claim {
    /** That this is there. */
    record There(Name name) implements Claim {}

    /** That this is not there. */
    record Absent(Name name) implements Claim {}

    /** That there are so many of it: at least {@code low} and at most {@code high}, in words {@code said}. */
    record Count(Name name, int low, int high, String said) implements Claim {
        static final int NO_LIMIT = Integer.MAX_VALUE;
    }

    /** That one thing is on this side of another; or, unless it {@code holds}, that it is not. */
    record Where(Name name, Side side, Name from, boolean holds) implements Claim {}

    /** That this is in one half of the picture: the left, right, upper or lower. */
    record Part(Name name, Side side) implements Claim {}

    /** Where something is, seen from something else, in the picture. */
    enum Side {
        LEFT,
        RIGHT,
        ABOVE,
        BELOW;

        boolean horizontal() {
            return this == LEFT || this == RIGHT;
        }

        Side opposite() {
            return values()[ordinal() ^ 1];
        }

        /** "left", "upper". */
        String half() {
            return horizontal() ? name().toLowerCase(Locale.ROOT) : this == ABOVE ? "upper" : "lower";
        }

        /** "left of", "above". */
        String of() {
            return name().toLowerCase(Locale.ROOT) + (horizontal() ? " of" : "");
        }
    }
}
