package vitune.experiment;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import vitune.data.InstructionSet;
import vitune.model.ConnectorConfig;
import vitune.model.Part;
import vitune.model.VisionLanguageModel;
import vitune.tensor.Engines;
import vitune.tune.Step;
import vitune.tune.Tuner;
import vitune.tune.TuningRun;

/** One recipe with one seed: build, align, tune, ask, mark. One use only. */
final class Trial {
    private final World world;
    private final Recipe recipe;
    private final long seed;
    private final Marking marking;
    private final Consumer<Step> onStep;
    private final Map<String, Double> measures = new LinkedHashMap<>();
    private final Map<String, String> hashes = new LinkedHashMap<>();

    /** @param marking of the same recipe and seed */
    Trial(World world, Recipe recipe, long seed, Marking marking, Consumer<Step> onStep) {
        this.world = world;
        this.recipe = recipe;
        this.seed = seed;
        this.marking = marking;
        this.onStep = onStep;
    }

    Outcome run(String fingerprint) {
        long began = System.nanoTime();
        try (VisionLanguageModel model = build()) {
            Tuner tuner = world.tuner(model).onStep(onStep);
            if (recipe.aligned()) {
                note("align", tuner.run(world.align().withSeed(seed), world.captions(recipe, seed)));
            }
            marking.askAligned(model);
            if (recipe.instructed()) {
                note(
                        "instruct",
                        tuner.run(world.instruct(recipe).withPlan(recipe.plan()).withSeed(seed), data()));
            }
            marking.askTuned(model);
            measures.putAll(marking.measures());
            double seconds = (System.nanoTime() - began) / 1e9;
            return new Outcome(recipe.name(), seed, fingerprint, measures, hashes, Engines.versions(), seconds);
        }
    }

    /** The model that the recipe starts from. Each change makes a copy: the one before is closed. */
    private VisionLanguageModel build() {
        VisionLanguageModel model = world.model();
        for (Part part : recipe.fresh()) {
            model = replaced(model, one -> one.withFresh(part, seed));
        }
        if (!recipe.connector().equals("shipped")) {
            ConnectorConfig other =
                    recipe.connector().equals("linear") ? ConnectorConfig.linear() : ConnectorConfig.mlp();
            model = replaced(model, one -> one.withConnector(other, seed));
            model = replaced(model, one -> one.withFeatureLayer(recipe.featureLayer(), seed));
        }
        return model;
    }

    private static VisionLanguageModel replaced(VisionLanguageModel before, UnaryOperator<VisionLanguageModel> change) {
        try (before) {
            return change.apply(before);
        }
    }

    /** The recipe's share of the data, each picture in its place. */
    private InstructionSet data() {
        InstructionSet all = world.instructions(recipe, seed);
        InstructionSet share = recipe.reasons() ? all : all.mix(recipe.data(), seed);
        return InstructionSet.of(share.samples().stream()
                .map(sample -> recipe.place().place(sample, seed))
                .toList());
    }

    private void note(String stage, TuningRun run) {
        measures.put("loss/" + stage, run.lastLoss());
        measures.put("seconds/" + stage, run.seconds());
        hashes.put(stage + " data", run.dataHash());
        hashes.put(stage + " weights", run.endHash());
    }
}
