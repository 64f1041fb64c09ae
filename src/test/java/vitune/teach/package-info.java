/**
 * Tests of the teacher's room: the built-in teacher tells the truth, no fault loses a reply, no reply is paid for
 * twice.
 */
@NullMarked
package vitune.teach;

import org.jspecify.annotations.NullMarked;
