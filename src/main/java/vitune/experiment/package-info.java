/**
 * The paper's tables, and some of our own, to be run again: an {@link vitune.experiment.Experiment} is a list of
 * {@link vitune.experiment.Recipe recipes}; a {@link vitune.experiment.World} has pictures, data, a model and exams, in
 * miniature or in real size; a {@link vitune.experiment.Reproduction} runs each recipe with several seeds, keeps what came
 * out, and puts it beside the paper's numbers.
 */
@NullMarked
package vitune.experiment;

import org.jspecify.annotations.NullMarked;
