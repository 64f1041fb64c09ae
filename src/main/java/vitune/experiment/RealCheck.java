package vitune.experiment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import vitune.data.InstructionSet;
import vitune.data.Question;
import vitune.data.Reply;
import vitune.evaluate.Predictions;
import vitune.model.VisionLanguageModel;
import vitune.tune.FeatureCache;
import vitune.tune.Stage;
import vitune.tune.TuningForecast;

/** What a {@link RealWorld} has and takes, before anything is run: files, memory, time, questions, the judge's price. */
record RealCheck(RealWorld world, RealFiles files) {
    private static final List<Recipe> TYPICAL =
            List.of(Recipe.full(), Recipe.full().reasoned());

    /** A line a file with its size, and some a recipe of each kind that can run. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        TYPICAL.stream()
                .flatMap(recipe -> files.needed(recipe).stream())
                .distinct()
                .forEach(one -> lines.add(one.what() + ": " + one.path() + ", " + size(one.path())));
        List<Recipe> able = TYPICAL.stream()
                .filter(recipe -> world.obstacles(recipe).isEmpty())
                .toList();
        if (able.isEmpty()) return lines;
        try (VisionLanguageModel model = world.model()) {
            lines.add(model.toString());
            double rate = TuningForecast.measuredRate(world.align().precision());
            for (Recipe recipe : able) {
                takes(model, recipe, rate).forEach(line -> lines.add(recipe.name() + ": " + line));
            }
        }
        return lines;
    }

    private static String size(Path path) {
        try {
            if (!Files.exists(path)) return "MISSING";
            return Files.isDirectory(path) ? "a folder" : String.format(Locale.ROOT, "%.1f MB", Files.size(path) / 1e6);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path, e);
        }
    }

    private List<String> takes(VisionLanguageModel model, Recipe recipe, double rate) {
        List<String> lines = new ArrayList<>();
        lines.add(forecast(model, world.align(), world.captions(recipe, 0), rate));
        lines.add(forecast(model, world.instruct(recipe), world.instructions(recipe, 0), rate));
        world.exams(recipe).forEach(exam -> lines.add(exam.questions().toString()));
        if (!world.bench(recipe).isEmpty()) lines.add("judge, " + price(world.bench(recipe)) + ", with each seed");
        return lines;
    }

    private String forecast(VisionLanguageModel model, Stage stage, InstructionSet data, double rate) {
        TuningForecast forecast =
                TuningForecast.of(model, stage, data, FeatureCache.disk(world.features())); // as a run falls back
        return String.format(
                Locale.ROOT,
                "%,d samples, %s, %s, at least %.1f h at this device's %.3g operations a second",
                data.size(),
                forecast,
                forecast.fits() ? "fits" : "DOES NOT FIT",
                forecast.seconds(rate) / 3600,
                rate);
    }

    /** As if the model's answers were as long as the references. */
    private String price(List<Question> bench) {
        List<Reply> replies = bench.stream()
                .map(question -> new Reply(question.id(), question.answer(), "reference", "", Map.of()))
                .toList();
        return world.judge().forecast(bench, Predictions.of(replies)).toString();
    }
}
