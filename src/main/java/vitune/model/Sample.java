package vitune.model;

import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import vitune.tensor.Kernels;

/**
 * A word drawn by its probability; the same seed draws the same words, each row from a stream of its own.
 *
 * @param temperature divides the scores, &gt; 0; 1 leaves them
 * @param topK draws among the k most likely words only; 0 for all
 * @param topP draws among the most likely words that together reach this probability, in (0, 1]; 1 for all
 * @param repetitionPenalty see {@link Decoding#repetitionPenalty}; &gt; 0, 1 for none
 * @param seed of the random streams
 */
public record Sample(double temperature, int topK, double topP, double repetitionPenalty, long seed)
        implements Decoding {
    /** @throws IllegalArgumentException if a value is outside its range */
    public Sample {
        if (!(temperature > 0)) throw Json.wrong("temperature", "be > 0", temperature);
        Json.atLeast(0, "topK", topK);
        Decoding.checkPenalty(repetitionPenalty);
        if (!(topP > 0 && topP <= 1)) throw Json.wrong("topP", "be in (0, 1]", topP);
    }

    @Override
    public Sample withRepetitionPenalty(double penalty) {
        return new Sample(temperature, topK, topP, penalty, seed);
    }

    Chooser start(int rows) {
        SplittableRandom root = new SplittableRandom(seed);
        SplittableRandom[] streams = new SplittableRandom[rows];
        for (int i = 0; i < rows; i++) streams[i] = root.split();
        return logits -> {
            float[] scores = Kernels.floats(logits);
            int words = scores.length / rows;
            long[] chosen = new long[rows];
            for (int i = 0; i < rows; i++) {
                chosen[i] = draw(Arrays.copyOfRange(scores, i * words, (i + 1) * words), streams[i]);
            }
            return chosen;
        };
    }

    int draw(float[] scores, SplittableRandom random) {
        int[] order = IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -scores[i]))
                .mapToInt(i -> i)
                .toArray();
        int kept = topK == 0 ? order.length : Math.min(topK, order.length);
        double[] weights = new double[kept];
        double total = 0;
        for (int i = 0; i < kept; i++) {
            total += weights[i] = Math.exp((scores[order[i]] - scores[order[0]]) / temperature);
        }
        double sum = 0;
        for (int i = 0; i < kept; i++) {
            sum += weights[i];
            if (sum >= topP * total) kept = i + 1; // the word that reaches topP is the last
        }
        double at = random.nextDouble() * sum;
        for (int i = 0; i < kept; i++) {
            at -= weights[i];
            if (at < 0) return order[i];
        }
        return order[kept - 1];
    }
}
