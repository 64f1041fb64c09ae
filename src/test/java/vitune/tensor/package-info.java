/** Tests of the engine room: every kernel beside a composed version and beside PyTorch's own numbers. */
@NullMarked
package vitune.tensor;

import org.jspecify.annotations.NullMarked;
