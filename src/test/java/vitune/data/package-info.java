/** Tests of the drawers: what is written reads back, what is drawn is where it is said to be, bad data is named. */
@NullMarked
package vitune.data;

import org.jspecify.annotations.NullMarked;
