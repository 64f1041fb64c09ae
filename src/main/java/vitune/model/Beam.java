package vitune.model;

/**
 * The most likely answer as a whole: several beginnings are kept and continued, the best finished one is taken.
 *
 * <p>Source: beam search of transformers with {@code early_stopping=False}; a finished answer is worth the sum of the
 * logarithms of its words' probabilities, by its length to the power of {@code lengthPenalty}.
 *
 * @param beams beginnings kept, &gt;= 1
 * @param lengthPenalty 0 favours short answers, 1 compares the mean of a word, above favours long ones
 * @param repetitionPenalty see {@link Decoding#repetitionPenalty}; &gt; 0, 1 for none
 */
public record Beam(int beams, double lengthPenalty, double repetitionPenalty) implements Decoding {
    /** @throws IllegalArgumentException if a value is outside its range */
    public Beam {
        Json.atLeast(1, "beams", beams);
        if (!Double.isFinite(lengthPenalty)) throw Json.wrong("lengthPenalty", "be a number", lengthPenalty);
        Decoding.checkPenalty(repetitionPenalty);
    }

    @Override
    public Beam withRepetitionPenalty(double penalty) {
        return new Beam(beams, lengthPenalty, penalty);
    }
}
