/**
 * The doors to the kit: {@link vitune.shell.BatchRunner} runs a JShell script or a notebook's cells and stops at the
 * first error with a true exit code; {@link vitune.shell.NotebookKernel} is the Jupyter kernel that is always there,
 * for where IJava's own release cannot be had.
 *
 * <p>Both run code through one {@link vitune.shell.CodeSession}, so an error is told the same way everywhere: the place
 * in the script or cell, the line, a caret; of what a user can mend, the place and the reason alone. {@link
 * vitune.shell.Options} reads a script's command line. The room knows nothing of the kit's other packages.
 */
@NullMarked
package vitune.shell;

import org.jspecify.annotations.NullMarked;
