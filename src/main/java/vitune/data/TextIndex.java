package vitune.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * Texts by likeness: MinHash signatures of their word triples, cut into bands, of which near texts share one.
 *
 * <p>Source: Broder 1997 (MinHash); Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets" §3.4 (bands). With 20
 * bands of 4, two texts that share 0.8 of their triples meet with probability 0.99997.
 */
final class TextIndex {
    private static final int BANDS = 20, ROWS = 4, SHINGLE = 3;
    private static final long[] SEEDS =
            new SplittableRandom(0x5eed).longs(BANDS * ROWS).toArray();

    private final double similarity;
    private final Map<Long, List<Entry>> buckets = new HashMap<>();

    private record Entry(String id, long[] shingles) {}

    /** A text that is near, and how near: 0 to 1. */
    record Near(String id, double similarity) {
        String in(String what) {
            return String.format(Locale.ROOT, "%s%s (%.2f of the wording)", what, id, similarity);
        }
    }

    TextIndex(double similarity) {
        requireSimilarity(similarity);
        this.similarity = similarity;
    }

    static void requireSimilarity(double similarity) {
        if (!(similarity > 0.5 && similarity <= 1)) {
            throw new IllegalArgumentException("similarity must be above 0.5 and at most 1, got " + similarity);
        }
    }

    /** Instructions and responses. */
    static String text(InstructionSample sample) {
        return sample.turns().stream()
                .map(turn -> turn.instruction() + " " + turn.response())
                .collect(Collectors.joining(" "));
    }

    void add(String id, String text) {
        var entry = new Entry(id, shingles(text));
        for (long band : bands(entry.shingles)) {
            buckets.computeIfAbsent(band, b -> new ArrayList<>()).add(entry);
        }
    }

    /** The nearest text from the threshold on; of equally near ones the first. */
    Optional<Near> near(String text) {
        var shingles = shingles(text);
        Near best = null;
        Set<Entry> seen = Collections.newSetFromMap(new IdentityHashMap<>()); // a sample may have many
        for (long band : bands(shingles)) {
            for (var entry : buckets.getOrDefault(band, List.of())) {
                if (!seen.add(entry)) continue;
                double like = jaccard(shingles, entry.shingles);
                if (like >= similarity && (best == null || like > best.similarity)) best = new Near(entry.id, like);
            }
        }
        return Optional.ofNullable(best);
    }

    /** Hashes of all runs of three words, sorted; a shorter text is one run. */
    private static long[] shingles(String text) {
        var words = text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+");
        int runs = Math.max(1, words.length - SHINGLE + 1);
        var hashes = new long[runs];
        for (int i = 0; i < runs; i++) {
            for (int j = i; j < Math.min(i + SHINGLE, words.length); j++) {
                hashes[i] = mix(hashes[i] * 31 + words[j].hashCode());
            }
        }
        return Arrays.stream(hashes).sorted().distinct().toArray();
    }

    private static long[] bands(long[] shingles) {
        var bands = new long[BANDS];
        for (int i = 0; i < SEEDS.length; i++) {
            long least = Long.MAX_VALUE;
            for (long shingle : shingles) least = Math.min(least, mix(shingle ^ SEEDS[i]));
            bands[i / ROWS] = mix(bands[i / ROWS] + least + i / ROWS);
        }
        return bands;
    }

    private static double jaccard(long[] a, long[] b) {
        int both = 0;
        for (int i = 0, j = 0; i < a.length && j < b.length; ) {
            int order = Long.compare(a[i], b[j]);
            if (order == 0) both++;
            if (order <= 0) i++;
            if (order >= 0) j++;
        }
        return (double) both / (a.length + b.length - both);
    }

    /** Spreads bits: the finaliser of SplitMix64 (Steele, Lea, Flood 2014). */
    private static long mix(long bits) {
        long z = (bits ^ bits >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
