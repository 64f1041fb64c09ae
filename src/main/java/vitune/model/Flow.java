package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import vitune.tensor.Gradients;
import vitune.tensor.Kernels;
import vitune.tensor.Parameters;
import vitune.tensor.Precision;
import vitune.tensor.Profile;

/**
 * How it flows: pixels [N, 3, S, S] -> vision [N, F, Dv] -> connector [N, Q, D] -> spliced into the words [B, T, D]
 * -> language model [B, L, D] -> scores only where a label is [n, V] -> their loss.
 */
record Flow(
        ModelConfig config, Parameters parameters, VisionEncoder vision, Connector connector, LanguageModel language) {

    static Flow of(ModelConfig config, Parameters parameters, Adapters adapters) {
        Weights weights = new Weights(parameters, adapters, "");
        return new Flow(
                config,
                parameters,
                VisionEncoder.of(config.vision(), weights),
                Connector.of(config, weights),
                LanguageModel.of(config.language(), weights));
    }

    /** Pixels to [N, F, Dv]; a frozen encoder leaves no graph behind. */
    NDArray look(NDArray pixels, Precision precision) {
        boolean trained = !parameters
                .select(name -> Part.of(name) == Part.VISION)
                .trained()
                .arrays()
                .isEmpty();
        Profile.enter("vision");
        NDArray cast = Kernels.cast(pixels, precision);
        return trained ? vision.forward(cast) : Gradients.off(() -> vision.forward(cast));
    }

    /** Words and pictures of a batch as one sequence of vectors, [B, T, D]. */
    NDArray embed(Batch batch, Precision precision) {
        Profile.enter("language");
        NDArray words = Kernels.cast(language.embed(batch.ids()), precision); // [B, T, D]
        NDArray places = batch.ids().eq(config.imageToken()); // [B, T]
        NDArray tokens = tokens(batch, precision);
        if (tokens == null) {
            long open = (long) Kernels.cast(places, Precision.F32).sum().getFloat();
            if (open == 0) return words;
            throw new IllegalArgumentException("the text has " + open + " image tokens and no pictures, 0 features");
        }
        Profile.enter("language");
        try {
            return Kernels.splice(words, places, tokens);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("image tokens and features differ in number: " + e.getMessage(), e);
        }
    }

    /** What the connector makes of the pictures, [N, Q, D]; null if there are none. */
    private @Nullable NDArray tokens(Batch batch, Precision precision) {
        if (batch.tokens() != null) return Kernels.cast(batch.tokens(), precision);
        NDArray features = batch.features();
        if (features == null && batch.pixels() != null) features = look(batch.pixels(), precision);
        if (features == null) return null;
        Profile.enter("connector");
        return connector.forward(Kernels.cast(features, precision), batch.instruction());
    }

    /** The loss of a batch, summed over its supervised tokens, in f32. */
    NDArray lossSum(Batch batch, Precision precision) {
        return lossSum(batch, precision, config.language().placesAtOnce());
    }

    /** The same with scores of so many places at once. */
    NDArray lossSum(Batch batch, Precision precision, int most) {
        Targets targets = Targets.of(batch.labels(), language.lag());
        if (targets.ids().length == 0) throw new IllegalArgumentException("the batch has no token to learn");
        NDArray places = longs(batch.ids().getManager(), targets.places());
        NDArray learned = language.states(embed(batch, precision), batch.mask(), batch.labels(), places); // [n, D]
        return Gradients.sumOfRows(learned, most, (rows, first) -> {
            int end = first + (int) rows.getShape().get(0);
            NDArray ids = longs(rows.getManager(), Arrays.copyOfRange(targets.ids(), first, end));
            return language.loss(rows, ids); // scalar
        });
    }

    private static NDArray longs(NDManager near, long[] values) {
        return Kernels.longs(near, values, new Shape(values.length));
    }
}
