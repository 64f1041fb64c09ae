package vitune;

import java.awt.image.BufferedImage;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import vitune.data.ClipArt;
import vitune.data.Coco;
import vitune.data.ImageContext;
import vitune.data.InstructionSet;
import vitune.data.Pairs;
import vitune.data.Pictures;
import vitune.data.ResponseType;
import vitune.evaluate.Evaluation;
import vitune.evaluate.Questions;
import vitune.model.Chat;
import vitune.model.QFormer;
import vitune.model.VisionLanguageModel;
import vitune.teach.CostForecast;
import vitune.teach.InstructionGenerator;
import vitune.teach.Teacher;
import vitune.tune.Stage;
import vitune.tune.Tuner;
import vitune.tune.TuningRun;
import vitune.view.AttentionMap;
import vitune.view.CompositionChart;
import vitune.view.Gallery;
import vitune.view.LiveLoss;
import vitune.view.Progress;

/** The ten steps of the {@link Walkthrough}: each says what it does, shows what came of it, and adds to the page and the report. */
final class Walk {
    private static final int STEPS = 10;
    private static final int FEWEST = 10; // pictures of a user's own

    private final WalkthroughOptions options;
    private final PrintStream out;
    private final WalkReport report;
    private final Map<String, Evaluation> stages = new LinkedHashMap<>();
    private int step;

    Walk(WalkthroughOptions options, PrintStream out) {
        this.options = options;
        this.out = out;
        report = new WalkReport(options.out());
    }

    void go() {
        List<ImageContext> all = pictures();
        List<ImageContext> pictures = options.coco() == null ? all : all.subList(0, all.size() - all.size() / 5);
        Questions questions = questions(all.subList(pictures.size(), all.size()));
        questions.notes().forEach(note -> out.println("   note: " + note));
        if (questions.size() == 0) {
            throw new IllegalArgumentException(
                    "the pictures kept out of the tuning give no questions to measure with: " + questions.notes());
        }
        InstructionSet data = generate(pictures);
        try (VisionLanguageModel model = load()) {
            TuningRun align;
            TuningRun instruct;
            say("Measure before tuning");
            measure("before", model, questions);
            align = tune(
                    model,
                    Stage.align().tiny().withSeed(options.seed()),
                    InstructionSet.ofCaptions(pictures, options.seed()),
                    "Stage 1, alignment: the connector learns to put what the vision encoder sees into words");
            say("Measure after stage 1");
            measure("aligned", model, questions);
            instruct = tune(
                    model,
                    Stage.instruct().tiny().withSeed(options.seed()),
                    data,
                    "Stage 2, instruction tuning: connector and language model learn to follow instructions");
            say("Measure after stage 2, and blind");
            measure("tuned", model, questions);
            measure("blind", model, questions.swapped(options.seed()));
            results(align, instruct);
            chat(model, questions);
        }
        out.println("\n" + report.finish(options.seed()));
    }

    /** Step 1: scenes with captions and boxes, drawn or the user's own. */
    private List<ImageContext> pictures() {
        List<ImageContext> pictures;
        if (options.coco() != null) {
            say("Read the pictures of " + options.coco());
            pictures = new ArrayList<>(Coco.read(options.coco()));
            if (pictures.size() < FEWEST) {
                throw new IllegalArgumentException(
                        options.coco() + " has " + pictures.size() + " pictures, a walk needs at least " + FEWEST);
            }
            Collections.shuffle(pictures, new Random(options.seed()));
        } else {
            say("Draw " + options.scenes() + " scenes with captions and boxes");
            try (Progress progress = Progress.of("scenes", options.scenes())) {
                pictures = Coco.read(ClipArt.draw(
                        options.out().resolve("scenes"), options.scenes(), options.seed(), Pairs.TUNING, progress::at));
            }
        }
        report.show(
                "scenes",
                Gallery.of(pictures.subList(0, Math.min(8, pictures.size()))),
                "The pictures",
                "Eight of %,d pictures, each with its captions and boxes.".formatted(pictures.size()));
        out.println(
                "   " + pictures.get(0).id() + ": " + pictures.get(0).captions().get(0));
        return pictures;
    }

    /**
     * The questions to measure with: about things in colours that no picture of the tuning has; over a user's own folder,
     * about the last fifth of its pictures, which are kept out of the tuning.
     */
    private Questions questions(List<ImageContext> kept) {
        if (options.coco() != null) {
            return Questions.ask(kept, options.questions(), options.seed());
        }
        int scenes = Math.max(60, options.questions() * 8);
        try (Progress progress = Progress.of("held-out scenes", scenes)) {
            Path folder = ClipArt.draw(
                    options.out().resolve("heldout"), scenes, options.seed() + 1, Pairs.HELD_OUT, progress::at);
            return Questions.heldOut(Coco.read(folder), options.questions(), options.seed());
        }
    }

