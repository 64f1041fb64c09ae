package vitune.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * POPE: is a thing in the picture? Half of the questions are about things that are not, chosen at random, because they
 * are frequent (popular), or because they mostly come with what is there (adversarial). Source: Li et al. 2023
 * (arXiv:2305.10355).
 */
public final class Pope {
    /** How the absent things are chosen, from the easiest to the hardest. */
    public static final List<String> SPLITS = List.of("random", "popular", "adversarial");

    private Pope() {}

    /**
     * Reads the three published files, for example {@code coco_pope_random.json}; the kind of a question is its split.
     *
     * @param folder holds one file for each of {@link #SPLITS}, its name ending in {@code pope_SPLIT.json} or {@code
     *     .jsonl}
     * @param imageFolder holds the pictures by the name that stands in {@code image}
     * @throws DataException for a split without a file, and for bad rows, by file, line and field
     */
    public static List<Question> questions(Path folder, Path imageFolder) {
        List<Question> questions = new ArrayList<>();
        for (String split : SPLITS) {
            questions.addAll(questions(file(folder, split), split, imageFolder));
        }
        return List.copyOf(questions);
    }

    /**
     * Reads one file, one question a line: {@code {"question_id", "image", "text", "label": "yes"|"no"}}.
     *
     * @param split becomes the kind, and the first part of the id: the published files count from 1 each
     * @throws DataException for bad rows, by file, line and field
     */
    public static List<Question> questions(Path jsonl, String split, Path imageFolder) {
        Set<String> ids = new HashSet<>();
        try (Stream<JsonRow> rows = JsonRows.ofLines(jsonl)) {
            return rows.map(row -> {
                        String id = row.once("question_id", row.text("question_id"), ids);
                        String label = row.value("label", "yes or no", value -> {
                            String text = JsonRow.text(value);
                            return text.equals("yes") || text.equals("no") ? text : null;
                        });
                        Path image = row.picture("image", row.text("image"), imageFolder);
                        return new Question(split + "-" + id, image, split, row.text("text"), label);
                    })
                    .toList();
        }
    }

    private static Path file(Path folder, String split) {
        List<Path> files = Folders.list(folder, "the folder of POPE's files");
        return Stream.of(".json", ".jsonl")
                .map(end -> "pope_" + split + end)
                .flatMap(end -> files.stream()
                        .filter(file -> file.getFileName().toString().endsWith(end)))
                .findFirst()
                .orElseThrow(() -> new DataException(
                        folder, "folder", "no file of split " + split, "a name that ends in pope_" + split + ".json"));
    }

    /** {@link #ask(List, int, long)} with 3 present and 3 absent things a picture, as published. */
    public static List<Question> ask(List<ImageContext> pictures, long seed) {
        return ask(pictures, 3, seed);
    }

    /**
     * Makes such questions from any boxes: for each picture k present things, drawn by chance and the same in each
     * split, and after each an absent one. What is absent is drawn by chance (random), is the most frequent in all
     * pictures that is not there (popular), or the one that is most often in pictures with the present thing asked
     * before it (adversarial); none twice in a picture. Where no thing fits, one is drawn by chance. A picture with
     * fewer than k kinds of things, or without k that are absent, is asked nothing.
     *
     * <p>Source: §5.1. <i>Differs:</i> our own wording ("picture"), and present things are drawn, where the published
     * files take the first ones; things equally frequent come in an order drawn once.
     *
     * @param k things of either sort in a picture, >= 1
     * @param seed the same seed over the same pictures gives the same questions
     * @throws IllegalArgumentException if k is below 1 or no picture has enough things
     */
    public static List<Question> ask(List<ImageContext> pictures, int k, long seed) {
        if (k < 1) {
            throw new IllegalArgumentException("k must be >= 1, got " + k);
        }
        Random random = new Random(seed);
        Map<String, Set<String>> present = new LinkedHashMap<>(); // by picture
        for (ImageContext picture : pictures) {
            Set<String> things = new LinkedHashSet<>();
            picture.boxes().forEach(box -> things.add(box.category()));
            present.put(picture.id(), things);
        }
        List<String> all = new ArrayList<>(new TreeMap<>(counts(present.values())).keySet());
        Collections.shuffle(all, random);
        List<ImageContext> fit = pictures.stream()
                .filter(picture -> present.get(picture.id()).size() >= k
                        && all.size() - present.get(picture.id()).size() >= k)
                .toList();
        if (fit.isEmpty()) {
            throw new IllegalArgumentException("no picture of " + pictures.size() + " has " + k
                    + " kinds of things and " + k + " absent ones among the " + all.size() + " kinds there are");
        }
        Map<String, List<String>> drawn = new LinkedHashMap<>();
        fit.forEach(picture -> {
            List<String> things = new ArrayList<>(present.get(picture.id()));
            Collections.shuffle(things, random);
            drawn.put(picture.id(), things.subList(0, k));
        });
        List<Question> questions = new ArrayList<>();
        for (String split : SPLITS) {
            Map<String, List<String>> ranked = ranked(split, present, all);
            int before = questions.size();
            for (ImageContext picture : fit) {
                Set<String> taken = new HashSet<>(present.get(picture.id()));
                for (String thing : drawn.get(picture.id())) {
                    String absent = absent(ranked.getOrDefault(thing, List.of()), taken, all, random);
                    taken.add(absent);
                    questions.add(question(split, questions.size() - before + 1, picture, thing, "yes"));
                    questions.add(question(split, questions.size() - before + 1, picture, absent, "no"));
                }
            }
        }
        return List.copyOf(questions);
    }

    private static Question question(String split, int number, ImageContext picture, String thing, String answer) {
        String text = "Is there " + English.a(thing) + " in the picture?";
        return new Question(split + "-" + number, picture.image(), split, text, answer);
    }

    /** For each thing, what to ask about after it, the best first: nothing where chance decides. */
    private static Map<String, List<String>> ranked(String split, Map<String, Set<String>> present, List<String> all) {
        Map<String, List<String>> ranked = new LinkedHashMap<>();
        if (split.equals("random")) {
            return ranked;
        }
        Map<String, Integer> frequent = counts(present.values());
        for (String thing : all) {
            Map<String, Integer> counts = split.equals("popular")
                    ? frequent
                    : counts(present.values().stream()
                            .filter(things -> things.contains(thing))
                            .toList());
            ranked.put(
                    thing,
                    all.stream()
                            .filter(counts::containsKey)
                            .sorted(Comparator.comparing(other -> -counts.get(other)))
                            .toList());
        }
        return ranked;
    }

    private static String absent(List<String> ranked, Set<String> taken, List<String> all, Random random) {
        return ranked.stream()
                .filter(thing -> !taken.contains(thing))
                .findFirst()
                .orElseGet(() -> {
                    List<String> left =
                            all.stream().filter(thing -> !taken.contains(thing)).toList();
                    return left.get(random.nextInt(left.size()));
                });
    }

    private static Map<String, Integer> counts(Iterable<Set<String>> pictures) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        pictures.forEach(things -> things.forEach(thing -> counts.merge(thing, 1, Integer::sum)));
        return counts;
    }
}
