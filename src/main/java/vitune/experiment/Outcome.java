package vitune.experiment;

import com.google.gson.Gson;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What came of one recipe with one seed.
 *
 * @param recipe its name
 * @param seed orders the training, and draws what is fresh and, in the tiny world, the pictures
 * @param fingerprint of all that decides what comes out: recipe, seed and world; not the kit's version, which stands in
 *     {@code versions}
 * @param measures by name: {@code questions/tuned/colour} is the share right of the colour questions of that exam after
 *     both stages; {@code judge/overall} a relative score in percent; {@code loss/instruct} in nats a token
 * @param hashes of data and weights, sha-256
 * @param versions of vitune, Java, DJL, PyTorch, device and threads
 * @param seconds it took
 */
public record Outcome(
        String recipe,
        long seed,
        String fingerprint,
        Map<String, Double> measures,
        Map<String, String> hashes,
        Map<String, String> versions,
        double seconds) {
    /** Copies the maps. */
    public Outcome {
        measures = Collections.unmodifiableSortedMap(new TreeMap<>(measures));
        hashes = Collections.unmodifiableSortedMap(new TreeMap<>(hashes));
        versions = Collections.unmodifiableSortedMap(new TreeMap<>(versions));
    }

    /** The same with other measures. */
    Outcome withMeasures(Map<String, Double> other) {
        return new Outcome(recipe, seed, fingerprint, other, hashes, versions, seconds);
    }

    /** A line of JSON. */
    String line() {
        return new Gson().toJson(this);
    }

    /** @throws com.google.gson.JsonParseException if it is no line of {@link #line()} */
    static Outcome ofLine(String line) {
        return new Gson().fromJson(line, Outcome.class);
    }

    @Override
    public String toString() {
        return "%s, seed %d: %d measures in %.0f s".formatted(recipe, seed, measures.size(), seconds);
    }
}
