package vitune.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * Several sets mixed by ratio into one, in an order by chance; the same seed gives the same set. No sample comes twice:
 * what shows the same pictures and says the same belongs to the first part that has it.
 *
 * <pre>{@code
 * Mixture mixture = Mixture.of(7)
 *         .with("llava", conversations, 3)
 *         .with("vqa", questions, 1)
 *         .withTotal(10_000);
 * mixture.table();
 * InstructionSet data = mixture.set();
 * }</pre>
 */
public final class Mixture {
    /** Where provenance keeps the name of a sample's part. */
    static final String PART = "part";

    /** What is said about which pictures, whoever says it. */
    private record Content(List<Path> images, List<Turn> turns) {}

    /** @param pool the samples that no earlier part has */
    private record Part(String name, InstructionSet given, InstructionSet pool, double ratio) {}

    private final long seed;
    private final List<Part> parts;
    private final OptionalInt total;

    private Mixture(long seed, List<Part> parts, OptionalInt total) {
        this.seed = seed;
        this.parts = List.copyOf(parts);
        this.total = total;
    }

    /** A mixture without parts. */
    public static Mixture of(long seed) {
        return new Mixture(seed, List.of(), OptionalInt.empty());
    }

    /**
     * This mixture with one part more.
     *
     * @param name stands in each sample's provenance as {@code part}, and before its id where an earlier sample has
     *     that id
     * @param ratio above 0; only the parts' ratios to each other count
     */
    public Mixture with(String name, InstructionSet set, double ratio) {
        if (name.isBlank() || parts.stream().anyMatch(part -> part.name.equals(name))) {
            throw new IllegalArgumentException("names must be unique and not blank, got \"" + name + "\"");
        }
        if (!(ratio > 0 && Double.isFinite(ratio))) {
            throw new IllegalArgumentException("the ratio of " + name + " must be above 0, got " + ratio);
        }
        Set<Content> seen = new HashSet<>();
        parts.forEach(part -> part.given.forEach(sample -> seen.add(content(sample))));
        InstructionSet pool = InstructionSet.of(set.samples().stream()
                .filter(sample -> seen.add(content(sample)))
                .toList());
        List<Part> more = new ArrayList<>(parts);
        more.add(new Part(name, set, pool, ratio));
        return new Mixture(seed, more, total);
    }

    private static Content content(InstructionSample sample) {
        return new Content(sample.images(), sample.turns());
    }

    /** This mixture with that many samples in all; else it has as many as its scarcest part allows. */
    public Mixture withTotal(int samples) {
        if (samples < 1) {
            throw new IllegalArgumentException("total must be >= 1, got " + samples);
        }
        return new Mixture(seed, parts, OptionalInt.of(samples));
    }

    /**
     * The mixed set.
     *
     * @throws IllegalArgumentException if there is no part, or if one has no sample of its own or too few for its ratio and the
     *     total
     */
    public InstructionSet set() {
        int[] counts = counts();
        SplittableRandom random = new SplittableRandom(seed);
        List<InstructionSample> mixed = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < counts.length; i++) {
            Part part = parts.get(i);
            for (InstructionSample sample : part.pool.sample(counts[i], random.nextLong())) {
                mixed.add(named(part.name, sample, ids));
            }
        }
        return InstructionSet.of(InstructionSet.shuffled(mixed, random.nextLong()));
    }

    private static InstructionSample named(String part, InstructionSample sample, Set<String> ids) {
        Map<String, String> provenance = new TreeMap<>(sample.provenance());
        provenance.put(PART, part);
        String id = ids.contains(sample.id()) ? part + "/" + sample.id() : sample.id();
        ids.add(id);
        return new InstructionSample(id, sample.images(), sample.type(), sample.turns(), provenance);
    }

    /** A row for each part: ratio in percent, how many samples it has, how many of those no earlier part has, how many
     * are taken. */
    public Table table() {
        double sum = parts.stream().mapToDouble(Part::ratio).sum();
        return Table.create(
                "mixture",
                StringColumn.create("part", parts.stream().map(Part::name)),
                DoubleColumn.create(
                        "ratio %",
                        parts.stream()
                                .mapToDouble(part -> Math.round(1000 * part.ratio / sum) / 10.0)
                                .toArray()),
                IntColumn.create(
                        "samples",
                        parts.stream().mapToInt(part -> part.given.size()).toArray()),
                IntColumn.create(
                        "of its own",
                        parts.stream().mapToInt(part -> part.pool.size()).toArray()),
                IntColumn.create("taken", counts()));
    }

    /** How many samples of each part are taken. */
    private int[] counts() {
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("a mixture needs at least one part, got none");
        }
        for (Part part : parts) {
            if (part.pool.size() == 0) {
                throw new IllegalArgumentException(
                        "part " + part.name + " must have a sample that no earlier part has, " + "got "
                                + part.given.size() + " samples and none of its own");
            }
        }
        if (total.isEmpty()) {
            return counts(largest());
        }
        int[] counts = counts(total.getAsInt());
        for (int i = 0; i < counts.length; i++) {
            Part part = parts.get(i);
            if (counts[i] > part.pool.size()) {
                int twice = part.given.size() - part.pool.size();
                throw new IllegalArgumentException("part " + part.name + " must have " + counts[i] + " samples for "
                        + total.getAsInt() + " in all, got " + part.pool.size()
                        + (twice == 0 ? "" : " (" + twice + " more come twice or in an earlier part)")
                        + "; these parts and ratios allow " + largest() + " in all");
            }
        }
        return counts;
    }

    /** Shares of a total in whole samples: rounded down, what is left goes to the largest fractions. */
    private int[] counts(int all) {
        double sum = parts.stream().mapToDouble(Part::ratio).sum();
        double[] exact =
                parts.stream().mapToDouble(part -> all * (part.ratio / sum)).toArray();
        int[] counts = new int[exact.length];
        IntStream.range(0, exact.length).forEach(i -> counts[i] = (int) exact[i]);
        int left = all - IntStream.of(counts).sum();
        IntStream.range(0, exact.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> counts[i] - exact[i]))
                .limit(left)
                .forEach(i -> counts[i]++);
        return counts;
    }

    /** The largest total that every part has samples for. */
    private int largest() {
        double sum = parts.stream().mapToDouble(Part::ratio).sum();
        int all = (int) parts.stream()
                .mapToDouble(part -> (part.pool.size() + 1) * (sum / part.ratio)) // a share is rounded down at most
                .min()
                .orElse(0);
        while (!fits(counts(all))) {
            all--;
        }
        return all;
    }

    private boolean fits(int[] counts) {
        return IntStream.range(0, counts.length)
                .allMatch(i -> counts[i] <= parts.get(i).pool.size());
    }
}
