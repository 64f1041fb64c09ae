/**
 * Tests of the window: charts hold the numbers they were given, pages stand alone, nothing is shown where nobody looks.
 */
@NullMarked
package vitune.view;

import org.jspecify.annotations.NullMarked;
