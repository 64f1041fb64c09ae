/**
 * The exam room: questions whose answers are known from boxes and captions, asked in wordings that no tuning text
 * holds, and scored by exact match with an interval beside every share. The blind control asks the same questions over
 * swapped pictures: what a model still answers there, it did not see. How answers come to be is none of this room's
 * business: a function from questions to replies is enough. The published benchmarks are {@link
 * vitune.evaluate.Metric}s: pure functions of questions and replies ({@link vitune.evaluate.Predictions}, kept in
 * files), each equal to its official definition.
 */
@NullMarked
package vitune.evaluate;

import org.jspecify.annotations.NullMarked;
