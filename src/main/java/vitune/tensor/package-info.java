/**
 * The engine room: PyTorch through DJL, used as tensors, autograd and memory.
 *
 * <p>{@link vitune.tensor.Kernels}, {@link vitune.tensor.Sublayers}, {@link vitune.tensor.NextWord} and
 * {@link vitune.tensor.InPlace} are the only doors to what DJL lacks or gets wrong (bf16, casts inside the graph, fused
 * attention, softmax, cross-entropy, AdamW). Above this package nobody calls {@code toType}, {@code duplicate},
 * {@code softmax} or {@code DataType.BFLOAT16}: the first two cut the graph in silence, the others end the JVM on a
 * bf16 array. A result belongs to the manager of the left operand, or to the innermost {@code NDScope}, which closes it.
 *
 * <p>Legend of shapes: B batch, H heads, T queries or text tokens, S keys, D width, d width of a head, N rows,
 * V vocabulary.
 */
@NullMarked
package vitune.tensor;

import org.jspecify.annotations.NullMarked;
