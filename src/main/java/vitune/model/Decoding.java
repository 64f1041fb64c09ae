package vitune.model;

import ai.djl.ndarray.NDArray;

/** How the next word is chosen among the scores: {@link Greedy} or {@link Sample}. */
public sealed interface Decoding permits Greedy, Sample {
    /** The most likely word, always. */
    static Decoding greedy() {
        return new Greedy();
    }

    /** A word drawn by its probability, the distribution flattened (temperature above 1) or sharpened (below). */
    static Decoding sample(double temperature, long seed) {
        return new Sample(temperature, 0, 1, seed);
    }

    /** Starts to choose for so many rows. */
    Chooser start(int rows);

    /** Chooses word after word; may hold the state of random streams. */
    interface Chooser {
        /** The chosen id of each row, from scores [B, V]. */
        long[] choose(NDArray logits);
    }
}
