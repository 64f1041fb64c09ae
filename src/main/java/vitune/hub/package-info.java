/**
 * The porter: {@link vitune.hub.Hub} turns a Hugging Face model id into a folder on this machine, downloading what is
 * missing into the cache that all Hugging Face libraries share. Nothing else here goes on the network by itself, every
 * file is checked against its hash before it is seen, and pickles are left where they are.
 */
@NullMarked
package vitune.hub;

import org.jspecify.annotations.NullMarked;
