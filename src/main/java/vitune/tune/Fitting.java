package vitune.tune;

import java.util.List;
import java.util.function.Consumer;
import vitune.data.InstructionSet;
import vitune.model.Rendered;
import vitune.model.VisionLanguageModel;

/**
 * A stage as it fits the device's memory: as asked, or else without keeping in memory what is seen in pictures, or with
 * layers computed again on the way back.
 *
 * @param stage with the way its layers are computed
 * @param cache where what is seen in pictures is kept
 * @param forecast of the stage with this cache, its layers not computed again unless that was asked
 */
record Fitting(Stage stage, FeatureCache cache, TuningForecast forecast) {
    /**
     * The way that changes least.
     *
     * @param onWarning is told what differs from what was asked
     * @throws IllegalStateException if nothing makes it fit, see {@link TuningForecast#requireFits}
     */
    static Fitting of(
            VisionLanguageModel model,
            Stage stage,
            InstructionSet data,
            List<Rendered> texts,
            FeatureCache cache,
            Consumer<String> onWarning) {
        TuningForecast forecast = TuningForecast.of(model, stage, data, texts, cache);
        boolean free = cache.kind() == FeatureCache.Kind.FASTEST;
        if (!forecast.fits() && free && forecast.demand().cache() > 0) {
            onWarning.accept(stage.name() + ": what is seen in pictures is not kept in memory, else it would not fit: "
                    + forecast);
            cache = cache.folder() == null ? FeatureCache.none() : FeatureCache.disk(cache.folder());
            forecast = TuningForecast.of(model, stage, data, texts, cache);
        }
        Stage fitting = forecast.fitting(stage);
        if (fitting.recompute() && !stage.recompute()) {
            onWarning.accept(
                    stage.name() + ": layers are computed again on the way back, else it would not fit: " + forecast);
        }
        return new Fitting(fitting, cache, forecast);
    }
}
