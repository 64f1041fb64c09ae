package vitune.experiment;

import static vitune.data.ResponseType.COMPLEX_REASONING;
import static vitune.data.ResponseType.CONVERSATION;
import static vitune.data.ResponseType.DETAILED_DESCRIPTION;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import vitune.data.Box;
import vitune.data.Coco;
import vitune.data.DataException;
import vitune.data.ImageContext;
import vitune.data.LlavaBench;
import vitune.data.Pope;
import vitune.data.Question;
import vitune.data.ResponseType;
import vitune.data.ScienceQa;
import vitune.evaluate.Questions;
import vitune.evaluate.ScienceQaAccuracy;

/** What the {@link RealWorld} asks: POPE's questions and the bench, or ScienceQA of recipes that are tuned on it. */
final class RealExams {
    /** Pictures that POPE asks about. Source: Li et al. 2023 (arXiv:2305.10355), 500 of COCO's val2014. */
    static final int POPE_PICTURES = 500;

    static final int REASON_TOKENS = 1024;
    private static final int POPE_THINGS = 3;
    private static final long SEED = 1_000;
    private static final String SHORTLY = "Answer the question using a single word or phrase.";
    private static final Map<String, ResponseType> KINDS =
            Map.of("conv", CONVERSATION, "detail", DETAILED_DESCRIPTION, "complex", COMPLEX_REASONING);

    private final RealFiles files;
    private final Once once;

    RealExams(RealFiles files, Once once) {
        this.files = files;
        this.once = once;
    }

    /** The base of all tables is examined with controls. */
    List<Exam> of(Recipe recipe) {
        if (recipe.reasons()) return List.of(science(recipe.order()));
        Exam pope = Exam.of(Exam.QUESTIONS, once.of("POPE", this::pope));
        return List.of(recipe.equals(Recipe.full()) ? pope.withControls() : pope);
    }

    private Exam science(AnswerOrder order) {
        Path folder = Objects.requireNonNull(files.scienceQa(), "the folder of ScienceQA");
        Questions asked = once.of("ScienceQA", () -> Questions.of(ScienceQa.questions(folder, "test", folder)));
        var letters = new ScienceQaAccuracy(order == AnswerOrder.REASON_FIRST);
        return Exam.of(Exam.QUESTIONS, asked)
                .withAnswers(REASON_TOKENS, (question, reply) -> letters.letter(reply, question));
    }

    private Questions pope() {
        List<ImageContext> pictures = new ArrayList<>(coco().stream()
                .filter(one ->
                        one.boxes().stream().map(Box::category).distinct().count() >= POPE_THINGS)
                .toList());
        Collections.shuffle(pictures, new Random(SEED));
        List<ImageContext> some = pictures.subList(0, Math.min(POPE_PICTURES, pictures.size()));
        return Questions.of(Pope.ask(some, POPE_THINGS, SEED)).withPrompt(SHORTLY);
    }

    private List<ImageContext> coco() {
        return once.of("COCO", () -> Coco.read(files.coco()));
    }

    List<Question> bench(Recipe recipe) {
        return recipe.reasons() ? List.of() : once.of("bench", this::bench);
    }

    private List<Question> bench() {
        Map<String, Path> pictures = new HashMap<>();
        coco().forEach(one -> pictures.put(number(one.image()), one.image()));
        List<Path> parts = RealFiles.BENCH.stream().map(files.bench()::resolve).toList();
        List<Question> asked = LlavaBench.read(parts.get(0), parts.get(1), parts.get(2), files.coco());
        return asked.stream()
                .map(question -> {
                    Path picture = pictures.get(number(Path.of(question.imageName())));
                    if (picture == null) {
                        throw new DataException(
                                parts.get(0), question.id(), question.imageName(), "a picture of " + files.coco());
                    }
                    ResponseType type = KINDS.get(question.kind());
                    return question.withImage(picture).withKind(type == null ? question.kind() : type.label());
                })
                .toList();
    }

    /** The bench calls a picture of COCO by its number alone. */
    private static String number(Path picture) {
        return picture.getFileName().toString().replaceFirst("^COCO_[a-z]+\\d+_", "");
    }
}
