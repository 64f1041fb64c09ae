package vitune.tensor;

import ai.djl.ndarray.NDArray;
import java.util.List;

/** The kernels of training: they change arrays in place and leave no graph. */
public final class InPlace {
    private InPlace() {}

    /**
     * Copies values into an existing array, cast to its precision.
     *
     * @throws IllegalArgumentException if the shapes differ
     */
    public static void assign(NDArray target, NDArray values) {
        if (!target.getShape().equals(values.getShape())) {
            throw new IllegalArgumentException("cannot assign " + values.getShape() + " to " + target.getShape());
        }
        change("assign", target, values);
    }

    /** Puts {@code x [B, H, T, d]} into {@code target [B, H, room, d]}, from token {@code at} on. */
    public static void put(NDArray target, NDArray x, long at) {
        change("put", target, x, at);
    }

    /** Leaves an array without numbers, and gives its memory back. */
    static void empty(NDArray target) {
        change("empty", target);
    }

    /** Zeros in the shape of {@code x}, whatever the target was. */
    static void zerosLike(NDArray target, NDArray x) {
        change("zeros_like", target, x);
    }

    /** target += factor · x. */
    public static void add(NDArray target, NDArray x, double factor) {
        change("add_in_place", target, x, factor);
    }

    /** target += factor · b a, computed in f32: {@code target [E, D]}, {@code a [r, D]}, {@code b [E, r]}. */
    public static void addLowRank(NDArray target, NDArray a, NDArray b, double factor) {
        change("add_low_rank", target, a, b, factor);
    }

    /**
     * Scales gradients so that their common Euclidean norm is at most {@code max}.
     *
     * <p>Source: {@code torch.nn.utils.clip_grad_norm_}. One wait for the device.
     *
     * @param max the largest norm allowed; infinity only measures
     * @param scale what the loss was multiplied by: the gradients are divided by it first; 1 for nothing
     * @return the norm before; if it is not finite, skip the step
     */
    public static double clipGlobalNorm(List<NDArray> gradients, double max, double scale) {
        if (!(max > 0)) {
            throw new IllegalArgumentException("max must be > 0, got " + max);
        }
        return gradients.isEmpty()
                ? 0
                : Gradients.off(() -> KernelModule.get().number("clip_global_norm", gradients, max, scale));
    }

    /**
     * One AdamW update of all parameters, fused.
     *
     * <p>Source: Loshchilov and Hutter, arXiv:1711.05101, algorithm 2; the numbers of {@code torch.optim.AdamW}.
     *
     * @param parameters the leaves
     * @param gradients one each, same precision; see {@link Gradients#of}
     * @param m first moments, start at zero
     * @param v second moments, start at zero
     * @param step the number of this update, from 1
     * @param rate learning rate
     * @param beta1 decay of the first moment, usually 0.9
     * @param beta2 decay of the second moment, usually 0.999
     * @param decay weight decay, decoupled
     * @param eps added to the root of the second moment, usually 1e-8
     */
    public static void adamW(
            List<NDArray> parameters,
            List<NDArray> gradients,
            List<NDArray> m,
            List<NDArray> v,
            long step,
            double rate,
            double beta1,
            double beta2,
            double decay,
            double eps) {
        int n = parameters.size();
        if (gradients.size() != n || m.size() != n || v.size() != n) {
            throw new IllegalArgumentException(n + " parameters need as many gradients and moments, got "
                    + gradients.size() + ", " + m.size() + " and " + v.size());
        }
        if (step < 1) {
            throw new IllegalArgumentException("step must be >= 1, got " + step);
        }
        if (n > 0) {
            change("adamw", parameters, gradients, m, v, step, rate, beta1, beta2, decay, eps);
        }
    }

    private static void change(String kernel, Object... arguments) {
        Gradients.off(() -> KernelModule.get().run(kernel, arguments));
    }
}
