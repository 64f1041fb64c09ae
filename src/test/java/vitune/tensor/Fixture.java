package vitune.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Assertions;

/** What the tests of this package share: random arrays, the fixtures of make_reference.py, and comparisons. */
final class Fixture {
    private Fixture() {}

    /** A manager of an engine with one thread: small arrays gain nothing from two, and lose much on a busy machine. */
    static NDManager manager() {
        Engines.threads(1);
        return Engines.newManager();
    }

    static Path resource(String name) {
        try {
            return Path.of(Fixture.class.getResource(name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Standard normal numbers. */
    static NDArray normal(NDManager manager, long... shape) {
        return manager.randomNormal(new Shape(shape));
    }

    static NDArray whole(NDManager manager, long... numbers) {
        return manager.create(numbers);
    }

    /** f32 arrays of any type, for the composed versions: this package's tests may convert as DJL does. */
    static NDArray single(NDArray x) {
        return x.toType(DataType.FLOAT32, false);
    }

    /** The largest difference, relative to the largest number expected. */
    static double difference(NDArray found, NDArray expected) {
        Assertions.assertEquals(expected.getShape(), found.getShape());
        float[] f = Kernels.floats(found);
        float[] e = Kernels.floats(expected);
        double worst = 0;
        double largest = 1e-12;
        for (int i = 0; i < f.length; i++) {
            worst = Math.max(worst, Math.abs(f[i] - e[i]) + (Float.isNaN(f[i]) ? Double.POSITIVE_INFINITY : 0));
            largest = Math.max(largest, Math.abs(e[i]));
        }
        return worst / largest;
    }

    static void close(NDArray found, NDArray expected, double tolerance, String what) {
        double difference = difference(found, expected);
        Assertions.assertTrue(difference <= tolerance, () -> what + ": relative difference " + difference);
    }

    /** The same function twice: equal values, and equal gradients in every leaf. */
    static void twins(
            Function<List<NDArray>, NDArray> kernel,
            Function<List<NDArray>, NDArray> composed,
            double tolerance,
            NDArray... leaves) {
        List<NDArray> list = List.of(leaves);
        List<NDArray> found = valueAndGradients(kernel, list);
        List<NDArray> expected = valueAndGradients(composed, list);
        for (int i = 0; i < found.size(); i++) {
            close(found.get(i), expected.get(i), tolerance, i == 0 ? "value" : "gradient of leaf " + (i - 1));
        }
    }

    private static List<NDArray> valueAndGradients(Function<List<NDArray>, NDArray> function, List<NDArray> leaves) {
        NDManager manager = leaves.get(0).getManager();
        leaves.forEach(leaf -> leaf.setRequiresGradient(true));
        Gradients.zero(leaves);
        NDArray value;
        try (Gradients gradients = Gradients.record()) {
            value = function.apply(leaves);
            NDArray single = Kernels.cast(value, Precision.F32);
            NDArray weights =
                    manager.arange(1, single.size() + 1).mul(0.7f).sin().reshape(single.getShape());
            gradients.backward(single.mul(weights).sum());
        }
        List<NDArray> all = new ArrayList<>(List.of(value));
        leaves.forEach(leaf -> all.add(Kernels.keep(Gradients.of(leaf, manager), manager)));
        return all;
    }
}
