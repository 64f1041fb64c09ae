@NullMarked
package vitune.tune;

import org.jspecify.annotations.NullMarked;
