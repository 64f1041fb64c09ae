@NullMarked
package vitune.experiment;

import org.jspecify.annotations.NullMarked;
