package vitune.data;

import java.util.Optional;

/**
 * Turns away samples whose instructions and responses nearly repeat those of an earlier one.
 *
 * <p>Source: Lee et al. 2022, "Deduplicating Training Data Makes Language Models Better" (NearDup: MinHash). <i>Differs:</i>
 * candidates are compared exactly, so nothing below the threshold is turned away.
 *
 * @param similarity share of word triples that two texts have in common (Jaccard) from which on they count as one, above
 *     0.5 and at most 1; 0.8 by default
 */
public record NearDuplicates(double similarity) {
    public NearDuplicates {
        TextIndex.requireSimilarity(similarity);
    }

    /** From 0.8 on. */
    public NearDuplicates() {
        this(0.8);
    }

    /** Keeps the first of each, whatever pictures they are about. */
    public Sifted sift(InstructionSet set) {
        var index = new TextIndex(similarity);
        return Sifted.by(set, sample -> {
            var near = index.near(TextIndex.text(sample));
            if (near.isPresent()) return Optional.of(near.get().in("repeats sample "));
            index.add(sample.id(), TextIndex.text(sample));
            return Optional.empty();
        });
    }
}
