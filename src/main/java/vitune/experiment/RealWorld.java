package vitune.experiment;

import static vitune.data.ResponseType.COMPLEX_REASONING;
import static vitune.data.ResponseType.CONVERSATION;
import static vitune.data.ResponseType.DETAILED_DESCRIPTION;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import vitune.data.Coco;
import vitune.data.InstructionSet;
import vitune.data.LlavaBench;
import vitune.data.LlavaJson;
import vitune.data.Pope;
import vitune.data.Question;
import vitune.data.ResponseType;
import vitune.data.ScienceQa;
import vitune.evaluate.Judge;
import vitune.evaluate.Questions;
import vitune.evaluate.ScienceQaAccuracy;
import vitune.model.VisionLanguageModel;
import vitune.teach.Teacher;
import vitune.tune.FeatureCache;
import vitune.tune.Stage;
import vitune.tune.Tuner;
import vitune.tune.TuningForecast;

/**
 * The paper in its real size: a checkpoint, LLaVA's files, COCO pictures and a judge, on a GPU. {@link #check()} says
 * first what it takes. What a
 * checkpoint was never shown cannot be known: tables about what is withheld are for drawn scenes only.
 *
 * <p>Exams: POPE's questions over the pictures of {@link RealFiles#coco}; ScienceQA's for its tables.
 */
public final class RealWorld implements World {
    private static final long EXAM_SEED = 1_000;
    private static final int REASON_TOKENS = 1024;
    private static final String SHORTLY = "Answer the question using a single word or phrase.";
    private static final Map<String, String> KINDS = Map.of(
            "conv", CONVERSATION.label(), "detail", DETAILED_DESCRIPTION.label(), "complex", COMPLEX_REASONING.label());

    private final RealFiles files;
    private final Judge judge;

    /**
     * @param judge a GPT-4-class teacher; closed with this world
     * @throws IllegalArgumentException that names every file that is missing
     */
    public RealWorld(RealFiles files, Teacher judge) {
        List<Path> missing = files.missing();
        if (!missing.isEmpty()) throw new IllegalArgumentException("missing: " + missing);
        this.files = files;
        this.judge = Judge.paper(judge, files.work().resolve("judge.db"));
    }

    @Override
    public String name() {
        return "real";
    }

    @Override
    public String description() {
        return "model %s, data %s, align %s, instruct %s"
                .formatted(files.model().getFileName(), files.data().getFileName(), align(), instruct());
    }

    /** A dry run: what there is, the memory and operations of each stage, and how many questions the judge gets. */
    @Override
    public List<String> check() {
        List<String> seen = new ArrayList<>();
        try (VisionLanguageModel model = model()) {
            InstructionSet captions = captions(Recipe.full(), 0);
            InstructionSet instructions = instructions(Recipe.full(), 0);
            seen.add(model.toString());
            seen.add(captions.size() + " captions, " + instructions);
            seen.add(TuningForecast.of(model, align(), captions).toString());
            seen.add(TuningForecast.of(model, instruct(), instructions).toString());
        }
        exams(Recipe.full()).forEach(exam -> seen.add(exam.name() + ": " + exam.questions()));
        seen.add(bench().size() + " questions of the bench, each once to " + judge);
        return seen;
    }

    @Override
    public InstructionSet captions(Recipe recipe, long seed) {
        return LlavaJson.read(files.captions(), files.images());
    }

    @Override
    public InstructionSet instructions(Recipe recipe, long seed) {
        if (recipe.withheld() != Withheld.PAIRS) {
            throw new IllegalArgumentException("what " + recipe.name() + " withholds is known of drawn scenes only");
        }
        if (recipe.order() != AnswerOrder.ANSWER_ONLY) {
            var form = recipe.order() == AnswerOrder.REASON_FIRST
                    ? ScienceQa.Form.REASONING_THEN_ANSWER
                    : ScienceQa.Form.ANSWER_THEN_REASONING;
            return ScienceQa.read(scienceQa(), "train", scienceQa(), form);
        }
        return read(0, CONVERSATION).and(read(1, DETAILED_DESCRIPTION)).and(read(2, COMPLEX_REASONING));
    }

    private InstructionSet read(int file, ResponseType type) {
        return LlavaJson.read(files.data().resolve(RealFiles.TYPES.get(file)), files.images(), type);
    }

    private Path scienceQa() {
        if (files.scienceQa() == null) {
            throw new IllegalArgumentException("this table needs the folder of ScienceQA, got none");
        }
        return files.scienceQa();
    }

    @Override
    public VisionLanguageModel model() {
        return VisionLanguageModel.load(files.model());
    }

    @Override
    public Stage align() {
        return Stage.align();
    }

    @Override
    public Stage instruct() {
        return Stage.instruct();
    }

    /** Weights of this size go to disk as they are trained, and features are kept where that is faster. */
    @Override
    public Tuner tuner(VisionLanguageModel model) {
        return new Tuner(model, files.work().resolve("runs"))
                .withFeatureCache(FeatureCache.fastest(files.work().resolve("features")));
    }

    @Override
    public List<Exam> exams(Recipe recipe) {
        if (recipe.order() != AnswerOrder.ANSWER_ONLY) {
            var letters = new ScienceQaAccuracy(true);
            Questions science = Questions.of(ScienceQa.questions(scienceQa(), "test", scienceQa()));
            return List.of(Exam.of(Exam.QUESTIONS, science)
                    .withAnswers(REASON_TOKENS, (question, reply) -> letters.letter(reply, question)));
        }
        Exam pope = Exam.of(
                Exam.QUESTIONS,
                Questions.of(Pope.ask(Coco.read(files.coco()), EXAM_SEED)).withPrompt(SHORTLY));
        return List.of(recipe.equals(Recipe.full()) ? pope.withControls() : pope);
    }

    @Override
    public List<Question> bench() {
        Path bench = files.bench();
        return LlavaBench.read(
                        bench.resolve("questions.jsonl"),
                        bench.resolve("answers.jsonl"),
                        bench.resolve("context.jsonl"),
                        files.coco().resolve("images"))
                .stream()
                .map(q -> q.withKind(KINDS.getOrDefault(q.kind(), q.kind())))
                .toList();
    }

    @Override
    public Judge judge() {
        return judge;
    }

    @Override
    public void close() {
        judge.close();
    }
}
