package vitune.experiment;

import static vitune.data.ResponseType.COMPLEX_REASONING;
import static vitune.data.ResponseType.CONVERSATION;
import static vitune.data.ResponseType.DETAILED_DESCRIPTION;
import static vitune.data.ResponseType.QUESTION_ANSWERING;

import java.nio.file.Path;
import java.util.List;
import vitune.data.ClipArt;
import vitune.data.Coco;
import vitune.data.ImageContext;
import vitune.data.InstructionSet;
import vitune.data.Pairs;
import vitune.data.Question;
import vitune.evaluate.Judge;
import vitune.model.VisionLanguageModel;
import vitune.teach.InstructionGenerator;
import vitune.teach.Teacher;
import vitune.tune.FeatureCache;
import vitune.tune.Stage;
import vitune.tune.Tuner;

/**
 * The paper in miniature: drawn scenes, the built-in teacher, the model of {@code data/tiny}, two or three minutes a recipe on a CPU.
 *
 * <p>A seed draws its own scenes, has them written about, and orders the training; the exams are the same for all.
 */
public final class TinyWorld implements World {
    private static final int BATCH = 16;

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

    private final Path model;
    private final Path work;
    private final Sizes sizes;
    private final Once once = new Once();
    private final TinyExams exams;

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
        exams = new TinyExams(work, sizes, once);
    }

    /** Another world of another size, with its own results; its folder must be another one too. */
    public TinyWorld withSizes(Sizes sizes) {
        return new TinyWorld(model, work, sizes);
    }

    @Override
    public String name() {
        return "tiny";
    }

    /** The same for all recipes. */
    @Override
    public String description(Recipe recipe) {
        return String.join(
                "\n",
                "pictures " + sizes.pictures,
                "examined " + sizes.examined,
                "questions a kind " + sizes.perKind,
                "bench " + sizes.bench,
                Canonical.of(align()),
                Canonical.of(instruct(recipe)),
                "model " + once.of("model", this::hash));
    }

    private String hash() {
        try (VisionLanguageModel loaded = model()) {
            return loaded.parameters().hash();
        }
    }

    @Override
    public List<String> check() {
        Recipe full = Recipe.full();
        return List.of(description(full), captions(full, 1) + "; " + instructions(full, 1));
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

    private List<ImageContext> drawn(long seed) {
        String name = "scenes-" + seed;
        return once.of(name, () -> Coco.read(ClipArt.draw(work.resolve(name), sizes.drawn(), seed, Pairs.TUNING)));
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
            InstructionSet data = recipe.reasons()
                    ? Reasons.of(
                            pictures,
                            generator.generate(pictures, QUESTION_ANSWERING),
                            generator.generate(pictures, DETAILED_DESCRIPTION),
                            recipe.order())
                    : generator
                            .generate(first(pictures, CONVERSATIONS), CONVERSATION)
                            .and(generator.generate(first(pictures, DESCRIPTIONS), DETAILED_DESCRIPTION))
                            .and(generator.generate(pictures, COMPLEX_REASONING));
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
    public Stage instruct(Recipe recipe) {
        return Stage.instruct().tiny().withEpochs(sizes.epochs).withBatch(BATCH);
    }

    @Override
    public Tuner tuner(VisionLanguageModel model) {
        return new Tuner(model).withFeatureCache(FeatureCache.memory());
    }

    @Override
    public List<Exam> exams(Recipe recipe) {
        return exams.of(recipe);
    }

    @Override
    public List<Question> bench(Recipe recipe) {
        return exams.bench();
    }

    @Override
    public int benchTokens() {
        return 96;
    }

    @Override
    public Judge judge() {
        return once.of("judge", () -> Judge.paper(Teacher.builtIn(), work.resolve("judge.db")));
    }

    @Override
    public void close() {
        once.close();
    }
}
