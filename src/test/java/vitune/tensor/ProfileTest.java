package vitune.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProfileTest {
    private final NDManager m = Fixture.manager();

    @AfterEach
    void close() {
        m.close();
    }

    private void step(NDArray x, NDArray w, NDArray mask) {
        try (Gradients gradients = Gradients.record()) {
            Profile.enter("connector");
            NDArray features = Kernels.gelu(Kernels.linear(x, w));
            Profile.enter("language");
            NDArray spliced = Kernels.splice(x, mask, features);
            gradients.backward(Kernels.layerNorm(spliced, m.ones(new Shape(8)), m.zeros(new Shape(8)), 1e-5)
                    .sum());
        }
        InPlace.clipGlobalNorm(List.of(Gradients.of(w, m)), 1, 1);
    }

    /** Every kernel stands where it ran, counted, and all times together are the whole. */
    @Test
    void timesSumToTheWholeAndKernelsStandWhereTheyRan() {
        NDArray x = m.ones(new Shape(2, 4, 8));
        NDArray w = m.ones(new Shape(8, 8));
        NDArray mask = m.ones(new Shape(2, 4));
        w.setRequiresGradient(true);
        Profile profile = Profile.of(() -> {
            for (int i = 0; i < 3; i++) step(x, w, mask);
        });
        double sum =
                profile.rows().stream().mapToDouble(Profile.Row::milliseconds).sum();
        assertEquals(profile.milliseconds(), sum, 1e-6 * sum);
        assertEquals(3, calls(profile, "connector", "forward", "gelu"));
        assertEquals(3, calls(profile, "language", "forward", "native_layer_norm"));
        assertEquals(3, calls(profile, "language", "backward", "native_layer_norm_backward"));
        assertEquals(3, calls(profile, "connector", "backward", "gelu_backward"));
        assertEquals(0, calls(profile, "language", "backward", "gelu_backward"));
        assertEquals(3, calls(profile, "", "optimiser", "_foreach_mul_"));
        assertEquals(
                profile.rows().size(),
                profile.rows().stream()
                        .map(row -> List.of(row.part(), row.pass(), row.kernel()))
                        .collect(Collectors.toSet())
                        .size());
        double parts = profile.parts().doubleColumn("share").sum();
        assertEquals(1, parts, 0.01);
        assertEquals(
                1,
                profile.kernels().doubleColumn("share").sum(),
                0.001 * profile.kernels().rowCount());
    }

    private static long calls(Profile profile, String part, String pass, String kernel) {
        return profile.rows().stream()
                .filter(row -> row.part().equals(part)
                        && row.pass().equals(pass)
                        && row.kernel().equals(kernel))
                .mapToLong(Profile.Row::calls)
                .sum();
    }

    @Test
    void oneProfileAtATimeAndWorkThatFailsEndsIt() {
        var nested = assertThrows(IllegalStateException.class, () -> Profile.of(() -> Profile.of(() -> {})));
        assertTrue(nested.getMessage().startsWith("a profile is being made already"), nested.getMessage());
        assertThrows(
                ArithmeticException.class,
                () -> Profile.of(() -> {
                    throw new ArithmeticException();
                }));
        assertEquals(1, Profile.of(() -> {}).rows().size());
    }
}
