package vitune.data;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** Instruction data: samples in a fixed order with unique ids. Immutable; every choice by chance follows its seed. */
public final class InstructionSet implements Iterable<InstructionSample> {
    /** Ways to ask for a caption. */
    private static final List<String> BRIEFLY =
            List.of("Describe the picture.", "What is in the picture?", "What do you see?");

    private final List<InstructionSample> samples;

    private InstructionSet(Collection<InstructionSample> samples) {
        this.samples = List.copyOf(samples);
    }

    /** A set of these samples; two of one id are refused. */
    public static InstructionSet of(Collection<InstructionSample> samples) {
        Set<String> ids = new HashSet<>();
        for (InstructionSample sample : samples) {
            if (!ids.add(sample.id())) {
                throw new IllegalArgumentException("ids must be unique, got two samples of id " + sample.id());
            }
        }
        return new InstructionSet(samples);
    }

    /**
     * Captions as samples, for alignment: one of each picture's captions, drawn by seed, answers a request for a short
     * description. Source: paper §4.2, stage 1, where CC3M gives one caption a picture.
     */
    public static InstructionSet ofCaptions(List<ImageContext> pictures, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return of(pictures.stream()
                .map(picture -> new InstructionSample(
                        "caption-" + picture.id(),
                        List.of(picture.image()),
                        ResponseType.SUMMARY,
                        List.of(new Turn(
                                BRIEFLY.get(random.nextInt(BRIEFLY.size())),
                                picture.captions()
                                        .get(random.nextInt(picture.captions().size())))),
                        Map.of("source", "caption")))
                .toList());
    }

    /**
     * Reads a file by its ending: {@code .json} ({@link LlavaJson}), {@code .jsonl} ({@link JsonLines}), {@code
     * .parquet} ({@link Parquet}).
     *
     * @param imageFolder where the pictures that the file names are
     * @throws DataException for bad rows, by file, row and field
     */
    public static InstructionSet read(Path file, Path imageFolder) {
        return SetFile.read(file, imageFolder);
    }

    /** Writes a file by its ending, as {@link #read} reads it; pictures are named relative to their folder. */
    public void write(Path file, Path imageFolder) {
        SetFile.write(file, imageFolder, this);
    }

    /**
     * For a look before long work: fails where {@link #write} to this file could not begin.
     *
     * @throws IllegalArgumentException for an ending that is none of a set's, for a folder, and for a file below a file
     * @throws IllegalStateException for Parquet without its library
     */
    public static void requireWritable(Path file) {
        SetFile.requireWritable(file);
    }

    /** Two parts of a set that share no picture. */
    public record Split(InstructionSet train, InstructionSet validation) {}

    public int size() {
        return samples.size();
    }

    public List<InstructionSample> samples() {
        return samples;
    }

    @Override
    public Iterator<InstructionSample> iterator() {
        return samples.iterator();
    }

    /** The samples of these types. */
    public InstructionSet ofType(ResponseType... types) {
        Set<ResponseType> wanted = new HashSet<>(List.of(types));
        return only(sample -> wanted.contains(sample.type()));
    }

    /** This set followed by another. */
    public InstructionSet and(InstructionSet other) {
        List<InstructionSample> both = new ArrayList<>(samples);
        both.addAll(other.samples);
        return of(both);
    }

    /** {@code count} samples by chance, in their order here. */
    public InstructionSet sample(int count, long seed) {
        if (count < 0 || count > size()) {
            throw new IllegalArgumentException("count must be in 0.." + size() + ", got " + count);
        }
        Set<InstructionSample> chosen = new HashSet<>(shuffled(samples, seed).subList(0, count));
        return only(chosen::contains);
    }