    /** Steps 2 and 3: what it will cost, then the teacher's instruction data. */
    private InstructionSet generate(List<ImageContext> pictures) {
        try (Teacher teacher = teacher();
                InstructionGenerator generator =
                        new InstructionGenerator(teacher, options.out().resolve("ledger.db"))) {
            say("Forecast what the teacher will cost");
            ResponseType[] types = {ResponseType.CONVERSATION};
            ResponseType[] others = {
                ResponseType.DETAILED_DESCRIPTION,
                ResponseType.COMPLEX_REASONING,
                ResponseType.SUMMARY,
                ResponseType.COMPARISON
            };
            List<ImageContext> some = pictures.subList(0, Math.max(1, pictures.size() / 6));
            CostForecast[] forecasts = {generator.forecast(pictures, types), generator.forecast(some, others)};
            long requests = 0;
            for (CostForecast forecast : forecasts) {
                out.println("   " + forecast);
                requests += forecast.calls() + forecast.known();
            }
            say("Generate instruction data with " + teacher.name());
            InstructionSet data;
            try (Progress progress = Progress.of("replies", 0)) {
                generator.onProgress(p -> progress.at(p.done(), p.total(), p.note()));
                data = generator.generate(pictures, types).and(generator.generate(some, others));
            }
            out.println(data.table().first(6).print());
            report.show(
                    "samples",
                    Gallery.of(data.sample(8, options.seed())),
                    "The instruction data",
                    "What the teacher wrote about eight of them.");
            report.show(
                    "composition", CompositionChart.of(data), null, "Samples by type, and how long the answers are.");
            report.put(
                    "samples",
                    Map.of("generated", data.size(), "rejected", requests - data.size(), "hash", data.hash()));
            return data;
        }
    }

    private Teacher teacher() {
        return switch (options.teacher()) {
            case "openai" -> Teacher.openAi();
            case "builtin" -> Teacher.builtIn();
            default -> Teacher.ofEnvironment();
        };
    }

    /** Step 4: the model, part by part. */
    private VisionLanguageModel load() {
        say("Load the model in " + options.model());
        VisionLanguageModel model = VisionLanguageModel.load(options.model());
        out.println(model.summary().print());
        report.page()
                .section("The model")
                .table(
                        model.summary(),
                        "Three parts: what an image is, how it is told, how one speaks. Those in data/tiny have not seen an instruction about a picture.");
        return model;
    }

    private void measure(String name, VisionLanguageModel model, Questions questions) {
        try (Progress progress = Progress.of("questions", questions.size())) {
            stages.put(name, Evaluation.of(model, questions, progress::at));
        }
        out.println("   " + name + " " + stages.get(name));
    }

    private TuningRun tune(VisionLanguageModel model, Stage stage, InstructionSet data, String what) {
        say(what);
        long pictures = data.samples().stream()
                .flatMap(sample -> sample.images().stream())
                .distinct()
                .count();
        try (Progress progress = Progress.of("pictures", pictures)) {
            TuningRun run = new Tuner(model, options.out())
                    .onPicture(progress::at)
                    .onStep(LiveLoss.of(stage.name()))
                    .run(stage, data);
            out.println("   " + run);
            return run;
        }
    }

    private void results(TuningRun align, TuningRun instruct) {
        report.training(align, instruct);
        report.accuracy(
                stages,
                options.coco() == null
                        ? "about things in colours that tuning never had"
                        : "about pictures kept out of the tuning");
        out.println(Evaluation.compare(stages).print());
    }

    /** Step 10: a conversation, and everything on one page. */
    private void chat(VisionLanguageModel model, Questions questions) {
        say("Chat about a picture");
        Path picture = questions.questions().get(0).image();
        Chat chat = model.chat(picture);
        for (String question :
                List.of("What do you see?", questions.questions().get(0).text())) {
            out.println("   you:   " + question + "\n   model: " + chat.ask(question));
        }
        BufferedImage seen = Pictures.read(picture);
        if (model.connector() instanceof QFormer) {
            report.show(
                    "attention",
                    AttentionMap.of(seen, model.attention(seen)),
                    "Where the queries look",
                    "Each query of the Q-Former takes its information from the bright places.");
        }
        report.page().section("A chat").chat(seen, chat.history());
    }

    private void say(String what) {
        out.printf("%n[%d/%d] %s%n", ++step, STEPS, what);
    }
}
