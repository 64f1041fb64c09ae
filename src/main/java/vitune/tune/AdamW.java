package vitune.tune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import vitune.model.Part;
import vitune.tensor.Gradients;
import vitune.tensor.Kernels;
import vitune.tensor.Parameters;
import vitune.tensor.Precision;

/**
 * AdamW over the trained parameters, in groups of one learning rate and one weight decay each.
 *
 * <p>Source: {@code torch.optim.AdamW} (decoupled decay, bias correction, epsilon outside the root, 1e-8); biases and
 * norms are not decayed, as in Hugging Face's Trainer. The moments are made at once and belong to {@code owner}.
 */
final class AdamW implements AutoCloseable {
    private record Group(double rateShare, double decay, List<String> names) {}

    private final Parameters trained;
    private final Stage stage;
    private final NDManager owner;
    private final List<Group> groups = new ArrayList<>();
    private final Map<String, NDArray> first = new LinkedHashMap<>();
    private final Map<String, NDArray> second = new LinkedHashMap<>();
    private final Set<String> unreached;
    private long step;

    AdamW(Parameters trained, Stage stage, NDManager parent) {
        this.trained = trained;
        this.stage = stage;
        this.owner = parent.newSubManager();
        this.unreached = new TreeSet<>(trained.asMap().keySet());
        Map<List<Double>, Group> byKind = new LinkedHashMap<>();
        trained.asMap().forEach((name, weight) -> {
            double rateShare = Part.of(name) == Part.LANGUAGE ? stage.languageRate() : 1;
            double decay = weight.getShape().dimension() < 2 ? 0 : stage.weightDecay();
            byKind.computeIfAbsent(List.of(rateShare, decay), kind -> new Group(rateShare, decay, new ArrayList<>())).names().add(name);
            first.put(name, Kernels.zeros(owner, weight.getShape(), Precision.F32));
            second.put(name, Kernels.zeros(owner, weight.getShape(), Precision.F32));
        });
        groups.addAll(byKind.values());
    }

    /**
     * Clips the gathered gradients to the stage's global norm, updates every parameter, and clears the gradients.
     *
     * @return the global norm before clipping
     * @throws ArithmeticException if the norm is not finite; then nothing was changed
     */
    double step(double learningRate) {
        Map<String, NDArray> gradients = new LinkedHashMap<>();
        try (NDManager scratch = owner.newSubManager()) {
            trained.asMap().forEach((name, weight) -> {
                @Nullable NDArray gradient = Gradients.of(weight, scratch);
                if (gradient != null) {
                    gradients.put(name, gradient);
                }
            });
            unreached.removeAll(gradients.keySet());
            double norm = Kernels.clipGlobalNorm(List.copyOf(gradients.values()), stage.maxGradNorm());
            if (!Double.isFinite(norm)) {
                throw new ArithmeticException("the gradient norm is " + norm);
            }
            step++;
            for (Group group : groups) {
                List<String> names = group.names().stream().filter(gradients::containsKey).toList();
                Kernels.adamW(pick(names, trained.asMap()), pick(names, gradients), pick(names, first), pick(names, second),
                        step, learningRate * group.rateShare(), 0.9, stage.beta2(), group.decay(), 1e-8);
            }
            Gradients.zero(trained.arrays());
            return norm;
        }
    }

    /** The parameters that no gradient has reached so far. */
    Set<String> unreached() {
        return unreached;
    }

    /** Weights and moments by name, for a checkpoint. */
    Map<String, NDArray> state() {
        Map<String, NDArray> state = new LinkedHashMap<>(trained.asMap());
        first.forEach((name, array) -> state.put("adam.m." + name, array));
        second.forEach((name, array) -> state.put("adam.v." + name, array));
        return state;
    }

    /** Puts weights and moments back; {@code step} updates had been made. */
    void restore(Parameters state, long step) {
        state().forEach((name, array) -> Kernels.assign(array, state.require(name, array.getShape().getShape())));
        this.step = step;
        unreached.clear();
    }

    @Override
    public void close() {
        owner.close();
    }

    private static List<NDArray> pick(List<String> names, Map<String, NDArray> arrays) {
        return names.stream().map(arrays::get).toList();
    }
}
