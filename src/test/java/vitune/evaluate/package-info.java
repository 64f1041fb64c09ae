/** Tests of the exam room: the questions are fair, the marks are right, the intervals are those of the textbooks. */
@NullMarked
package vitune.evaluate;

import org.jspecify.annotations.NullMarked;
