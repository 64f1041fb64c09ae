/**
 * The training room: a {@link vitune.tune.Stage} says what is trained and how, a {@link vitune.tune.Tuner} runs it in one
 * loop, a {@link vitune.tune.TuningRun} tells what came out and of what it was made.
 *
 * <p>Exact by construction: the loss of a group of micro-batches is weighted by its supervised tokens, the norm that is
 * clipped is the global one, AdamW is PyTorch's, and a run that was cut continues to the bit.
 *
 * <p>Each run is checked as it goes: every parameter of the plan must get a gradient (told at the first step that has a
 * picture, and at the end), and the frozen bytes must be at the end what they were at the start. For that all frozen
 * weights are read twice as CRC-32C and, since they name the run, once or twice as SHA-256: for 14 GB about a second and
 * sixteen, once a stage.
 *
 * <p>What a disk does never ends a run ({@link vitune.tune.Saving}); a loss that leaves its curve does ({@link
 * vitune.tune.LossWatch}). {@link vitune.tune.Runs} lists all runs of a folder, TensorBoard shows them.
 */
@NullMarked
package vitune.tune;

import org.jspecify.annotations.NullMarked;
