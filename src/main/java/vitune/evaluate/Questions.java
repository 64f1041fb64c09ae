package vitune.evaluate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import vitune.data.ImageContext;
import vitune.data.Question;
import vitune.data.Scene;

/**
 * A set of questions. Those made from boxes and captions hold as many of each answer within a kind, so that no fixed
 * answer does well; what the pictures give too little material for is left out, and {@link #notes()} says so.
 *
 * <pre>{@code
 * var questions = Questions.ask(Coco.read(folder), 120, 7);
 * Evaluation.of(answerer, questions)
 * }</pre>
 */
public final class Questions implements Iterable<Question> {
    /** The kinds of question that can be made from boxes and captions. */
    public static final List<String> KINDS = List.of("presence", "colour", "count", "relation");

    private final List<Question> questions;
    private final List<String> notes;

    Questions(List<Question> questions, List<String> notes) {
        this.questions = List.copyOf(questions);
        this.notes = List.copyOf(notes);
    }

    /** Questions of your own, or of a benchmark. */
    public static Questions of(List<Question> questions) {
        return new Questions(questions, List.of());
    }

    /** Balanced questions about anything in the pictures: 120 of each kind. */
    public static Questions ask(List<ImageContext> pictures) {
        return ask(pictures, 120, 0);
    }

    /** Balanced questions about anything in the pictures. */
    public static Questions ask(List<ImageContext> pictures, int perKind, long seed) {
        return new QuestionMaker(pictures, perKind, seed, mention -> true).questions();
    }

    /**
     * Balanced questions about some things only, for example those whose pair of category and colour was never tuned
     * on. The rule decides what is asked about; a thing whose captions give it no one colour is then never asked
     * about.
     *
     * @param perKind questions of each kind at most; an even share goes to each answer
     * @param seed the same seed over the same pictures gives the same questions
     * @param asked category and colour, lower case, for example dog and red: may this thing be asked about?
     * @throws IllegalArgumentException if there are no pictures or perKind is below 2
     */
    public static Questions ask(
            List<ImageContext> pictures, int perKind, long seed, BiPredicate<String, String> asked) {
        return new QuestionMaker(
                        pictures,
                        perKind,
                        seed,
                        mention -> mention.colour() != null && asked.test(mention.category(), mention.colour()))
                .questions();
    }

    /**
     * Balanced questions about drawn things of the held-out pairs only: a kind in the colour in which tuning never
     * shows it.
     */
    public static Questions heldOut(List<ImageContext> pictures, int perKind, long seed) {
        return ask(
                pictures,
                perKind,
                seed,
                (category, colour) -> Stream.of(Scene.Kind.values())
                        .anyMatch(kind -> kind.label().equals(category)
                                && kind.heldOutColour().label().equals(colour)));
    }

    /** The questions, kind after kind. */
    public List<Question> questions() {
        return questions;
    }

    /** What was left out, and why: a sentence each; empty if nothing was. */
    public List<String> notes() {
        return notes;
    }

    /** How many questions. */
    public int size() {
        return questions.size();
    }

    /** At most n of each kind, the first ones: for a quick look. */
    public Questions first(int n) {
        Map<String, Integer> seen = new LinkedHashMap<>();
        List<Question> first = questions.stream()
                .filter(q -> seen.merge(q.kind(), 1, Integer::sum) <= n)
                .toList();
        return new Questions(first, notes);
    }

    /**
     * The same questions, each over another picture: every picture is replaced by another one of the set, none by
     * itself. All questions of a picture move together, so the set of pictures stays and with it how many of them are
     * shown once, twice and so on; which picture is shown how often does not.
     *
     * @throws IllegalArgumentException if there are fewer than two pictures
     */
    public Questions swapped(long seed) {
        List<Path> pictures = questions.stream()
                .map(Question::image)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        if (pictures.size() < 2) {
            throw new IllegalArgumentException("swapping needs at least 2 pictures, got " + pictures.size());
        }
        List<Path> others = new ArrayList<>(pictures);
        Random random = new Random(seed);
        for (int i = others.size() - 1; i > 0; i--) { // Sattolo's shuffle: one cycle through all, so no fixed point
            Collections.swap(others, i, random.nextInt(i));
        }
        Map<Path, Path> instead = new LinkedHashMap<>();
        for (int i = 0; i < others.size(); i++) {
            instead.put(pictures.get(i), others.get(i));
        }
        return new Questions(
                questions.stream()
                        .map(q -> q.image() == null ? q : q.withImage(instead.get(q.image())))
                        .toList(),
                notes);
    }

    /** The same questions, each with a line after it that asks for the form of the answer. */
    public Questions withPrompt(String prompt) {
        return new Questions(
                questions.stream().map(question -> question.withPrompt(prompt)).toList(), notes);
    }

    /** A row a question: id, kind, picture, text, answer. */
    public Table table() {
        return Table.create(
                "questions",
                StringColumn.create("id", questions.stream().map(Question::id)),
                StringColumn.create("kind", questions.stream().map(Question::kind)),
                StringColumn.create("image", questions.stream().map(Question::imageName)),
                StringColumn.create("question", questions.stream().map(Question::text)),
                StringColumn.create("answer", questions.stream().map(Question::answer)));
    }

    @Override
    public Iterator<Question> iterator() {
        return questions.iterator();
    }

    @Override
    public String toString() {
        Map<String, Long> kinds = questions.stream()
                .collect(Collectors.groupingBy(Question::kind, LinkedHashMap::new, Collectors.counting()));
        return "Questions: "
                + kinds.entrySet().stream()
                        .map(e -> e.getValue() + " " + e.getKey())
                        .collect(Collectors.joining(", "))
                + (notes.isEmpty() ? "" : " (" + String.join("; ", notes) + ")");
    }
}
