package vitune.experiment;

import static vitune.data.ResponseType.COMPLEX_REASONING;
import static vitune.data.ResponseType.CONVERSATION;
import static vitune.data.ResponseType.DETAILED_DESCRIPTION;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import vitune.data.DataException;
import vitune.data.InstructionSample;
import vitune.data.InstructionSet;
import vitune.data.LlavaJson;
import vitune.data.PicturePlace;
import vitune.data.Question;
import vitune.data.ResponseType;
import vitune.data.ScienceQa;
import vitune.evaluate.Judge;
import vitune.model.VisionLanguageModel;
import vitune.teach.Teacher;
import vitune.tune.FeatureCache;
import vitune.tune.Stage;
import vitune.tune.Tuner;

/**
 * The paper in its real size: a checkpoint, LLaVA's files, COCO pictures and a judge, on a GPU. {@link #check()} says
 * first what it takes. What a checkpoint was never shown cannot be known: tables about what is withheld are for drawn
 * scenes only.
 *
 * <p>Exams: POPE's questions over pictures of {@link RealFiles#coco}, and the judge's. Where ScienceQA's files are given,
 * the paper's table 8 is about them: its recipes are tuned on ScienceQA, reason first unless they say otherwise, and asked
 * its test questions, without a judge.
 *
 * <p>Every file is read once, when it is first needed, and must not change until the world is closed.
 */
public final class RealWorld implements World {
    private final RealFiles files;
    private final Teacher teacher;
    private final Once once = new Once();
    private final FileHashes hashes = new FileHashes();
    private final RealExams exams;

    /**
     * Nothing is read yet, and files may be missing: {@link #obstacles} says what cannot be run without them.
     *
     * @param judge a GPT-4-class teacher; closed with this world
     */
    public RealWorld(RealFiles files, Teacher judge) {
        this.files = files;
        teacher = judge;
        exams = new RealExams(files, once);
    }

    @Override
    public String name() {
        return "real";
    }

    /** Stages, exams, and hashes of all that the recipe reads: of pictures, their names and sizes. */
    @Override
    public String description(Recipe recipe) {
        List<String> lines = new ArrayList<>(List.of(Canonical.of(align()), Canonical.of(instruct(recipe))));
        lines.add(
                recipe.reasons()
                        ? "ScienceQA, at most " + RealExams.REASON_TOKENS + " tokens"
                        : "POPE over " + RealExams.POPE_PICTURES + " pictures, judge " + teacher.name() + ", at most "
                                + benchTokens() + " tokens");
        for (RealFiles.Needed one : files.needed(recipe)) {
            lines.add(one.what() + " " + (one.pictures() ? hashes.names(one.path()) : hashes.content(one.path())));
        }
        return String.join("\n", lines);
    }

    /** The paper's table 8 is about ScienceQA. */
    @Override
    public Experiment fitted(Experiment table) {
        return files.scienceQa() != null && table.id().startsWith("8-") ? table.reasoned() : table;
    }

    /** Files that are missing; where none is, all are read, and damaged rows are named. */
    @Override
    public List<String> obstacles(Experiment table) {
        return table.recipes().stream()
                .flatMap(recipe -> obstacles(recipe).stream())
                .distinct()
                .toList();
    }

    List<String> obstacles(Recipe recipe) {
        if (recipe.withheld() != Withheld.PAIRS) {
            return List.of("what " + recipe.name() + " withholds is known of drawn scenes only");
        }
        List<String> missing = files.missing(recipe);
        return missing.isEmpty() ? damage(recipe) : missing;
    }

    private List<String> damage(Recipe recipe) {
        List<String> damage = new ArrayList<>();
        String about = recipe.reasons() ? "ScienceQA" : "pictures";
        if (recipe.aligned()) damage.addAll(damage("captions", () -> captions(recipe, 0)));
        if (recipe.instructed()) damage.addAll(damage("data, " + recipe.order(), () -> instructions(recipe, 0)));
        damage.addAll(damage("exams, " + about, () -> exams(recipe)));
        damage.addAll(damage("bench, " + about, () -> bench(recipe)));
        if (damage.isEmpty() && recipe.place() != PicturePlace.BEFORE && !once.of("places", this::knowsPlaces)) {
            damage.add("pictures stand in one place in this checkpoint's prompts, wherever they are put");
        }
        return damage;
    }

