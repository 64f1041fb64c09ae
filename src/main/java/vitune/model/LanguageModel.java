package vitune.model;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/** From tokens to the words that follow: embed, forward, logits, each a step of its own. */
public interface LanguageModel {
    /** Vectors of tokens: ids [B, T] to [B, T, D] in f32. */
    NDArray embed(NDArray ids);

    /**
     * Hidden states, after the last norm.
     *
     * @param embeddings [B, T, D], in the precision to compute in
     * @param mask [B, T], 1 for a token, 0 for padding; behind a cache [B, S], over all tokens so far, S = past + T
     * @param cache keys and values of the tokens before these, to which these are added; null for none
     * @return [B, T, D]; rows of padding mean nothing
     * @throws IllegalArgumentException if the sequence is longer than the model has positions
     */
    NDArray forward(NDArray embeddings, NDArray mask, @Nullable KvCache cache);

    /** Scores of the next word: hidden states [..., D] to [..., V]. */
    NDArray logits(NDArray hidden);
}
