/**
 * The model room: what a vision-language model is made of, one part a file, as pure functions over named tensors.
 *
 * <p>Pixels [B, 3, S, S] go through {@link vitune.model.VisionEncoder} to [B, F, Dv], through a
 * {@link vitune.model.Connector} to [B, Q, D], take the places of the image tokens among the embedded words [B, T, D],
 * and pass the {@link vitune.model.LanguageModel}; {@link vitune.model.VisionLanguageModel} holds the parts together,
 * and reads and writes Hugging Face folders. Parameters keep their Hugging Face names.
 *
 * <p>Legend: B batch, T text tokens, P patches, F features (P+1 where CLS is kept, else P), Q queries, D width (Dv vision), H heads, V vocabulary, S picture side.
 */
@NullMarked
package vitune.model;

import org.jspecify.annotations.NullMarked;
