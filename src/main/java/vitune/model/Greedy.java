package vitune.model;

import ai.djl.ndarray.NDArray;
import vitune.tensor.Kernels;

/**
 * The most likely word, always.
 *
 * @param repetitionPenalty see {@link Decoding#repetitionPenalty}; &gt; 0, 1 for none
 */
public record Greedy(double repetitionPenalty) implements Decoding {
    /** @throws IllegalArgumentException if the penalty is not positive */
    public Greedy {
        Decoding.checkPenalty(repetitionPenalty);
    }

    @Override
    public Greedy withRepetitionPenalty(double penalty) {
        return new Greedy(penalty);
    }

    Chooser start() {
        return logits -> {
            try (NDArray best = Kernels.argmax(logits)) {
                return best.toLongArray();
            }
        };
    }
}
