package vitune;

import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import vitune.evaluate.Evaluation;
import vitune.tensor.DeviceMemory;
import vitune.tensor.Engines;
import vitune.tune.TuningRun;
import vitune.view.AccuracyChart;
import vitune.view.LossChart;
import vitune.view.Picture;
import vitune.view.Report;

/** What a {@link Walk} leaves in its folder: {@code report.json}, charts, predictions, and a page that shows it all. */
final class WalkReport {
    private final Path folder;
    private final Report page = Report.titled(
            "Visual instruction tuning, once through",
            "Pictures with captions and boxes, a teacher, a small BLIP-2-style model, two stages of training - and what each of them gave.");
    private final Map<String, Object> figures = new LinkedHashMap<>();
    private final long began = System.nanoTime();

    WalkReport(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to " + folder + " (" + e + "); --out names another folder", e);
        }
    }

    /** The page, to add to. */
    Report page() {
        return page;
    }

    /** A group of figures for {@code report.json}. */
    void put(String name, Map<String, ?> values) {
        figures.put(name, new TreeMap<>(values));
    }

    /** A picture as {@code NAME.png} and on the page, under a new heading or the last one. */
    void show(String name, Picture picture, @Nullable String heading, String caption) {
        picture.save(folder.resolve(name + ".png"));
        (heading == null ? page : page.section(heading)).picture(picture, caption);
    }

    void training(TuningRun align, TuningRun instruct) {
        Map<String, double[]> losses = new LinkedHashMap<>();
        losses.put("align", align.losses());
        losses.put("instruct", instruct.losses());
        show("loss", LossChart.of(losses), "The training", "Cross-entropy on the answers, step by step.");
        put("loss", Map.of("align", ends(align), "instruct", ends(instruct)));
        put("weights", Map.of("start", align.startHash(), "end", instruct.endHash()));
    }

    private static Map<String, Double> ends(TuningRun run) {
        return new TreeMap<>(Map.of("first", run.firstLoss(), "last", run.lastLoss()));
    }

    /**
     * @param stages in the order they were measured
     * @param about what the questions are about
     */
    void accuracy(Map<String, Evaluation> stages, String about) {
        show(
                "accuracy",
                AccuracyChart.of(stages),
                "The result",
                "Exact match on questions in wordings that tuning never had, " + about
                        + ". Blind: the same questions over other pictures.");
        page.table(Evaluation.compare(stages), "Accuracy by kind of question, with 95 % intervals.");
        Map<String, Object> accuracy = new LinkedHashMap<>();
        stages.forEach((name, evaluation) -> {
            accuracy.put(name, evaluation.toMap());
            Path file = folder.resolve("predictions-" + name + ".csv");
            evaluation.rows().write().csv(file.toFile());
        });
        figures.put("accuracy", accuracy);
    }

    /** Writes everything down, and says where. */
    String finish(long seed) {
        figures.put("seed", seed);
        figures.put("versions", Engines.versions());
        figures.put("seconds", (System.nanoTime() - began) / 1e9);
        figures.put("peakRssMiB", DeviceMemory.peak().orElse(-1L << 20) >> 20);
        page.footer("Made by jshell/vitune walkthrough, seed " + seed + ", " + Engines.versions());
        Path file = folder.resolve("report.json");
        try {
            Files.writeString(
                    file, new GsonBuilder().setPrettyPrinting().create().toJson(figures));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
        return String.format(
                Locale.ROOT,
                "Open %s   (%.0f s, %d MiB)",
                page.save(folder.resolve("index.html")),
                figures.get("seconds"),
                figures.get("peakRssMiB"));
    }
}