    /**
     * A share of each type, by chance; a type that is not named is left out. Source: paper table 4, whose
     * "conversation + 5 % detail + 10 % complex" is {@code mix(Map.of(CONVERSATION, 1.0, DETAILED_DESCRIPTION, 0.05,
     * COMPLEX_REASONING, 0.1), seed)}.
     *
     * @param shares 0 to 1
     */
    public InstructionSet mix(Map<ResponseType, Double> shares, long seed) {
        Set<InstructionSample> chosen = new HashSet<>();
        shares.forEach((type, share) -> {
            if (!(share >= 0 && share <= 1)) {
                throw new IllegalArgumentException("the share of " + type.label() + " must be in 0..1, got " + share);
            }
            InstructionSet all = ofType(type);
            chosen.addAll(all.sample(
                            (int) Math.round(share * all.size()),
                            seed + type.label().hashCode())
                    .samples);
        });
        return only(chosen::contains);
    }

    /**
     * Splits by picture: all samples of a picture, and of pictures compared with it, stay on one side. Neither
     * side is empty; the validation part exceeds its share only to get its first picture.
     *
     * @param trainShare above 0 and below 1
     */
    public Split split(double trainShare, long seed) {
        if (!(trainShare > 0 && trainShare < 1)) {
            throw new IllegalArgumentException("trainShare must be above 0 and below 1, got " + trainShare);
        }
        List<List<InstructionSample>> clusters = PictureClusters.of(samples);
        if (clusters.size() < 2) {
            throw new IllegalArgumentException(
                    "a split needs two pictures that are not compared, got " + clusters.size());
        }
        long room = Math.min(Math.round((1 - trainShare) * size()), size() - 1L);
        Set<InstructionSample> validation = new HashSet<>();
        for (List<InstructionSample> cluster : shuffled(clusters, seed)) {
            if (validation.size() + cluster.size() <= room) {
                validation.addAll(cluster);
            }
        }
        if (validation.isEmpty()) {
            validation.addAll(Collections.min(clusters, Comparator.comparingInt(List::size)));
        }
        return new Split(only(sample -> !validation.contains(sample)), only(validation::contains));
    }

    /** A row for each sample: id, type, images, turns, first instruction, first response. */
    public Table table() {
        return Table.create(
                "instructions",
                column("id", InstructionSample::id),
                column("type", sample -> sample.type().label()),
                column("images", sample -> String.join(" ", names(sample))),
                IntColumn.create(
                        "turns",
                        samples.stream()
                                .mapToInt(sample -> sample.turns().size())
                                .toArray()),
                column("instruction", sample -> sample.turns().get(0).instruction()),
                column("response", sample -> sample.turns().get(0).response()));
    }

    /**
     * What the set is made of, a row for each source and type, the largest source first: samples, share in percent, turns, pictures (each counted
     * once), samples without a picture, words of a response on average.
     */
    public Table composition() {
        return Composition.table(samples);
    }

    private StringColumn column(String name, Function<InstructionSample, String> value) {
        return StringColumn.create(name, samples.stream().map(value));
    }

    /**
     * SHA-256 in hex of what is taught: ids, types, picture names and turns in order; not folders, pixels or
     * provenance.
     */
    public String hash() {
        MessageDigest digest = Sha256.digest();
        for (InstructionSample sample : samples) {
            String row = LlavaJson.row(sample, names(sample), false).toString();
            digest.update((row + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return Sha256.of(digest);
    }

    /** One line: how many samples of each type. */
    @Override
    public String toString() {
        Map<ResponseType, Long> counts = samples.stream()
                .collect(Collectors.groupingBy(InstructionSample::type, TreeMap::new, Collectors.counting()));
        return size() + " samples"
                + counts.entrySet().stream()
                        .map(e -> e.getValue() + " " + e.getKey().label())
                        .collect(Collectors.joining(", ", " (", ")"));
    }

    private static List<String> names(InstructionSample sample) {
        return sample.images().stream()
                .map(image -> image.getFileName().toString())
                .toList();
    }

    private InstructionSet only(Predicate<InstructionSample> wanted) {
        return new InstructionSet(samples.stream().filter(wanted).toList());
    }

    static <T> List<T> shuffled(List<T> list, long seed) {
        return shuffled(list, new SplittableRandom(seed));
    }

    static <T> List<T> shuffled(List<T> list, SplittableRandom random) {
        List<T> copy = new ArrayList<>(list);
        for (int i = copy.size() - 1; i > 0; i--) {
            Collections.swap(copy, i, random.nextInt(i + 1));
        }
        return copy;
    }
}
