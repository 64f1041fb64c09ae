package vitune.tune;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import vitune.tensor.Engines;

/**
 * What a stage did: what was trained, on what, from which weights to which. Two runs with equal stage, data, weights and
 * versions have equal steps but for their seconds and memory.
 *
 * @param stage every hyperparameter
 * @param steps one by one
 * @param samples samples in the data
 * @param dataHash sha-256 of the data: instructions, responses and the bytes of the pictures' files
 * @param startHash sha-256 of all weights before
 * @param endHash sha-256 of all weights after, or where the run was stopped; empty in the file of one that goes on or was
 *     broken off
 * @param trained numbers that were trained
 * @param frozen numbers that were not
 * @param versions of vitune, Java, DJL and PyTorch, device and threads
 * @param features where features of pictures were kept, and why
 * @param began when its first step was made, in UTC: 2026-11-24T22:18:01Z
 * @param outcome "finished"; in the file of a run that did not come to its end "running", "interrupted" or "diverged"
 */
public record TuningRun(
        Stage stage,
        List<Step> steps,
        int samples,
        String dataHash,
        String startHash,
        String endHash,
        long trained,
        long frozen,
        Map<String, String> versions,
        String features,
        String began,
        String outcome) {

    public TuningRun {
        steps = List.copyOf(steps);
    }

    /** A run before its first step. */
    static TuningRun begun(Stage stage, Examples examples, String startHash, long trained, long frozen) {
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        return new TuningRun(
                stage,
                List.of(),
                examples.size(),
                examples.hash(),
                startHash,
                "",
                trained,
                frozen,
                Engines.versions(),
                examples.features(),
                now,
                "running");
    }

    /** The start hash of a run that was stopped and stands at these weights, by its file; null if it is no such run. */
    static @Nullable String startOf(Path file, String now) {
        try {
            JsonObject run = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
            boolean here = now.equals(run.get("endHash").getAsString())
                    && !run.get("outcome").getAsString().equals("finished");
            return here ? run.get("startHash").getAsString() : null;
        } catch (IOException | RuntimeException e) {
            return null; // damaged, or of another kind
        }
    }

    /** The same run later. */
    TuningRun with(String began, List<Step> steps, String outcome, String endHash) {
        return new TuningRun(
                stage, steps, samples, dataHash, startHash, endHash, trained, frozen, versions, features, began,
                outcome);
    }

    /** The loss of every step, in nats a token. */
    public double[] losses() {
        return steps.stream().mapToDouble(Step::loss).toArray();
    }

    /** The loss of the first step. */
    public double firstLoss() {
        return steps.get(0).loss();
    }

    /** The mean loss of the last tenth of the steps: one step alone says little. */
    public double lastLoss() {
        int tail = Math.max(1, steps.size() / 10);
        return steps.subList(steps.size() - tail, steps.size()).stream()
                .mapToDouble(Step::loss)
                .average()
                .orElseThrow();
    }

    /** Seconds of training, those before an interrupt included. */
    public double seconds() {
        return steps.get(steps.size() - 1).seconds();
    }

    /** All tokens that were read, by the seconds of training. */
    public double tokensPerSecond() {
        return steps.stream().mapToLong(Step::tokens).sum() / seconds();
    }

    /** The most memory that was held, in MiB; -1 where the system does not tell. */
    public long peakMiB() {
        return steps.stream().mapToLong(Step::peakMiB).max().orElse(-1);
    }

    /** Writes the run as JSON, all or nothing; a stage that only measures its norm has {@code Infinity} there. */
    public void save(Path file) {
        Path part = file.resolveSibling("." + file.getFileName() + ".part");
        Gson json = new GsonBuilder()
                .setPrettyPrinting()
                .serializeSpecialFloatingPointValues()
                .create();
        try {
            Files.writeString(part, json.toJson(this));
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s: %d steps on %,d samples, loss %.3f -> %.3f, %,d weights trained, %,d frozen; features: %s",
                stage.name(),
                steps.size(),
                samples,
                firstLoss(),
                lastLoss(),
                trained,
                frozen,
                features);
    }
}
