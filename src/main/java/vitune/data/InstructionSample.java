package vitune.data;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A conversation about a picture: one row of instruction data.
 *
 * @param id unique in its set
 * @param images as many as the type shows, or none for a text-only conversation
 * @param turns at least one
 * @param provenance where it comes from, in words: teacher, model, prompt hash, request fingerprint
 */
public record InstructionSample(
        String id, List<Path> images, ResponseType type, List<Turn> turns, Map<String, String> provenance) {

    public InstructionSample {
        if (id.isBlank()) {
            throw new IllegalArgumentException("id must not be blank");
        }
        images = List.copyOf(images);
        turns = List.copyOf(turns);
        provenance = Collections.unmodifiableMap(new TreeMap<>(provenance)); // ordered: prints the same in every run
        if (!images.isEmpty() && images.size() != type.images()) {
            throw new IllegalArgumentException(
                    "sample " + id + ": a " + type.label() + " has " + type.images() + " images, got " + images.size());
        }
        if (turns.isEmpty()) {
            throw new IllegalArgumentException("sample " + id + ": turns must not be empty");
        }
    }

    /** The same sample with other turns. */
    public InstructionSample withTurns(List<Turn> other) {
        return new InstructionSample(id, images, type, other, provenance);
    }

    /**
     * Where it comes from, in a word: what provenance names as the {@link Mixture}'s part, as the source or as the
     * teacher, whichever comes first; else "not told".
     */
    public String source() {
        return Stream.of(Mixture.PART, "source", "teacher")
                .map(key -> provenance.getOrDefault(key, ""))
                .filter(name -> !name.isBlank())
                .findFirst()
                .orElse("not told");
    }

    /** One line: id, type, turns and the first instruction. */
    @Override
    public String toString() {
        String first = turns.get(0).instruction().replaceAll("\\s+", " ");
        return id + " (" + type.label() + ", " + turns.size() + (turns.size() == 1 ? " turn): " : " turns): ")
                + (first.length() > 80 ? first.substring(0, 79) + "…" : first);
    }
}
