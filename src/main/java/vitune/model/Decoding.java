package vitune.model;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Set;
import vitune.tensor.Kernels;

/** How the next word is chosen among the scores: {@link Greedy}, {@link Sample} or {@link Beam}. */
public sealed interface Decoding permits Beam, Greedy, Sample {
    /** The most likely word, always. */
    static Decoding greedy() {
        return new Greedy(1);
    }

    /** A word drawn by its probability, the distribution flattened (temperature above 1) or sharpened (below). */
    static Decoding sample(double temperature, long seed) {
        return new Sample(temperature, 0, 1, 1, seed);
    }

    /** The most likely answer as a whole among those that so many beams find. */
    static Decoding beam(int beams) {
        return new Beam(beams, 1, 1);
    }

    /**
     * What makes a word that was already written less likely: its score is divided by this, or multiplied if it is
     * negative. 1 changes nothing.
     *
     * <p>Source: CTRL, arXiv:1909.05858, section 4.1; as in transformers, the words of the prompt count as written, its
     * image tokens too, and with an encoder only what its decoder starts from. <i>Differs:</i> what fills up the shorter
     * prompts of a batch does not count.
     */
    double repetitionPenalty();

    /** The same with another {@link #repetitionPenalty}. */
    Decoding withRepetitionPenalty(double penalty);

    /** Chooses word after word; may hold the state of random streams. */
    interface Chooser {
        /** The chosen id of each row, from scores [B, V]. */
        long[] choose(NDArray logits);
    }

    /** @throws IllegalArgumentException if it is not positive */
    static void checkPenalty(double penalty) {
        if (!(penalty > 0)) throw Json.wrong("repetitionPenalty", "be > 0", penalty);
    }

    /** Scores [B, V] in which the words of each row in {@code written} are less likely by {@code penalty}. */
    static NDArray penalised(NDArray scores, List<Set<Long>> written, double penalty) {
        if (penalty == 1) return scores;
        float[] all = Kernels.floats(scores);
        int words = all.length / written.size();
        for (int row = 0; row < written.size(); row++) {
            for (long id : written.get(row)) {
                int at = row * words + (int) id;
                all[at] = (float) (all[at] < 0 ? all[at] * penalty : all[at] / penalty);
            }
        }
        return scores.getManager().create(all, scores.getShape());
    }
}
