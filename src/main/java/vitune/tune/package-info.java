/**
 * The training room: a {@link vitune.tune.Stage} says what is trained and how, a {@link vitune.tune.Tuner} runs it in one
 * loop, a {@link vitune.tune.TuningRun} tells what came out and of what it was made.
 *
 * <p>Exact by construction: the loss of a group of micro-batches is weighted by its supervised tokens, the norm that is
 * clipped is the global one, AdamW is PyTorch's, and a run that was cut continues to the bit.
 */
@NullMarked
package vitune.tune;

import org.jspecify.annotations.NullMarked;
