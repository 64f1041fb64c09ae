package vitune.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitune.data.ClipArt;
import vitune.data.Coco;
import vitune.data.ImageContext;
import vitune.data.InstructionSet;
import vitune.data.Pairs;
import vitune.data.PicturePlace;
import vitune.data.Question;
import vitune.data.Reply;
import vitune.evaluate.Judge;
import vitune.evaluate.Predictions;
import vitune.evaluate.Questions;
import vitune.model.Lora;
import vitune.model.Part;
import vitune.model.VisionLanguageModel;
import vitune.tune.Stage;
import vitune.tune.Tuner;

/** What a model is shown and asked under each condition, and how its replies are marked. */
class MarkingTest {
    private static final String FINGERPRINT = "0123456789abcdef";

    @TempDir
    Path folder;

    private Questions questions;

    @BeforeEach
    void draw() {
        List<ImageContext> scenes = Coco.read(ClipArt.draw(folder.resolve("scenes"), 6, 5, Pairs.TUNING));
        List<Question> asked = new ArrayList<>();
        for (ImageContext scene : scenes) {
            asked.add(new Question(scene.id(), scene.image(), "any", "What is in the picture?", "a dog"));
        }
        questions = Questions.of(asked);
    }

    /** One exam and no bench, and the tiny model if no other is given; a marking needs no more of a world. */
    private record OneExam(Exam exam, @Nullable VisionLanguageModel given) implements World {
        OneExam(Exam exam) {
            this(exam, null);
        }

        @Override
        public String name() {
            return "test";
        }

        @Override
        public String description(Recipe recipe) {
            return "one exam";
        }

        @Override
        public List<String> check() {
            return List.of();
        }

        @Override
        public InstructionSet captions(Recipe recipe, long seed) {
            return InstructionSet.of(List.of());
        }

        @Override
        public InstructionSet instructions(Recipe recipe, long seed) {
            return InstructionSet.of(List.of());
        }

        @Override
        public VisionLanguageModel model() {
            return given == null ? VisionLanguageModel.load(Path.of("data/tiny")) : given;
        }

        @Override
        public Stage align() {
            return Stage.align();
        }

        @Override
        public Stage instruct(Recipe recipe) {
            return Stage.instruct();
        }

        @Override
        public Tuner tuner(VisionLanguageModel model) {
            return new Tuner(model);
        }

        @Override
        public List<Exam> exams(Recipe recipe) {
            return List.of(exam);
        }

        @Override
        public List<Question> bench(Recipe recipe) {
            return List.of();
        }

        @Override
        public int benchTokens() {
            return 96;
        }

        @Override
        public Judge judge() {
            throw new IllegalStateException("there is nothing to judge");
        }

        @Override
        public void close() {}
    }

    private Marking marking(Exam exam, Recipe recipe) {
        return new Marking(new OneExam(exam), recipe, 1, FINGERPRINT, folder);
    }

    private List<String> kept(String recipe, String condition) {
        Path file = folder.resolve("test-" + recipe + "-1-01234567-exam-" + condition + ".jsonl");
        return Predictions.read(file).replies().stream().map(Reply::text).toList();
    }

    private List<String> said(VisionLanguageModel model, List<@Nullable Path> pictures, String text, int tokens) {
        return model.answers(pictures, pictures.stream().map(picture -> text).toList(), tokens);
    }

    @Test
    void blindSeesOtherPicturesAndTextOnlyNone() {
        Exam exam = Exam.of("exam", questions).withControls();
        Marking marking = marking(exam, Recipe.full());
        try (VisionLanguageModel model = new OneExam(exam).model()) {
            marking.askAligned(model);
            marking.askTuned(model);
            String text = "What is in the picture?";
            List<@Nullable Path> own = new ArrayList<>();
            List<@Nullable Path> others = new ArrayList<>();
            List<@Nullable Path> none = new ArrayList<>();
            questions.forEach(question -> own.add(question.image()));
            questions.swapped(1).forEach(question -> others.add(question.image()));
            questions.forEach(question -> none.add(null));
            assertEquals(said(model, own, text, exam.tokens()), kept("full", "tuned"));
            assertEquals(kept("full", "tuned"), kept("full", "aligned"));
            assertEquals(said(model, others, text, exam.tokens()), kept("full", "blind"));
            assertEquals(said(model, none, text, exam.tokens()), kept("full", "text-only"));
            assertNotEquals(kept("full", "tuned"), kept("full", "blind"), "this model sees");
            assertNotEquals(kept("full", "tuned"), kept("full", "text-only"), "this model sees");
            assertEquals(1, kept("full", "text-only").stream().distinct().count());
        }
        Map<String, Double> measures = marking.measures();
        assertEquals(8, measures.size(), measures::toString);
        assertTrue(measures.keySet().containsAll(List.of("exam/blind/any", "exam/text only/overall")));
    }

    /** The picture stands where the recipe was tuned to find it, in a template that leaves it there. */
    @Test
    void thePictureIsAskedAboutAfterTheInstruction() {
        Exam exam = Exam.of("exam", questions).withControls();
        Recipe after = Recipe.full().withPlace("after", PicturePlace.AFTER);
        try (VisionLanguageModel model = new OneExam(exam).model()) {
            marking(exam, after).askTuned(model);
            marking(exam, Recipe.full()).askTuned(model);
            List<@Nullable Path> pictures = new ArrayList<>();
            List<@Nullable Path> none = new ArrayList<>();
            questions.forEach(question -> pictures.add(question.image()));
            questions.forEach(question -> none.add(null));
            assertEquals(
                    said(model, pictures, "What is in the picture?\n<image>", exam.tokens()), kept("after", "tuned"));
            assertEquals(said(model, none, "What is in the picture?", exam.tokens()), kept("after", "text-only"));
            assertNotEquals(kept("full", "tuned"), kept("after", "tuned"));
        }
    }

    /** Adapters that are not merged would be lost with another connector: the model refuses, and is closed all the same. */
    @Test
    void aModelThatCannotBeChangedIsClosed() {
        Exam exam = Exam.of("exam", questions);
        VisionLanguageModel model = VisionLanguageModel.load(Path.of("data/tiny"));
        model.adapters().add(Part.LANGUAGE, Lora.of(2), 1);
        Recipe recipe = Recipe.full().withConnector("linear", "linear");
        Trial trial = new Trial(new OneExam(exam, model), recipe, 1, marking(exam, recipe), step -> {});
        assertThrows(IllegalStateException.class, () -> trial.run(FINGERPRINT));
        assertFalse(model.manager().isOpen());
    }

    /** The answer is taken out of the reply, before its reason or after it. */
    @Test
    void anAnswerIsMarkedWithoutItsReason() {
        for (AnswerOrder order : List.of(AnswerOrder.ANSWER_FIRST, AnswerOrder.REASON_FIRST)) {
            Recipe recipe = Recipe.full().withOrder("order", order);
            Exam exam = Exam.of("exam", questions).withAnswers(48, (question, reply) -> order.answer(reply));
            Predictions.of(
                            asked -> asked.stream()
                                    .map(one -> asked.indexOf(one) < 3
                                            ? order.reply("a dog", "The dog is big.")
                                            : order.reply("a cat", "A dog is big."))
                                    .toList(),
                            questions,
                            "test",
                            "test")
                    .write(folder.resolve("test-order-1-01234567-exam-tuned.jsonl"));
            Map<String, Double> measures = marking(exam, recipe).measures();
            assertEquals(.5, measures.get("exam/tuned/overall"), order::toString);
            assertFalse(measures.keySet().stream().anyMatch(name -> name.startsWith("judge")));
        }
    }
}
