package vitune.data;

import java.util.Locale;

/**
 * The kinds of answer that a model is taught. Source: paper §3 (the first three); summary and comparison are this
 * kit's.
 */
public enum ResponseType {
    /** Questions and answers over several turns, about what is surely in the picture. */
    CONVERSATION,
    /** One rich description. */
    DETAILED_DESCRIPTION,
    /** A question beyond what is seen, answered step by step. */
    COMPLEX_REASONING,
    /** The picture in one sentence. */
    SUMMARY,
    /** What two pictures share and where they differ. */
    COMPARISON;

    /** In words: "detailed description". */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** How many pictures a sample of this type shows: 2 for a comparison, else 1. */
    public int images() {
        return this == COMPARISON ? 2 : 1;
    }

    /** The type with this label; underscores may stand for spaces. */
    public static ResponseType of(String label) {
        return valueOf(label.strip().toUpperCase(Locale.ROOT).replace(' ', '_'));
    }
}
