package vitune.tune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import vitune.tensor.Engines;
import vitune.tensor.Gradients;
import vitune.tensor.Kernels;
import vitune.tensor.Precision;

/** How fast the device multiplies matrices: the ceiling of what a step can reach. */
final class MatrixRate {
    private static final long LONG_ENOUGH = 500_000_000; // ns

    private MatrixRate() {}

    /** Operations a second of products of square matrices, the best of the runs that half a second holds. */
    static double measure(Precision precision, int side) {
        try (NDManager manager = Engines.newManager()) {
            Shape square = new Shape(side, side);
            NDArray a = Kernels.normal(manager, square, 0, 1, 1, precision);
            NDArray b = Kernels.normal(manager, square, 0, 1, 2, precision);
            long best = Long.MAX_VALUE;
            long began = System.nanoTime();
            for (int run = 0; run < 3 || System.nanoTime() - began < LONG_ENOUGH; run++) {
                long from = System.nanoTime();
                Gradients.off(() -> {
                    try (NDArray product = Kernels.linear(a, b);
                            NDArray corner = product.get("0, 0")) {
                        Kernels.floats(corner); // waits for a GPU
                    }
                });
                best = Math.min(best, System.nanoTime() - from);
            }
            return 2.0 * side * side * side / (best / 1e9);
        }
    }
}