    /** What is wrong with files that are read together; they are read once, damaged or not. */
    private List<String> damage(String what, Runnable read) {
        return once.of("damage, " + what, () -> {
            try {
                read.run();
                return List.of();
            } catch (DataException | IllegalArgumentException | UncheckedIOException e) {
                return List.of(String.valueOf(e.getMessage()));
            }
        });
    }

    private boolean knowsPlaces() {
        try (VisionLanguageModel model = model()) {
            long[] before = model.prompt(List.of(), PicturePlace.BEFORE.place("What?"), 1)
                    .ids();
            return !Arrays.equals(
                    before,
                    model.prompt(List.of(), PicturePlace.AFTER.place("What?"), 1)
                            .ids());
        }
    }

    /** A dry run: the files with their sizes, memory and time of each stage, exams, and what the judge takes. */
    @Override
    public List<String> check() {
        return new RealCheck(this, files).lines();
    }

    @Override
    public InstructionSet captions(Recipe recipe, long seed) {
        return once.of("captions", () -> LlavaJson.read(files.captions(), files.images()));
    }

    @Override
    public InstructionSet instructions(Recipe recipe, long seed) {
        return switch (recipe.order()) {
            case ANSWER_ONLY -> once.of("instructions", this::read);
            case REASON_FIRST -> science(ScienceQa.Form.REASONING_THEN_ANSWER);
            case ANSWER_FIRST -> science(ScienceQa.Form.ANSWER_THEN_REASONING);
        };
    }

    private InstructionSet read() {
        return read(0, CONVERSATION).and(read(1, DETAILED_DESCRIPTION)).and(read(2, COMPLEX_REASONING));
    }

    /** The published files call their rows by their pictures, which all three share. */
    private InstructionSet read(int file, ResponseType type) {
        InstructionSet rows = LlavaJson.read(files.data().resolve(RealFiles.TYPES.get(file)), files.images(), type);
        return InstructionSet.of(rows.samples().stream()
                .map(row -> new InstructionSample(
                        type.label() + ", " + row.id(), row.images(), row.type(), row.turns(), row.provenance()))
                .toList());
    }

    private InstructionSet science(ScienceQa.Form form) {
        Path folder = Objects.requireNonNull(files.scienceQa(), "the folder of ScienceQA");
        return once.of("" + form, () -> ScienceQa.read(folder, "train", folder, form));
    }

    @Override
    public VisionLanguageModel model() {
        return VisionLanguageModel.load(files.model());
    }

    @Override
    public Stage align() {
        return Stage.align();
    }

    /** ScienceQA: 12 epochs, paper §5.2; batches of 128, the released script. */
    @Override
    public Stage instruct(Recipe recipe) {
        return recipe.reasons() ? Stage.instruct().withEpochs(12).withBatch(128) : Stage.instruct();
    }

    /** Weights of this size go to disk as they are trained, and features are kept where that is faster. */
    @Override
    public Tuner tuner(VisionLanguageModel model) {
        return new Tuner(model, files.work().resolve("runs")).withFeatureCache(FeatureCache.fastest(features()));
    }

    @Override
    public List<Exam> exams(Recipe recipe) {
        return exams.of(recipe);
    }

    @Override
    public int benchTokens() {
        return RealExams.REASON_TOKENS;
    }

    /** LLaVA-Bench, but for what is tuned on ScienceQA. */
    @Override
    public List<Question> bench(Recipe recipe) {
        return exams.bench(recipe);
    }

    @Override
    public Judge judge() {
        return once.of("judge", () -> Judge.paper(teacher, files.work().resolve("judge.db")));
    }

    @Override
    public void close() {
        if (!once.has("judge")) teacher.close(); // else the judge does
        once.close();
    }

    /** Where what the encoder sees is kept, unless memory is as fast. */
    Path features() {
        return files.work().resolve("features");
    }
}
