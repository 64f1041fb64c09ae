/** Tests of the porter: against a hub on this machine, with faults before it; nothing goes on the network. */
@NullMarked
package vitune.hub;

import org.jspecify.annotations.NullMarked;
