package vitune.data;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Turns away samples that would give an evaluation away: its pictures, whatever their files are called, and its
 * instructions with their answers, nearly word for word (four of five runs of three words).
 */
public final class Leakage {
    private static final double SIMILARITY = 0.8;
    private static final int FEWEST_WORDS = 8;

    private final TextIndex texts = new TextIndex(SIMILARITY);
    private final Map<String, String> pictures = new HashMap<>();
    private final Map<Path, String> hashes = new HashMap<>();

    /** A filter that knows nothing to keep out yet. */
    public Leakage() {}

    /** A filter that keeps out the pictures and turns of this evaluation set. */
    public static Leakage of(InstructionSet evaluation) {
        var leakage = new Leakage();
        for (var sample : evaluation) {
            leakage.pictures(sample.images());
            for (var turn : sample.turns()) leakage.text(sample.id(), turn.instruction() + " " + turn.response());
        }
        return leakage;
    }

    /** Keeps out these pictures too. */
    public Leakage pictures(Collection<Path> files) {
        for (var file : files)
            pictures.putIfAbsent(hash(file), file.getFileName().toString());
        return this;
    }

    /** Keeps out this instruction with its answer too; {@code name} is what the reason calls it. */
    public Leakage text(String name, String instructionAndAnswer) {
        texts.add(name, instructionAndAnswer);
        return this;
    }

    /**
     * Keeps what the evaluation does not hold.
     *
     * <p>Text counts turn by turn, and from eight words on, instruction and response together: "Is there a dog? Yes" is
     * everybody's.
     *
     * @throws UncheckedIOException naming a picture that cannot be read
     */
    public Sifted sift(InstructionSet set) {
        return Sifted.by(set, this::leak);
    }

    private Optional<String> leak(InstructionSample sample) {
        for (var image : pictures.isEmpty() ? List.<Path>of() : sample.images()) {
            var of = pictures.get(hash(image));
            if (of != null) {
                return Optional.of("picture " + image.getFileName() + " is the evaluation's " + of);
            }
        }
        for (int i = 0; i < sample.turns().size(); i++) {
            var turn = sample.turns().get(i);
            var near = Turn.words(turn.instruction()) + turn.words() < FEWEST_WORDS
                    ? Optional.<TextIndex.Near>empty()
                    : texts.near(turn.instruction() + " " + turn.response());
            if (near.isPresent())
                return Optional.of("turn " + (i + 1) + near.get().in(" repeats the evaluation's "));
        }
        return Optional.empty();
    }

    private String hash(Path file) {
        return hashes.computeIfAbsent(file, Pictures::hash);
    }
}
