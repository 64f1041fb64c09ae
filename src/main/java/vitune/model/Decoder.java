package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.jspecify.annotations.Nullable;
import vitune.tensor.Kernels;
import vitune.tensor.Sublayers;

/** A language model that reads and writes in one sequence, from left to right. */
public sealed interface Decoder extends LanguageModel permits LlamaDecoder, OptDecoder {
    /** Number of blocks. */
    int layers();

    /**
     * Hidden states, after the last norm.
     *
     * @param embeddings [B, T, D], in the precision to compute in
     * @param mask [B, T], 0 for padding, 1 for a token, or the number of its sample in its row; behind a cache [B, S], over all tokens so far, S = past + T
     * @param cache keys and values of the tokens before these, to which these are added; null for none
     * @return [B, T, D]; rows of padding mean nothing
     * @throws IllegalArgumentException if the sequence is longer than the model has positions
     */
    default NDArray forward(NDArray embeddings, NDArray mask, @Nullable KvCache cache) {
        return forward(embeddings, mask, cache, null);
    }

    /**
     * {@link #forward(NDArray, NDArray, KvCache)} of some places alone: behind its attention, the last layer goes on with
     * them only.
     *
     * @param places [n] i64, in [0, B T): rows of the flattened states; null for all
     * @return [n, D], or [B, T, D] for all
     */
    NDArray forward(NDArray embeddings, NDArray mask, @Nullable KvCache cache, @Nullable NDArray places);

    /**
     * Scores of the next word behind one word more in each row: {@link #forward} and {@link #logits} in one call.
     *
     * @param embeddings [B, 1, D]
     * @param cache is not changed, except for what stands behind its tokens
     * @return [B, V]; null where this way is not open, as with adapters beside the weights
     */
    @Nullable
    NDArray next(NDArray embeddings, NDArray mask, KvCache cache);

    @Override
    default NDArray states(NDArray embeddings, NDArray mask, NDArray labels, @Nullable NDArray places) {
        return forward(embeddings, mask, null, places);
    }

    /** The weight of {@link #logits}, [V, D]. */
    NDArray head();

    @Override
    default NDArray logits(NDArray hidden) {
        return Kernels.linear(hidden, head());
    }

    @Override
    default NDArray loss(NDArray hidden, NDArray labels) {
        NDArray whole = Sublayers.loss(hidden, head(), labels);
        return whole == null ? LanguageModel.super.loss(hidden, labels) : whole;
    }

    @Override
    default int lag() {
        return 1;
    }

    @Override
    default Continuation read(NDArray embeddings, NDArray mask, NDManager manager) {
        return new DecoderContinuation(this, embeddings, mask, manager);
    }
}
