package vitune.tune;

import java.util.stream.IntStream;
import vitune.model.ConnectorConfig;
import vitune.model.LanguageConfig;
import vitune.model.LlamaConfig;
import vitune.model.MlpConfig;
import vitune.model.ModelConfig;
import vitune.model.OptConfig;
import vitune.model.QFormerConfig;
import vitune.model.VisionConfig;

/**
 * Floating point operations of a training step, counted from sizes: matrix products only; one of [m, k] and [k, n] is
 * 2 m k n.
 *
 * <p>Source: the formulas of {@code torch.utils.flop_counter} over the eager model of transformers, which scores every
 * place and looks at every key. What is left out here (scores and the last layer's MLP where nothing is learned, the future) is counted too, so
 * that equal steps have equal counts, whoever makes them.
 */
record Operations(Products vision, Products connector, Products onFeatures, Products language) {

    /** Operations of a forward pass: products with weights, and products of activations with each other. */
    record Products(double weights, double attention) {
        Products plus(Products other) {
            return new Products(weights + other.weights, attention + other.attention);
        }

        Products times(double factor) {
            return new Products(factor * weights, factor * attention);
        }

        double forward() {
            return weights + attention;
        }

        /** Of a part behind trained weights: the gradients of inputs, and where it is trained, of weights. */
        double backward(boolean trained) {
            return (trained ? 2 : 1) * weights + 2 * attention;
        }
    }

    /** Of a batch of rows with one picture each. */
    static Operations of(ModelConfig config, long batch, long textTokens) {
        double places = batch * (config.queries() + textTokens);
        long out = config.language().width();
        return new Operations(
                vision(config.vision()).times(batch),
                connector(config.connector(), config.vision(), out).times(batch),
                onFeatures(config.connector(), config.vision(), out).times(batch),
                language(config.language(), places, places / batch));
    }

    double forward() {
        return vision.forward() + connector.forward() + onFeatures.forward() + language.forward();
    }

    /** Forward and backward; features of a frozen encoder have no gradient. */
    double step(FreezePlan plan) {
        boolean seeing = plan.vision() != Treatment.FROZEN;
        boolean connecting = plan.connector() != Treatment.FROZEN;
        double behind = connector.backward(connecting) + language.backward(plan.language() != Treatment.FROZEN);
        return forward()
                + (seeing ? vision.backward(true) + onFeatures.backward(connecting) : 0)
                + (connecting && !seeing ? onFeatures.weights() : 0)
                + behind;
    }

    private static Products vision(VisionConfig c) {
        double rows = c.patches() + 1;
        double cut = 2.0 * c.patches() * 3 * c.patch() * c.patch() * c.width();
        return block(rows, rows, c.width(), 2.0 * c.width() * c.hidden())
                .times(c.layers())
                .plus(new Products(cut, 0));
    }

    /** What multiplies activations of the connector's own. */
    private static Products connector(ConnectorConfig connector, VisionConfig vision, double out) {
        if (connector instanceof MlpConfig) return new Products(2 * vision.pictureTokens() * out * out, 0);
        if (!(connector instanceof QFormerConfig c)) return new Products(0, 0);
        double q = c.queries();
        double width = c.width();
        Products look = new Products(2 * q * 2 * width * width, 4 * q * vision.features() * width);
        return block(q, q, width, 2 * width * c.hidden())
                .times(c.layers())
                .plus(look.times(looks(c)))
                .plus(new Products(2 * q * width * out, 0));
    }

    /** What multiplies the vision features themselves. */
    private static Products onFeatures(ConnectorConfig connector, VisionConfig vision, double out) {
        return connector instanceof QFormerConfig c
                ? new Products(looks(c) * 4.0 * vision.features() * vision.width() * c.width(), 0)
                : new Products(2 * vision.pictureTokens() * vision.width() * out, 0);
    }

    private static long looks(QFormerConfig c) {
        return IntStream.range(0, c.layers()).filter(c::looks).count();
    }

    private static Products language(LanguageConfig language, double rows, double length) {
        double width = language.width();
        double hidden;
        if (language instanceof OptConfig opt) hidden = 2 * width * opt.hidden();
        else if (language instanceof LlamaConfig llama) {
            double narrower = 2 * width * (width - llama.keyHeads() * llama.headWidth()); // keys and values of groups
            hidden = 3 * width * llama.hidden() - narrower;
        } else throw new IllegalArgumentException("operations are counted for OPT and LLaMA, got " + language);
        return block(rows, length, width, hidden)
                .times(language.layers())
                .plus(new Products(2 * rows * width * language.vocabulary(), 0));
    }

    /** A transformer block: four square projections, the weights of its feed-forward layer, and attention. */
    private static Products block(double rows, double length, double width, double feedForward) {
        return new Products(2 * rows * (4 * width * width + feedForward), 4 * rows * length * width);
    }
}
