package vitune.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitune.data.ClipArt;
import vitune.data.Coco;
import vitune.data.DataException;
import vitune.data.Pairs;
import vitune.data.Pope;
import vitune.data.Question;
import vitune.data.Reply;
import vitune.model.VisionLanguageModel;

class PredictionsTest {
    @TempDir
    Path folder;

    private static Question question(String id, String text) {
        return new Question(id, Path.of("nowhere.png"), "k", text, "yes");
    }

    private static final List<Question> QUESTIONS =
            List.of(question("1", "Is it?"), question("2", "Was it?"), question("3", "Will it?"));

    private static Predictions asked() {
        return Predictions.of(
                asked -> asked.stream().map(q -> "yes, \"" + q.text() + "\"\n").toList(), QUESTIONS, "m", "greedy");
    }

    private static String error(Runnable work) {
        return assertThrows(IllegalArgumentException.class, work::run).getMessage();
    }

    @Test
    void aFileHoldsWhatWasReplied() throws IOException {
        Path file = folder.resolve("replies.jsonl");
        asked().write(file);
        assertEquals(asked().replies(), Predictions.read(file).replies());
        assertEquals(3, Files.readAllLines(file).size());
        assertEquals(Metric.pope().score(QUESTIONS, asked()), Metric.pope().score(QUESTIONS, Predictions.read(file)));
        assertEquals(
                Evaluation.of(asked(), QUESTIONS).scores(),
                Evaluation.of(
                                q -> q.stream()
                                        .map(x -> "yes, \"" + x.text() + "\"\n")
                                        .toList(),
                                QUESTIONS)
                        .scores());
    }

    @Test
    void whatIsMissingAndWhatIsUnknownIsNamed() {
        Predictions some = Predictions.of(asked().replies().subList(0, 2));
        assertEquals(
                "expected a reply to each of 3 questions, got none to [3]", error(() -> some.answering(QUESTIONS)));
        assertEquals(
                "expected a reply to each of 2 questions, got none to [3], and replies to no question: [1]",
                error(() -> some.answering(QUESTIONS.subList(1, 3))));
        assertEquals(
                "expected one reply a question, got a second one to question 1",
                error(() -> Predictions.of(
                        List.of(some.replies().get(0), some.replies().get(0)))));
        assertEquals(
                "ids must be unique, got two questions 1",
                error(() -> some.answering(List.of(QUESTIONS.get(0), QUESTIONS.get(0)))));
    }

    @Test
    void repliesToOtherQuestionsAreNotTakenForThese() {
        List<Question> others = List.of(QUESTIONS.get(0), question("2", "Was it not?"), QUESTIONS.get(2));
        assertEquals(
                "these questions had another text, other choices or another picture when they were answered: [2]",
                error(() -> asked().answering(others)));
        List<Question> blind =
                QUESTIONS.stream().map(q -> q.withImage(Path.of("other.png"))).toList();
        assertTrue(error(() -> asked().answering(blind)).endsWith("[1, 2, 3]"));
        List<Question> moved = QUESTIONS.stream()
                .map(q -> q.withImage(Path.of("elsewhere/nowhere.png")))
                .toList();
        assertEquals(3, asked().answering(moved).size());
    }

    @Test
    void filesOfLlavaAreReadToo() throws IOException {
        Path file = folder.resolve("answers.jsonl");
        Files.writeString(file, """
                {"question_id": 1, "prompt": "Is it?", "text": "Yes", "answer_id": "x", "model_id": "llava-v1.5-7b"}

                {"question_id": "2", "text": ""}
                """);
        assertEquals(
                List.of(new Reply("1", "Yes", "llava-v1.5-7b", "", Map.of()), new Reply("2", "", "", "", Map.of())),
                Predictions.read(file).replies());
        Files.writeString(file, "{\"question_id\": 1}\n");
        String message =
                assertThrows(DataException.class, () -> Predictions.read(file)).getMessage();
        assertTrue(message.endsWith("line 1.reply: got nothing, expected a text"), message);
    }

    private static VisionLanguageModel tiny() {
        return VisionLanguageModel.load(Path.of("data/tiny"));
    }

    @Test
    void aReplyIsNotTakenForAnotherPictureOfTheSameName() throws IOException {
        Path picture = Files.copy(Path.of("data/tiny/README.md"), folder.resolve("p.png"));
        List<Question> one = List.of(QUESTIONS.get(0).withImage(picture));
        Predictions kept = Predictions.of(asked -> List.of("yes"), one, "m", "greedy");
        assertEquals(1, kept.answering(one).size());
        Files.writeString(picture, "other bytes");
        String expected =
                "these questions had another text, other choices or another picture when they were answered: [1]";
        assertEquals(expected, error(() -> kept.answering(one)));
        Files.delete(picture);
        assertEquals(1, kept.answering(one).size(), "the picture is not needed");
    }

    @Test
    void keptRepliesToAnotherPictureAreRefusedBeforeAnythingIsAsked() {
        ClipArt.draw(folder.resolve("a"), 2, 1, Pairs.HELD_OUT);
        ClipArt.draw(folder.resolve("b"), 2, 2, Pairs.HELD_OUT);
        Path picture = folder.resolve("a/images/000001.png");
        List<Question> questions = List.of(
                QUESTIONS.get(0).withImage(picture), QUESTIONS.get(1).withImage(folder.resolve("a/images/000002.png")));
        try (VisionLanguageModel model = tiny()) {
            Path file = folder.resolve("replies.jsonl");
            Predictions.kept(file, model, questions.subList(0, 1), 2, answered -> {});
            Question other = questions.get(0).withImage(folder.resolve("b/images/000001.png"));
            List<Integer> told = new ArrayList<>();
            assertTrue(error(() -> Predictions.kept(file, model, List.of(other, questions.get(1)), 2, told::add))
                    .endsWith("another picture when they were answered: [1]"));
            assertEquals(List.of(), told);
        }
    }

