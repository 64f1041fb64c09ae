/**
 * The teacher's room: a {@link vitune.teach.Teacher} (OpenAI, any compatible server, the built-in one, a recording) is
 * shown captions and boxes and answers with conversations, descriptions and reasoning. The {@link
 * vitune.teach.InstructionGenerator} says beforehand what that costs, asks, checks, and keeps every reply in a {@link
 * vitune.teach.Ledger}, so that nothing is ever paid for twice.
 */
@NullMarked
package vitune.teach;

import org.jspecify.annotations.NullMarked;
