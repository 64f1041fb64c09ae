package vitune.experiment;

import static vitune.data.ResponseType.COMPLEX_REASONING;
import static vitune.data.ResponseType.CONVERSATION;
import static vitune.data.ResponseType.DETAILED_DESCRIPTION;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import vitune.data.ClipArt;
import vitune.data.Coco;
import vitune.data.ImageContext;
import vitune.data.InstructionSample;
import vitune.data.Pairs;
import vitune.data.Question;
import vitune.data.Turn;
import vitune.evaluate.JudgedQuestions;
import vitune.evaluate.Questions;
import vitune.teach.InstructionGenerator;
import vitune.teach.Teacher;

/** What the {@link TinyWorld} asks: the same for all seeds, about scenes that no tuning shows. */
final class TinyExams {
    private static final int REASON_TOKENS = 48;
    private static final long SEED = 1_000; // no seed of a recipe

    /** Kind of question by short answer. */
    private static final Map<String, String> KINDS = new HashMap<>();

    static {
        List.of("yes", "no").forEach(answer -> KINDS.put(answer, "presence"));
        List.of("red", "orange", "yellow", "green", "blue", "purple").forEach(answer -> KINDS.put(answer, "colour"));
        List.of("one", "two", "three", "four").forEach(answer -> KINDS.put(answer, "count"));
        List.of("left", "right", "above", "below").forEach(answer -> KINDS.put(answer, "relation"));
    }

    private final Path work;
    private final TinyWorld.Sizes sizes;
    private final Once once;

    TinyExams(Path work, TinyWorld.Sizes sizes, Once once) {
        this.work = work;
        this.sizes = sizes;
        this.once = once;
    }

    /** The base of all tables, and recipes that withhold something, are examined with controls; they take their time. */
    List<Exam> of(Recipe recipe) {
        return switch (recipe.withheld()) {
            case PAIRS -> aboutPairs(recipe);
            case THINGS ->
                List.of(
                        exam("things", () -> aboutThings(recipe.withheld(), true))
                                .withControls(),
                        exam("things seen", () -> aboutThings(recipe.withheld(), false)));
            case COUNTS ->
                List.of(exam("counts", () -> counts(true)).withControls(), exam("counts seen", () -> counts(false)));
        };
    }

    private List<Exam> aboutPairs(Recipe recipe) {
        Exam questions = exam(Exam.QUESTIONS, () -> Questions.heldOut(heldOut(), sizes.perKind(), SEED));
        if (recipe.reasons()) {
            return List.of(questions.withAnswers(
                    REASON_TOKENS, (question, reply) -> recipe.order().answer(reply)));
        }
        if (!recipe.equals(Recipe.full())) return List.of(questions);
        return List.of(
                questions.withControls(),
                exam("wordings", () -> Questions.ask(fresh(), sizes.perKind(), SEED))
                        .withControls(),
                exam("wordings seen", this::inTheTeachersWords));
    }

    private Exam exam(String name, Supplier<Questions> questions) {
        return once.of(name, () -> Exam.of(name, questions.get()));
    }

    private Questions aboutThings(Withheld withheld, boolean those) {
        return Questions.ask(
                fresh(),
                sizes.perKind(),
                SEED,
                (thing, colour) -> withheld.things().contains(thing) == those);
    }

    /** What the teacher asks about fresh scenes, as many of each answer as {@link Questions#ask} has of its kind. */
    private Questions inTheTeachersWords() {
        Map<String, Integer> asked = new HashMap<>();
        List<Question> questions = new ArrayList<>();
        try (Teacher teacher = Teacher.builtIn();
                InstructionGenerator generator = new InstructionGenerator(teacher, work.resolve("ledger.db"))) {
            for (InstructionSample sample : generator.generate(fresh(), CONVERSATION)) {
                for (Turn turn : sample.turns()) {
                    String kind = KINDS.get(turn.response());
                    if (kind == null) continue; // not a short answer
                    long answers = KINDS.values().stream().filter(kind::equals).count();
                    if (asked.merge(turn.response(), 1, Integer::sum) > sizes.perKind() / answers) continue;
                    String id = "teacher-" + (questions.size() + 1);
                    questions.add(new Question(id, sample.images().get(0), kind, turn.instruction(), turn.response()));
                }
            }
        }
        return Questions.of(questions);
    }

    /** How many of a kind, in as many pictures of each number; those above what was shown, or the others. */
    private Questions counts(boolean larger) {
        List<Question> numbers = Questions.ask(fresh(), 4 * sizes.perKind(), SEED).questions().stream()
                .filter(question ->
                        question.kind().equals("count") && question.answer().equals("four") == larger)
                .toList();
        return Questions.of(numbers);
    }

    /** As LLaVA-Bench (COCO) has it, 30 pictures and a question of each type about each. Source: §5.1. */
    List<Question> bench() {
        return once.of("bench", () -> {
            List<ImageContext> pictures = fresh().subList(0, sizes.bench());
            try (Teacher teacher = Teacher.builtIn();
                    InstructionGenerator generator = new InstructionGenerator(teacher, work.resolve("ledger.db"))) {
                return JudgedQuestions.of(
                        generator.generate(pictures, CONVERSATION, DETAILED_DESCRIPTION, COMPLEX_REASONING), pictures);
            }
        });
    }

    /** Scenes like those of the tuning that no tuning shows. */
    private List<ImageContext> fresh() {
        return once.of("fresh", () -> draw("fresh", SEED, Pairs.TUNING));
    }

    /** Scenes with pairs that no tuning shows. */
    private List<ImageContext> heldOut() {
        return once.of("held-out", () -> draw("held-out", SEED + 1, Pairs.HELD_OUT));
    }

    private List<ImageContext> draw(String name, long seed, Pairs pairs) {
        return Coco.read(ClipArt.draw(work.resolve(name), sizes.examined(), seed, pairs));
    }
}
