/**
 * The front door: {@link vitune.Walkthrough} goes the whole way once, from pictures to a tuned model, and leaves a page that
 * shows it.
 */
@NullMarked
package vitune;

import org.jspecify.annotations.NullMarked;
