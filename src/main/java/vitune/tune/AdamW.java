package vitune.tune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import vitune.model.Part;
import vitune.tensor.Gradients;
import vitune.tensor.InPlace;
import vitune.tensor.Kernels;
import vitune.tensor.Parameters;
import vitune.tensor.Precision;

/**
 * AdamW over the trained parameters, those with and those without weight decay in one fused call each.
 *
 * <p>Source: {@code torch.optim.AdamW} (decoupled decay, bias correction, epsilon outside the root, 1e-8); biases and
 * norms are not decayed, as in Hugging Face's Trainer. The moments are made at once and belong to {@code owner}.
 */
public final class AdamW implements AutoCloseable {
    private static final String SCALE = "loss.scale";

    private final Parameters trained;
    private final double beta2;
    private final double maxGradNorm;
    private final NDManager owner;
    private final Map<Group, List<String>> groups = new LinkedHashMap<>();
    private final Map<String, NDArray> first = new LinkedHashMap<>();
    private final Map<String, NDArray> second = new LinkedHashMap<>();
    private final Set<String> unreached;
    private long step;
    private LossScale scale = LossScale.NONE;

    /** Parameters that are updated alike: {@code rate} times the step's learning rate. */
    private record Group(double decay, double rate) {}

    /**
     * An optimiser with its moments at zero.
     *
     * @param trained the parameters to update, all of them made to require gradients
     * @param beta2 decay of the second moment, in (0, 1); of the first it is 0.9
     * @param weightDecay decoupled decay of matrices and tables, >= 0
     * @param maxGradNorm largest global norm, > 0
     * @param parent owns the moments
     */
    public AdamW(Parameters trained, double beta2, double weightDecay, double maxGradNorm, NDManager parent) {
        this(trained, name -> 1, beta2, weightDecay, maxGradNorm, parent);
    }

    /** As a stage asks for it, each part at its own rate, losses scaled where its precision needs that. */
    static AdamW of(Stage stage, Parameters trained, NDManager parent) {
        AdamW optimizer = new AdamW(
                trained,
                name -> stage.learningRate(Part.of(name)) / stage.learningRate(),
                stage.beta2(),
                stage.weightDecay(),
                stage.maxGradNorm(),
                parent);
        optimizer.scale(LossScale.of(stage.precision()));
        return optimizer;
    }

    /** With learning rates that differ: the step's rate is multiplied by {@code rates} of a parameter's name. */
    private AdamW(
            Parameters trained,
            ToDoubleFunction<String> rates,
            double beta2,
            double weightDecay,
            double maxGradNorm,
            NDManager parent) {
        this.trained = trained;
        this.beta2 = beta2;
        this.maxGradNorm = maxGradNorm;
        this.owner = parent.newSubManager();
        this.unreached = new TreeSet<>(trained.asMap().keySet());
        trained.asMap().forEach((name, weight) -> {
            double decay = weight.getShape().dimension() < 2 ? 0 : weightDecay;
            groups.computeIfAbsent(new Group(decay, rates.applyAsDouble(name)), g -> new ArrayList<>())
                    .add(name);
            first.put(name, Kernels.zeros(owner, weight.getShape(), Precision.F32));
            second.put(name, Kernels.zeros(owner, weight.getShape(), Precision.F32));
        });
    }

    /** Scales losses from now on; {@link #state} holds how. */
    void scale(LossScale first) {
        scale = first;
    }

    /** What the next loss is to be multiplied by. */
    LossScale scale() {
        return scale;
    }

