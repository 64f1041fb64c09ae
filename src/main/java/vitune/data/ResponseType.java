package vitune.data;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A kind of answer that a model is taught. The kit ships six; a folder of prompts makes another, without code.
 *
 * <p>Source: paper §3 (the first three); the others are this kit's. The label alone is a type's identity: {@code
 * of("title")} finds the type of the folder "title", however many pictures that shows. Ordered as they are shipped, then
 * by label.
 *
 * @param label in words, in small letters: "detailed description"
 * @param images how many pictures a sample of this type shows, 1 to 8
 */
public record ResponseType(String label, int images) implements Comparable<ResponseType> {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]+( [a-z0-9]+)*");

    /** Questions and answers over several turns, about what is surely in the picture. */
    public static final ResponseType CONVERSATION = new ResponseType("conversation", 1);
    /** One rich description. */
    public static final ResponseType DETAILED_DESCRIPTION = new ResponseType("detailed description", 1);
    /** A question beyond what is seen, answered step by step. */
    public static final ResponseType COMPLEX_REASONING = new ResponseType("complex reasoning", 1);
    /** The picture in one sentence. */
    public static final ResponseType SUMMARY = new ResponseType("summary", 1);
    /** What two pictures share and where they differ. */
    public static final ResponseType COMPARISON = new ResponseType("comparison", 2);
    /** Questions that ask for one word or a phrase, and say so. Source: LLaVA-1.5 §3.1. */
    public static final ResponseType QUESTION_ANSWERING = new ResponseType("question answering", 1);

    private static final List<ResponseType> SHIPPED =
            List.of(CONVERSATION, DETAILED_DESCRIPTION, COMPLEX_REASONING, SUMMARY, COMPARISON, QUESTION_ANSWERING);

    /** @throws IllegalArgumentException if the label has other signs, or there are no pictures or too many */
    public ResponseType {
        if (!LABEL.matcher(label).matches()) {
            throw new IllegalArgumentException("label must be words in small letters, got \"" + label + "\"");
        }
        if (images < 1 || images > 8) {
            throw new IllegalArgumentException("images must be 1 to 8, got " + images);
        }
    }

    /** The types that the kit ships, in order. */
    public static List<ResponseType> shipped() {
        return SHIPPED;
    }

    /** The shipped type with this label, or a new one of one picture; case, underscores and hyphens do not matter. */
    public static ResponseType of(String label) {
        return of(label, 1);
    }

    /**
     * The shipped type with this label, or a new one.
     *
     * @param images of a new type
     */
    public static ResponseType of(String label, int images) {
        String words = label.strip().toLowerCase(Locale.ROOT).replaceAll("[_ -]+", " ");
        return SHIPPED.stream()
                .filter(type -> type.label.equals(words))
                .findFirst()
                .orElseGet(() -> new ResponseType(words, images));
    }

    private int place() {
        int place = SHIPPED.indexOf(this);
        return place < 0 ? SHIPPED.size() : place;
    }

    @Override
    public int compareTo(ResponseType other) {
        return Comparator.comparingInt(ResponseType::place)
                .thenComparing(ResponseType::label)
                .compare(this, other);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ResponseType type && type.label.equals(label);
    }

    @Override
    public int hashCode() {
        return label.hashCode();
    }

    /** The label. */
    @Override
    public String toString() {
        return label;
    }
}
