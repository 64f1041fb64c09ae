package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import vitune.tensor.Kernels;
import vitune.tensor.Parameters;
import vitune.tensor.Precision;

/** What a part is made of: the name and shape of every parameter in order, and how a fresh one starts. */
final class Blueprint {
    /** Numbers from which on an array is drawn by PyTorch on the device: Java takes a minute for a billion. */
    private static final long LARGE = 1 << 20;

    private final Map<String, Spec> specs = new LinkedHashMap<>();

    /** A parameter: fresh values are normal around {@code mean}; where {@code std} is 0, all equal to it. */
    record Spec(Shape shape, double mean, double std, boolean required) {
        Spec(Shape shape, double mean, double std) {
            this(shape, mean, std, true);
        }

        /** Fresh values. Each name has its own stream, so one part does not depend on what else a model holds. */
        NDArray draw(String name, long seed, Precision precision, NDManager manager) {
            long own = seed * 0x9E3779B97F4A7C15L ^ name.hashCode();
            if (shape.size() >= LARGE) return Kernels.normal(manager, shape, mean, std, own, precision);
            NDArray single = manager.create(values(own), shape);
            if (precision == Precision.F32) return single;
            try (single) {
                return Kernels.cast(single, precision);
            }
        }

        private float[] values(long seed) {
            Random random = new Random(seed);
            float[] values = new float[Math.toIntExact(shape.size())];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (std == 0 ? mean : mean + std * random.nextGaussian());
            }
            return values;
        }
    }

    /** A table or vector of normal values. */
    Blueprint normal(String name, double std, long... shape) {
        specs.put(name, new Spec(new Shape(shape), 0, std));
        return this;
    }

    /** A parameter that a checkpoint may leave out, and a fresh model does not have. */
    Blueprint optional(String name, long... shape) {
        specs.put(name, new Spec(new Shape(shape), 0, 0, false));
        return this;
    }

    /** {@code .weight [out, in]} normal, {@code .bias [out]} zero. */
    Blueprint linear(String name, long in, long out, double std) {
        return normal(name + ".weight", std, out, in).normal(name + ".bias", 0, out);
    }

    /** {@code .weight [width]} one: a norm without a shift. */
    Blueprint scale(String name, long width) {
        specs.put(name + ".weight", new Spec(new Shape(width), 1, 0));
        return this;
    }

    /** {@code .weight [width]} one, {@code .bias [width]} zero. */
    Blueprint norm(String name, long width) {
        return scale(name, width).normal(name + ".bias", 0, width);
    }

    Map<String, Spec> specs() {
        return specs;
    }

    /** Parameters that know nothing yet, kept in a precision. */
    Parameters draw(long seed, Precision precision, NDManager manager) {
        Parameters parameters = new Parameters("fresh model");
        specs.forEach((name, spec) -> {
            if (spec.required()) parameters.put(name, spec.draw(name, seed, precision, manager));
        });
        return parameters;
    }

    /** Copies of the parameters of a known model, but for one part that knows nothing yet. */
    Parameters draw(long seed, Precision precision, Parameters known, Part fresh, NDManager manager) {
        Parameters parameters = new Parameters("fresh " + fresh.label());
        specs.forEach((name, spec) -> {
            if (Part.of(name) == fresh) {
                if (spec.required()) parameters.put(name, spec.draw(name, seed, precision, manager));
            } else if (spec.required() || known.has(name)) {
                parameters.put(name, Kernels.keep(known.require(name), manager));
            }
        });
        return parameters;
    }

    /** The parameters of a whole model. */
    static Blueprint of(ModelConfig config) {
        Blueprint blueprint = new Blueprint();
        long in = config.vision().width();
        long out = config.language().width();
        if (config.vision() instanceof EvaConfig eva) EvaEncoder.describe(eva, blueprint);
        if (config.vision() instanceof ClipConfig clip) ClipEncoder.describe(clip, blueprint);
        if (config.connector() instanceof QFormerConfig former) QFormer.describe(former, in, out, blueprint);
        if (config.connector() instanceof LinearConfig) Linear.describe(in, out, blueprint);
        if (config.connector() instanceof MlpConfig) Mlp.describe(in, out, blueprint);
        if (config.language() instanceof OptConfig opt) OptDecoder.describe(opt, blueprint);
        if (config.language() instanceof LlamaConfig llama) LlamaDecoder.describe(llama, blueprint);
        if (config.language() instanceof T5Config t5) T5.describe(t5, blueprint);
        return blueprint;
    }
}
