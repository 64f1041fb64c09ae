package vitune.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A two-layer transformer with spliced features, beside PyTorch's loss and gradients (make_reference.py). */
class ReferenceTest {
    private static final int B = 2;
    private static final int T = 7;
    private static final int D = 16;
    private static final int H = 2;
    private final NDManager m = Fixture.manager();
    private final Parameters all = Parameters.read(Fixture.resource("reference.safetensors"), m);
    private final Parameters weights = all.select(name -> name.startsWith("weight."));

    @BeforeEach
    void train() {
        weights.train(name -> true);
    }

    @AfterEach
    void closeManager() {
        m.close();
    }

    @Test
    void lossAndGradientsAreThoseOfPyTorch() {
        assertEquals(35, weights.size());
        try (Gradients gradients = Gradients.record()) {
            NDArray loss = lossSum(Precision.F32);
            gradients.backward(loss);
            Fixture.close(loss, all.require("loss"), 1e-6, "loss");
        }
        weights.asMap().forEach((name, leaf) -> check(name, leaf, 2e-5));
    }

    @Test
    void bf16IsClose() {
        try (Gradients gradients = Gradients.record()) {
            NDArray loss = lossSum(Precision.BF16);
            assertEquals(DataType.FLOAT32, loss.getDataType());
            gradients.backward(loss);
            Fixture.close(loss, all.require("loss"), 5e-3, "loss");
        }
        weights.asMap().forEach((name, leaf) -> {
            assertEquals(Precision.F32, Precision.of(Gradients.of(leaf, m)), name);
            check(name, leaf, 0.1);
        });
    }

    @Test
    void aFrozenLayerGetsNoGradientAndTheOthersTheSame() {
        weights.train(name -> !name.startsWith("weight.0."));
        try (Gradients gradients = Gradients.record()) {
            gradients.backward(lossSum(Precision.F32));
        }
        assertTrue(weights.trained().size() < weights.size());
        weights.asMap().forEach((name, leaf) -> {
            if (name.startsWith("weight.0.")) {
                assertNull(Gradients.of(leaf, m), name);
            } else {
                check(name, leaf, 2e-5);
            }
        });
    }

    private void check(String name, NDArray leaf, double tolerance) {
        NDArray gradient = Gradients.of(leaf, m);
        if (name.endsWith(".k.bias")) { // softmax cancels it: zero, plus rounding
            assertTrue(gradient.abs().max().getFloat() < tolerance, name);
        } else {
            Fixture.close(gradient, all.require(name.replace("weight.", "gradient.")), tolerance, name);
        }
    }

    // ---------------------------------------------------------------- the model of make_reference.py

    private NDArray lossSum(Precision precision) {
        NDArray seen = Kernels.cast(all.require("input.features"), precision);
        NDArray features = Kernels.linear(seen, weight("project.weight")); // [N, D]
        NDArray x = Kernels.cast(Kernels.embedding(all.require("input.ids"), weight("embed")), precision); // [B, T, D]
        x = Kernels.splice(x, all.require("input.image"), features).add(Kernels.cast(weight("position"), precision));
        NDArray mask = Kernels.attentionMask(all.require("input.keep"));
        for (String layer : new String[] {"0.", "1."}) {
            NDArray y = norm(x, layer + "norm1");
            NDArray q = heads(linear(y, layer + "q"));
            NDArray k = heads(linear(y, layer + "k"));
            NDArray v = heads(linear(y, layer + "v"));
            NDArray context =
                    Kernels.attention(q, k, v, mask, true).swapAxes(1, 2).reshape(B, T, D);
            x = x.add(linear(context, layer + "o"));
            y = norm(x, layer + "norm2");
            x = x.add(
                    layer.equals("0.")
                            ? linear(Kernels.gelu(linear(y, "0.fc1")), "0.fc2")
                            : linear(Kernels.silu(linear(y, "1.gate")).mul(linear(y, "1.up")), "1.down"));
        }
        x = Kernels.rmsNorm(x, weight("norm.weight"), 1e-6);
        NDArray logits = Kernels.linear(x, weight("embed")); // [B, T, V]
        return Kernels.crossEntropySum(
                logits.reshape(B * T, -1), all.require("input.labels").reshape(B * T));
    }

    private static NDArray heads(NDArray x) {
        return x.reshape(B, T, H, D / H).swapAxes(1, 2); // [B, H, T, d]
    }

    private NDArray linear(NDArray x, String name) {
        String bias = "weight." + name + ".bias";
        @Nullable NDArray b = weights.has(bias) ? weights.require(bias) : null;
        return Kernels.linear(x, weight(name + ".weight"), b);
    }

    private NDArray norm(NDArray x, String name) {
        return Kernels.layerNorm(x, weight(name + ".weight"), weight(name + ".bias"), 1e-5);
    }

    private NDArray weight(String name) {
        return weights.require("weight." + name);
    }
}