    @Test
    void whatCannotBeAnsweredIsNamedBeforeTheFirstIsAsked() {
        ClipArt.draw(folder, 1, 1, Pairs.HELD_OUT);
        Path picture = folder.resolve("images/000001.png");
        List<Question> many = new ArrayList<>();
        for (int i = 0; i < 96; i++) many.add(question("" + i, "Is it?").withImage(picture));
        try (VisionLanguageModel model = tiny()) {
            List<Integer> told = new ArrayList<>();
            List<Question> lost = new ArrayList<>(many);
            lost.add(question("lost", "Is it?"));
            assertEquals(
                    "expected a picture for question lost, got no file nowhere.png",
                    error(() -> Predictions.of(model, lost, 1, told::add)));
            List<Question> longer = new ArrayList<>(many);
            longer.add(question("long", "red ".repeat(1000)).withImage(picture));
            String expected = "question long is too long: the model has ";
            String message = error(() -> Predictions.of(model, longer, 1, told::add));
            assertTrue(message.startsWith(expected), message);
            Path file = folder.resolve("replies.jsonl");
            assertTrue(error(() -> Predictions.kept(file, model, longer, 1, told::add))
                    .startsWith(expected));
            assertEquals(List.of(), told);
        }
    }

    @Test
    void anUnfinishedLastLineIsPassedOverAndAskedAgain() throws IOException {
        Path file = folder.resolve("replies.jsonl");
        Reply first = new Reply("1", "red", "m", "greedy", Map.of());
        Reply second = new Reply("2", "blau, grün", "m", "greedy", Map.of());
        Reply.append(file, List.of(first, second));
        byte[] whole = Files.readAllBytes(file);
        int line = Files.readAllLines(file).get(0).length() + 1;
        for (int cut : new int[] {line + 1, line + 20, line + 41, whole.length - 2}) {
            Files.write(file, Arrays.copyOf(whole, cut));
            assertEquals(List.of(first), Reply.read(file), "cut at " + cut);
            Reply.append(file, List.of(second));
            assertArrayEquals(whole, Files.readAllBytes(file), "cut at " + cut);
        }
        Files.write(file, Arrays.copyOf(whole, whole.length - 1)); // whole but for its line break
        Reply.append(file, List.of(new Reply("3", "", "m", "greedy", Map.of())));
        assertEquals(3, Reply.read(file).size());
    }

    @Test
    void aBrokenLineInTheMiddleOrOfAnotherFileStaysAnError() throws IOException {
        Path file = folder.resolve("replies.jsonl");
        Files.writeString(file, "{\"question_id\":\"1\",\"re\n{\"question_id\":\"2\",\"reply\":\"red\"}\n");
        assertThrows(DataException.class, () -> Reply.read(file));
        Files.writeString(file, "no replies at all");
        assertThrows(DataException.class, () -> Reply.read(file));
    }

    /** The two lines of a notebook: questions about any COCO folder, and a metric of a model. */
    @Test
    void aModelIsScoredInTwoLines() {
        try (VisionLanguageModel model = VisionLanguageModel.load(Path.of("data/tiny"))) {
            List<Question> questions = Pope.ask(Coco.read(ClipArt.draw(folder, 3, 1, Pairs.HELD_OUT)), 1, 7);
            Predictions kept = Predictions.of(model, questions, 4);
            assertEquals(Metric.pope().score(questions, kept).marks().size(), 21);
            Reply reply = kept.replies().get(0);
            assertEquals(
                    List.of("asked", "image", "weights"),
                    reply.hashes().keySet().stream().sorted().toList());
            assertEquals("greedy, at most 4 tokens", reply.decoding());

            Path file = folder.resolve("kept/replies.jsonl");
            List<Integer> told = new ArrayList<>();
            Predictions.kept(file, model, questions.subList(0, 5), 4, told::add);
            assertEquals(
                    kept.replies(),
                    Predictions.kept(file, model, questions, 4, told::add).replies());
            assertEquals(List.of(5, questions.size()), told);
            assertEquals(kept.replies(), Predictions.read(file).replies());
            assertTrue(error(() -> Predictions.kept(file, model, questions, 5, told::add))
                    .endsWith("greedy, at most 4 tokens, expected this model's weights and greedy, at most 5 tokens"));

            Question seen = questions.get(0);
            List<Question> mixed = IntStream.range(0, 3)
                    .mapToObj(i -> new Question("" + i, seen.image(), "k", seen.text(), seen.answer())
                            .withImage(i == 1 ? seen.image() : null))
                    .toList();
            List<String> together = Predictions.of(model, mixed, 4).replies().stream()
                    .map(Reply::text)
                    .toList();
            assertEquals(together.get(0), together.get(2));
            assertEquals(reply.text(), together.get(1));
            assertEquals(
                    model.answers(Collections.singletonList(null), List.of(seen.text()), 4)
                            .get(0),
                    together.get(0));
        }
    }
}
