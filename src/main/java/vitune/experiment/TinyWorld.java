package vitune.experiment;

import static vitune.data.ResponseType.COMPLEX_REASONING;
import static vitune.data.ResponseType.CONVERSATION;
import static vitune.data.ResponseType.DETAILED_DESCRIPTION;
import static vitune.data.ResponseType.QUESTION_ANSWERING;

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
import vitune.data.InstructionSet;
import vitune.data.Pairs;
import vitune.data.Question;
import vitune.data.Turn;
import vitune.evaluate.Judge;
import vitune.evaluate.JudgedQuestions;
import vitune.evaluate.Questions;
import vitune.model.VisionLanguageModel;
import vitune.teach.InstructionGenerator;
import vitune.teach.Teacher;
import vitune.tune.FeatureCache;
import vitune.tune.Stage;
import vitune.tune.Tuner;

/**
 * The paper in miniature: drawn scenes, the built-in teacher, the model of {@code data/tiny}, a minute a recipe on a CPU.
 *
 * <p>A seed draws its own scenes, has them written about, and orders the training; the exams are the same for all.
 */
public final class TinyWorld implements World {
    private static final int REASON_TOKENS = 48;
    private static final int BATCH = 16;
    private static final long EXAM_SEED = 1_000; // no seed of a recipe

    /**
     * How large it is.
     *
     * @param pictures of a recipe; five for three of them are drawn, since some have what is withheld
     * @param examined scenes to examine with
     * @param perKind questions of each kind in an exam, at most
     * @param bench pictures that the judge asks about, three questions each
     * @param epochs of stage 2
     */
    public record Sizes(int pictures, int examined, int perKind, int bench, int epochs) {
        public Sizes {
            for (int size : new int[] {pictures, examined, perKind, bench, epochs}) {
                if (size < 1) throw new IllegalArgumentException("sizes must be >= 1, got " + size);
            }
            if (bench > examined) {
                throw new IllegalArgumentException(
                        "bench must be <= examined, got " + bench + " of " + examined + " scenes");
            }
        }

        private int drawn() {
            return (5 * pictures + 2) / 3;
        }
    }

    /** The size of the results in {@code data/results/tiny}. */
    public static final Sizes SIZES = new Sizes(900, 1000, 60, 30, 3);

    /** Samples by type in the proportions of the paper's 58 K, 23 K and 77 K, all pictures reasoned about. Source: §3. */
    private static final double CONVERSATIONS = 58.0 / 77;

    private static final double DESCRIPTIONS = 23.0 / 77;

    /** Kind of question by short answer. */
    private static final Map<String, String> KINDS = new HashMap<>();

    static {
        List.of("yes", "no").forEach(answer -> KINDS.put(answer, "presence"));
        List.of("red", "orange", "yellow", "green", "blue", "purple").forEach(answer -> KINDS.put(answer, "colour"));
        List.of("one", "two", "three", "four").forEach(answer -> KINDS.put(answer, "count"));
        List.of("left", "right", "above", "below").forEach(answer -> KINDS.put(answer, "relation"));
    }

    private final Path model;
    private final Path work;
    private final Sizes sizes;
    private final Map<String, Object> kept = new HashMap<>();

    /**
     * @param model the folder of the tiny model
     * @param work where scenes, replies and features are kept; what is there is used again
     */
    public TinyWorld(Path model, Path work) {
        this(model, work, SIZES);
    }

    private TinyWorld(Path model, Path work, Sizes sizes) {
        this.model = model;
        this.work = work;
        this.sizes = sizes;
    }

    /** Another world of another size, with its own results; its folder must be another one too. */
    public TinyWorld withSizes(Sizes sizes) {
        return new TinyWorld(model, work, sizes);
    }

    @Override
    public String name() {
        return "tiny";
    }

    @Override
    public String description() {
        String all = "%d drawn scenes, %d examined questions a kind, align %s, instruct %s, model %s"
                .formatted(sizes.pictures, sizes.perKind, align(), instruct(), once("hash", this::hash));
        return sizes.equals(SIZES) ? all : all + ", " + sizes; // the results that are known do not lose their names
    }

    private String hash() {
        try (VisionLanguageModel loaded = model()) {
            return loaded.parameters().hash();
        }
    }

    @Override
    public List<String> check() {
        return List.of(description(), captions(Recipe.full(), 1) + "; " + instructions(Recipe.full(), 1));
    }

    /** Scenes that a recipe shows, the first ones of the seed that have nothing of what is withheld. */
    private List<ImageContext> pictures(Recipe recipe, long seed) {
        List<ImageContext> shown = drawn(seed).stream()
                .filter(recipe.withheld()::shows)
                .limit(sizes.pictures)
                .toList();
        if (shown.size() < sizes.pictures) {
            throw new IllegalStateException("expected " + sizes.pictures
                    + " scenes that do not show what is withheld by " + recipe.name() + ", got " + shown.size());
        }
        return shown;
    }

    @Override
    public InstructionSet captions(Recipe recipe, long seed) {
        return InstructionSet.ofCaptions(pictures(recipe, seed), seed);
    }

