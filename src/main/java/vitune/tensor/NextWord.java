package vitune.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.TorchScript;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One word more in every row of a batch, through all layers of a decoder in one call: the operations of one word are so
 * small that calling them one by one costs as much as they do. No graph; {@code layers.py} holds the bodies.
 *
 * <p>All take words {@code x [B, 1, D]} and give scores of the next words {@code [B, V]}. The weights stand layer by layer
 * in the order in which they are used, then the last norm and the head; {@code hide} is added to the scores of attention,
 * {@code [B, 1, 1, S]}, or null. Keys and values are put behind those that are there. Null comes back where products on
 * their own are faster: several rows on a CPU, and no room to pack all weights for them, see {@link Packing}.
 */
public final class NextWord {
    private NextWord() {}

    /**
     * Keys and values of the words before, a pair a layer.
     *
     * @param keys {@code [B, H, room, d]}, room for one word more at least
     * @param values the same
     * @param length words that are there
     */
    public record Past(List<NDArray> keys, List<NDArray> values, long length) {}

    /** OPT: a layer has norm, q, k, v, out, norm, fc1, fc2, each weight and bias; so has the last norm. */
    public static @Nullable NDArray opt(
            NDArray x, List<NDArray> weights, Past past, @Nullable NDArray hide, int heads, double eps) {
        return call("opt_word", x, weights, past, list(hide), (long) heads, eps);
    }

    /**
     * LLaMA: a layer has norm, q, k, v, o, norm, gate, up, down.
     *
     * @param positions {@code [B, 1]} i64, for {@link Kernels#rotate}
     */
    public static @Nullable NDArray llama(
            NDArray x,
            List<NDArray> weights,
            Past past,
            @Nullable NDArray hide,
            NDArray positions,
            int heads,
            double theta,
            double eps) {
        return call("llama_word", x, weights, past, list(hide), positions, (long) heads, theta, eps);
    }

    /**
     * The decoder of T5: a layer has norm, q, k, v, o; norm, q and o towards the prompt; norm, wi_0, wi_1, wo.
     *
     * @param bias of distances, {@code [1, H, 1, S]}
     * @param prompt keys and values of the prompt, {@code [B, H, T, d]} each
     * @param hide {@code [B, 1, 1, T]}, over the prompt
     * @param exact whether GELU is exact
     * @param factor of the states before the head
     */
    public static @Nullable NDArray t5(
            NDArray x,
            List<NDArray> weights,
            Past past,
            NDArray bias,
            Past prompt,
            NDArray hide,
            boolean exact,
            double eps,
            double factor) {
        return call("t5_word", x, weights, past, bias, prompt.keys(), prompt.values(), hide, exact, eps, factor);
    }

    private static List<NDArray> list(@Nullable NDArray x) {
        return x == null ? List.of() : List.of(x);
    }

    private static @Nullable NDArray call(
            String kernel, NDArray x, List<NDArray> weights, Past past, Object... settings) {
        TorchScript packs = Products.forWords(x);
        List<NDArray> ready =
                packs == null ? weights : Packing.all(weights, x.getShape().get(0));
        if (ready == null) return null;
        TorchScript module = packs == null || ready == weights ? KernelModule.get() : packs;
        List<Object> arguments = new ArrayList<>(List.of(x, ready, past.keys(), past.values(), past.length()));
        arguments.addAll(List.of(settings));
        return Gradients.off(() -> module.tensor((PtNDManager) x.getManager(), kernel, arguments.toArray()));
    }
}
