package vitune.experiment;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import vitune.data.InstructionSet;
import vitune.data.PicturePlace;
import vitune.data.Question;
import vitune.evaluate.Evaluation;
import vitune.evaluate.Predictions;
import vitune.evaluate.Questions;
import vitune.model.ConnectorConfig;
import vitune.model.Part;
import vitune.model.VisionLanguageModel;
import vitune.tensor.Engines;
import vitune.tune.Step;
import vitune.tune.Tuner;
import vitune.tune.TuningRun;

/** One recipe with one seed: build, align, tune, examine. One use only. */
final class Trial {
    private final World world;
    private final Recipe recipe;
    private final long seed;
    private final Path predictions;
    private final Consumer<Step> onStep;
    private final Map<String, Double> measures = new LinkedHashMap<>();
    private final Map<String, String> hashes = new LinkedHashMap<>();

    /** @param predictions the folder where every reply is kept */
    Trial(World world, Recipe recipe, long seed, Path predictions, Consumer<Step> onStep) {
        this.world = world;
        this.recipe = recipe;
        this.seed = seed;
        this.predictions = predictions;
        this.onStep = onStep;
    }

    Outcome run(String fingerprint) {
        long began = System.nanoTime();
        try (VisionLanguageModel model = build()) {
            Tuner tuner = world.tuner(model).onStep(onStep);
            if (recipe.aligned()) {
                note("align", tuner.run(world.align().withSeed(seed), world.captions(recipe, seed)));
            }
            world.exams(recipe).stream()
                    .filter(Exam::controlled)
                    .forEach(exam -> examine(model, exam.name() + "/aligned", exam.questions()));
            if (recipe.instructed()) {
                note(
                        "instruct",
                        tuner.run(world.instruct().withPlan(recipe.plan()).withSeed(seed), data()));
            }
            world.exams(recipe).forEach(exam -> examine(model, exam));
            double seconds = (System.nanoTime() - began) / 1e9;
            return new Outcome(recipe.name(), seed, fingerprint, measures, hashes, Engines.versions(), seconds);
        }
    }

    /** The model that the recipe starts from. Each change makes a copy: the one before is closed. */
    private VisionLanguageModel build() {
        VisionLanguageModel model = world.model();
        for (Part part : recipe.fresh()) {
            model = closing(model, model.withFresh(part, seed));
        }
        if (!recipe.connector().equals("shipped")) {
            ConnectorConfig other =
                    recipe.connector().equals("linear") ? ConnectorConfig.linear() : ConnectorConfig.mlp();
            model = closing(model, model.withConnector(other, seed));
        }
        if (recipe.featureLayer() != -1) {
            model = closing(model, model.withFeatureLayer(recipe.featureLayer(), seed));
        }
        return model;
    }

    private static VisionLanguageModel closing(VisionLanguageModel before, VisionLanguageModel after) {
        before.close();
        return after;
    }

    /** The recipe's share of the data, each picture in its place. */
    private InstructionSet data() {
        InstructionSet all = world.instructions(recipe, seed);
        InstructionSet share = recipe.order() == AnswerOrder.ANSWER_ONLY ? all.mix(recipe.data(), seed) : all;
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

    private void examine(VisionLanguageModel model, Exam exam) {
        examine(model, exam.name() + "/tuned", exam.questions());
        if (exam.controlled()) {
            examine(model, exam.name() + "/blind", exam.questions().swapped(seed));
            examine(model, exam.name() + "/text only", exam.withoutPictures());
        }
    }

    /** Asks, keeps the replies as they were said, and scores the answers in them. */
    private void examine(VisionLanguageModel model, String name, Questions questions) {
        List<Question> asked = questions.questions().stream().map(this::placed).toList();
        Predictions said = Predictions.of(model, asked, recipe.order().tokens());
        said.write(predictions.resolve(recipe.name() + "-" + seed + "-" + name.replaceAll("\\W+", "-") + ".jsonl"));
        List<String> answers = said.replies().stream()
                .map(reply -> recipe.order().answer(reply.text()))
                .toList();
        Evaluation.of(same -> answers, questions)
                .scores()
                .forEach((kind, score) -> measures.put(name + "/" + kind, score.accuracy()));
    }

    /** A question as the recipe was tuned to read it: the picture where it mostly stood. */
    private Question placed(Question question) {
        if (recipe.place() != PicturePlace.AFTER || question.image() == null) {
            return question;
        }
        return question.withText(recipe.place().place(question.text()));
    }
}
