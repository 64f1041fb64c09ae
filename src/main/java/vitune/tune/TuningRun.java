package vitune.tune;

import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a stage did: what was trained, on what, from which weights to which. Two runs with equal stage, data, weights and
 * versions have equal steps but for their seconds.
 *
 * @param stage every hyperparameter
 * @param steps one by one
 * @param samples samples in the data
 * @param dataHash sha-256 of the data: instructions, responses and the bytes of the pictures' files
 * @param startHash sha-256 of all weights before
 * @param endHash sha-256 of all weights after
 * @param trained numbers that were trained
 * @param frozen numbers that were not
 * @param versions of vitune, Java, DJL and PyTorch, device and threads
 * @param features where features of pictures were kept, and why
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
        String features) {

    public TuningRun {
        steps = List.copyOf(steps);
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

    /** Writes the run as JSON. */
    public void save(Path file) {
        try {
            Files.writeString(
                    file, new GsonBuilder().setPrettyPrinting().create().toJson(this));
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
