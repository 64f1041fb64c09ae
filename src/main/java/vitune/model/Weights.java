package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vitune.tensor.Kernels;
import vitune.tensor.Parameters;
import vitune.tensor.Precision;

/** The parameters of one part, below a prefix of their names; activations keep the precision they come in. */
record Weights(Parameters parameters, Adapters adapters, String prefix) {
    /** The same below {@code name.}. */
    Weights at(String name) {
        return new Weights(parameters, adapters, prefix + name + ".");
    }

    boolean has(String name) {
        return parameters.has(prefix + name);
    }

    NDArray get(String name) {
        return parameters.require(prefix + name);
    }

    /** A parameter that is added to or joined with activations, in their precision. */
    NDArray get(String name, Precision precision) {
        return Kernels.cast(get(name), precision);
    }

    /** Whether adapters of the language model stand beside its weights. */
    boolean adapted() {
        return !adapters.of(Part.LANGUAGE).isEmpty();
    }

    /** What each of so many layers has, layer by layer, and then others. */
    List<NDArray> stack(String layers, int count, List<String> each, String... others) {
        List<NDArray> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Weights layer = at(layers + "." + i);
            for (String name : each) all.add(layer.get(name));
        }
        for (String name : others) all.add(get(name));
        return all;
    }

    /**
     * Weight and bias of each of these layers, for {@link vitune.tensor.Sublayers}; null if one has no bias, or an adapter
     * beside it.
     */
    @Nullable
    List<NDArray> plain(List<String> layers) {
        List<NDArray> all = new ArrayList<>();
        for (String layer : layers) {
            if (!has(layer + ".bias") || adapters.beside(prefix + layer)) return null;
            all.add(get(layer + ".weight"));
            all.add(get(layer + ".bias"));
        }
        return all;
    }

    /** [..., in] to [..., out], with the bias if there is one, and the layer's adapter. */
    NDArray linear(NDArray x, String name) {
        return adapters.adapt(prefix + name, x, Kernels.linear(x, get(name + ".weight"), bias(name)));
    }

    /** A residual stream y [..., out] and what a layer makes of x [..., in]. */
    NDArray linearOnto(NDArray y, NDArray x, String name) {
        return adapters.adapt(prefix + name, x, Kernels.linearOnto(y, x, get(name + ".weight"), bias(name)));
    }

    private @Nullable NDArray bias(String layer) {
        return has(layer + ".bias") ? get(layer + ".bias") : null;
    }

    NDArray layerNorm(NDArray x, String name, double eps) {
        return Kernels.layerNorm(x, get(name + ".weight"), get(name + ".bias"), eps);
    }

    NDArray rmsNorm(NDArray x, String name, double eps) {
        return Kernels.rmsNorm(x, get(name + ".weight"), eps);
    }

    /** [B, T, D] to [B, H, T, d]. */
    static NDArray splitHeads(NDArray x, int heads) {
        Shape shape = x.getShape();
        return x.reshape(shape.get(0), shape.get(1), heads, shape.get(2) / heads)
                .swapAxes(1, 2);
    }

    /** [B, H, T, d] to [B, T, D]. */
    static NDArray joinHeads(NDArray x) {
        Shape shape = x.getShape();
        return x.swapAxes(1, 2).reshape(shape.get(0), shape.get(2), shape.get(1) * shape.get(3));
    }
}