    /**
     * Clips the gathered gradients to the largest global norm, updates every parameter, and clears the gradients.
     *
     * @return the global norm before clipping; if it is not finite, nothing but the gradients was changed, which are
     *     cleared, and the scale of the loss, which is halved if it can be
     */
    public double step(double learningRate) {
        try (NDManager scratch = owner.newSubManager()) {
            Map<String, NDArray> gradients = gathered(scratch);
            unreached.removeAll(gradients.keySet());
            double norm = InPlace.clipGlobalNorm(List.copyOf(gradients.values()), maxGradNorm, scale.factor());
            if (!Double.isFinite(norm)) {
                Gradients.zero(trained.arrays());
                if (scale.canFall()) scale = scale.halved();
                return norm;
            }
            step++;
            if (scale != LossScale.NONE) scale = scale.kept();
            groups.forEach((group, all) -> {
                List<String> names = all.stream().filter(gradients::containsKey).toList();
                InPlace.adamW(
                        pick(names, trained.asMap()),
                        pick(names, gradients),
                        pick(names, first),
                        pick(names, second),
                        step,
                        learningRate * group.rate(),
                        0.9,
                        beta2,
                        group.decay(),
                        1e-8);
            });
            Gradients.zero(trained.arrays());
            return norm;
        }
    }

    /** The global norm of the gathered gradients of a step that is not made: they are cleared, nothing else changes. */
    double norm() {
        try (NDManager scratch = owner.newSubManager()) {
            List<NDArray> gradients = List.copyOf(gathered(scratch).values());
            double norm = InPlace.clipGlobalNorm(gradients, Double.POSITIVE_INFINITY, scale.factor());
            Gradients.zero(trained.arrays());
            return norm;
        }
    }

    /** The gradients of those parameters that have one, by name. */
    private Map<String, NDArray> gathered(NDManager scratch) {
        Map<String, NDArray> gradients = new LinkedHashMap<>();
        trained.asMap().forEach((name, weight) -> {
            @Nullable NDArray gradient = Gradients.of(weight, scratch);
            if (gradient != null) gradients.put(name, gradient);
        });
        return gradients;
    }

    /** The parameters that no gradient has reached so far. */
    Set<String> unreached() {
        return unreached;
    }

    /**
     * A parameter that is to be trained and learns nothing is a fault in the graph.
     *
     * @throws IllegalStateException naming those that no gradient has reached so far
     */
    void requireReached(Stage stage) {
        if (!unreached.isEmpty()) {
            throw new IllegalStateException(stage.name() + " was to train, but no gradient reached: " + unreached);
        }
    }

    /** The trained weights by name. */
    Map<String, NDArray> weights() {
        return trained.asMap();
    }

    /** Weights and moments by name, for a checkpoint. */
    Map<String, NDArray> state() {
        Map<String, NDArray> state = new LinkedHashMap<>(trained.asMap());
        first.forEach((name, array) -> state.put("adam.m." + name, array));
        second.forEach((name, array) -> state.put("adam.v." + name, array));
        if (scale != LossScale.NONE) {
            state.put(SCALE, owner.create(new float[] {(float) scale.factor(), scale.good()}));
        }
        return state;
    }

    /** Puts the weights back, after the last update. */
    void restoreWeights(Parameters weights) {
        trained.asMap()
                .forEach((name, array) -> InPlace.assign(
                        array, weights.require(name, array.getShape().getShape())));
        unreached.clear();
    }

    /**
     * Puts weights and moments back. What gradients had reached has one again, of zeros: its moments decay in a step that
     * does not reach it, as they would have.
     *
     * @param step updates that had been made
     * @param without what no gradient had reached
     */
    void restore(Parameters state, long step, Collection<String> without) {
        state().forEach((name, array) ->
                InPlace.assign(array, state.require(name, array.getShape().getShape())));
        if (scale != LossScale.NONE) {
            float[] kept = Kernels.floats(state.require(SCALE, 2));
            scale = new LossScale(kept[0], (int) kept[1]);
        }
        this.step = step;
        unreached.retainAll(without);
        try (NDManager scratch = owner.newSubManager()) {
            trained.asMap().forEach((name, weight) -> {
                if (!unreached.contains(name)) Gradients.room(weight, scratch);
            });
        }
    }

    @Override
    public void close() {
        owner.close();
    }

    private static List<NDArray> pick(List<String> names, Map<String, NDArray> arrays) {
        return names.stream().map(arrays::get).toList();
    }
}
