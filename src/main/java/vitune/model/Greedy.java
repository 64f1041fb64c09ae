package vitune.model;

import ai.djl.ndarray.NDArray;
import vitune.tensor.Kernels;

/** The most likely word, always. */
public record Greedy() implements Decoding {
    @Override
    public Chooser start(int rows) {
        return logits -> {
            try (NDArray best = Kernels.argmax(logits)) {
                return best.toLongArray();
            }
        };
    }
}