    @Override
    public InstructionSet instructions(Recipe recipe, long seed) {
        List<ImageContext> pictures = pictures(recipe, seed);
        try (Teacher teacher = Teacher.builtIn();
                InstructionGenerator generator = new InstructionGenerator(teacher, work.resolve("ledger.db"))) {
            InstructionSet data = recipe.order() == AnswerOrder.ANSWER_ONLY
                    ? generator
                            .generate(first(pictures, CONVERSATIONS), CONVERSATION)
                            .and(generator.generate(first(pictures, DESCRIPTIONS), DETAILED_DESCRIPTION))
                            .and(generator.generate(pictures, COMPLEX_REASONING))
                    : Reasons.of(
                            pictures,
                            generator.generate(pictures, QUESTION_ANSWERING),
                            generator.generate(pictures, DETAILED_DESCRIPTION),
                            recipe.order());
            return recipe.withheld().from(data);
        }
    }

    private static List<ImageContext> first(List<ImageContext> pictures, double share) {
        return pictures.subList(0, (int) Math.round(share * pictures.size()));
    }

    @Override
    public VisionLanguageModel model() {
        return VisionLanguageModel.load(model);
    }

    @Override
    public Stage align() {
        return Stage.align().tiny().withBatch(BATCH);
    }

    @Override
    public Stage instruct() {
        return Stage.instruct().tiny().withEpochs(sizes.epochs).withBatch(BATCH);
    }

    @Override
    public Tuner tuner(VisionLanguageModel model) {
        return new Tuner(model).withFeatureCache(FeatureCache.memory());
    }

    /** The base of all tables, and recipes that withhold something, are examined with controls; they take their time. */
    @Override
    public List<Exam> exams(Recipe recipe) {
        return switch (recipe.withheld()) {
            case PAIRS -> {
                Exam questions = exam(Exam.QUESTIONS, this::aboutPairs);
                yield recipe.equals(Recipe.full())
                        ? List.of(
                                questions.withControls(),
                                exam("wordings", () -> Questions.ask(fresh(), sizes.perKind, EXAM_SEED))
                                        .withControls(),
                                exam("wordings seen", this::inTheTeachersWords))
                        : List.of(
                                recipe.order() == AnswerOrder.ANSWER_ONLY
                                        ? questions
                                        : questions.withAnswers(
                                                REASON_TOKENS,
                                                (question, reply) ->
                                                        recipe.order().answer(reply)));
            }
            case THINGS ->
                List.of(
                        exam("things", () -> aboutThings(recipe.withheld(), true))
                                .withControls(),
                        exam("things seen", () -> aboutThings(recipe.withheld(), false)));
            case COUNTS ->
                List.of(exam("counts", () -> counts(true)).withControls(), exam("counts seen", () -> counts(false)));
        };
    }

    private Exam exam(String name, Supplier<Questions> questions) {
        return once(name, () -> Exam.of(name, questions.get()));
    }

    private Questions aboutPairs() {
        return Questions.heldOut(heldOut(), sizes.perKind, EXAM_SEED);
    }

    private Questions aboutThings(Withheld withheld, boolean those) {
        return Questions.ask(
                fresh(),
                sizes.perKind,
                EXAM_SEED,
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
                    if (asked.merge(turn.response(), 1, Integer::sum) > sizes.perKind / answers) continue;
                    String id = "teacher-" + (questions.size() + 1);
                    questions.add(new Question(id, sample.images().get(0), kind, turn.instruction(), turn.response()));
                }
            }
        }
        return Questions.of(questions);
    }

    /** How many of a kind, in as many pictures of each number; those above what was shown, or the others. */
    private Questions counts(boolean larger) {
        List<Question> numbers = Questions.ask(fresh(), 4 * sizes.perKind, EXAM_SEED).questions().stream()
                .filter(question ->
                        question.kind().equals("count") && question.answer().equals("four") == larger)
                .toList();
        return Questions.of(numbers);
    }

    /** As LLaVA-Bench (COCO) has it, 30 pictures and a question of each type about each. Source: §5.1. */
    @Override
    public List<Question> bench() {
        return once("bench", () -> {
            List<ImageContext> pictures = fresh().subList(0, sizes.bench);
            try (Teacher teacher = Teacher.builtIn();
                    InstructionGenerator generator = new InstructionGenerator(teacher, work.resolve("ledger.db"))) {
                return JudgedQuestions.of(
                        generator.generate(pictures, CONVERSATION, DETAILED_DESCRIPTION, COMPLEX_REASONING), pictures);
            }
        });
    }

    @Override
    public Judge judge() {
        return once("judge", () -> Judge.paper(Teacher.builtIn(), work.resolve("judge.db")));
    }

    /** Scenes for the tuning. */
    private List<ImageContext> drawn(long seed) {
        return once("scenes-" + seed, () -> draw("scenes-" + seed, sizes.drawn(), seed, Pairs.TUNING));
    }

    /** Scenes like those of the tuning that no tuning shows. */
    private List<ImageContext> fresh() {
        return once("fresh", () -> draw("fresh", sizes.examined, EXAM_SEED, Pairs.TUNING));
    }

    /** Scenes with pairs that no tuning shows. */
    private List<ImageContext> heldOut() {
        return once("held-out", () -> draw("held-out", sizes.examined, EXAM_SEED + 1, Pairs.HELD_OUT));
    }

    private List<ImageContext> draw(String name, int count, long seed, Pairs pairs) {
        return Coco.read(ClipArt.draw(work.resolve(name), count, seed, pairs));
    }

    @SuppressWarnings("unchecked") // a name is always used for one type
    private <T> T once(String name, Supplier<T> make) {
        Object made = kept.get(name);
        if (made == null) {
            made = make.get();
            kept.put(name, made);
        }
        return (T) made;
    }

    @Override
    public void close() {
        if (kept.get("judge") instanceof Judge judge) judge.close();
        kept.clear();
    }
}
