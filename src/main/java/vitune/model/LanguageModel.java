package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.jspecify.annotations.Nullable;
import vitune.tensor.Kernels;

/** From tokens to the words that follow: a {@link Decoder}, which reads and writes in one sequence, or {@code T5}. */
public sealed interface LanguageModel permits Decoder, T5 {
    /** Vectors of tokens: ids [B, T] to [B, T, D] in the precision of the table. */
    NDArray embed(NDArray ids);

    /**
     * Hidden states, after the last norm, that tell the labels.
     *
     * @param embeddings [B, T, D], in the precision to compute in
     * @param mask [B, T], 0 for padding, 1 for a token, or the number of its sample in its row
     * @param labels [B, L]; L = T unless an encoder reads and a decoder writes
     * @param places [n] i64, in [0, B L): rows of the flattened states; null for all
     * @return [n, D], or [B, L, D] for all; rows of padding mean nothing
     * @throws IllegalArgumentException if the sequence is longer than the model has positions
     */
    NDArray states(NDArray embeddings, NDArray mask, NDArray labels, @Nullable NDArray places);

    /** Places that the state which tells a label stands before it: 1 in one sequence, 0 in a decoder of its own. */
    int lag();

    /** Scores of the next word: hidden states [..., D] to [..., V]. */
    NDArray logits(NDArray hidden);

    /** The summed cross-entropy of labels [n] i64, in [0, V), behind hidden states [n, D], a scalar in f32. */
    default NDArray loss(NDArray hidden, NDArray labels) {
        return Kernels.crossEntropySum(logits(hidden), labels);
    }

    /** Reads a prompt, so that it can be continued; see {@link #states} for the arguments. Close what comes. */
    Continuation read(NDArray embeddings, NDArray mask, NDManager manager);

    /** The language model of this configuration, over its parameters. */
    static LanguageModel of(LanguageConfig config, Weights weights) {
        Weights own = weights.at("language_model");
        if (config instanceof OptConfig opt) return new OptDecoder(opt, own.at("model.decoder"));
        return config instanceof LlamaConfig llama ? new LlamaDecoder(llama, own) : new T5((T5Config) config, own);
    }
}
