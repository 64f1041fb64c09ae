package vitune.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;
import vitune.data.Question;

class EvaluationTest {
    private static final Function<List<Question>, List<String>> ALWAYS_RED =
            questions -> questions.stream().map(q -> "Red.").toList();

    private static List<Question> questions() {
        List<Question> questions = new ArrayList<>();
        String[] colours = {"red", "blue", "red", "green"};
        for (int i = 0; i < 4; i++) {
            questions.add(new Question("colour-" + i, Path.of("p" + i + ".png"), "colour", "What colour?", colours[i]));
            String count = i == 0 ? "two" : "one";
            questions.add(new Question("count-" + i, Path.of("p" + i + ".png"), "count", "How many?", count));
        }
        return questions;
    }

    @Test
    void scoresByKindAndOverall() {
        Evaluation evaluation = Evaluation.of(ALWAYS_RED, questions());
        assertEquals(new Score(2, 4, 0.5), evaluation.score("colour"));
        assertEquals(new Score(0, 4, 0.75), evaluation.score("count"));
        assertEquals(new Score(2, 8, 0.625), evaluation.overall());
        assertEquals(
                List.of("colour", "count", "overall"),
                List.copyOf(evaluation.scores().keySet()));
        assertEquals("Red.", evaluation.predictions().get(0).reply());
        assertThrows(IllegalArgumentException.class, () -> evaluation.score("relation"));
    }

    @Test
    void repliesStayWithTheirQuestions() {
        Evaluation evaluation =
                Evaluation.of(asked -> asked.stream().map(Question::answer).toList(), questions());
        assertEquals(1, evaluation.overall().accuracy());
        assertTrue(evaluation.predictions().stream().allMatch(Prediction::right));
    }

    @Test
    void aMissingReplyIsNotGuessed() {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> Evaluation.of(asked -> List.of("red"), questions()))
                .getMessage();
        assertEquals("expected one reply a question: 8 questions, got 1 replies", message);
        assertThrows(IllegalArgumentException.class, () -> Evaluation.of(ALWAYS_RED, List.of()));
    }

    @Test
    void anInterruptStopsTheQuestionsAndTellsHowFarItWas() {
        List<Question> many = new ArrayList<>();
        for (int i = 0; i < 200; i++)
            many.add(new Question("q" + i, Path.of("p.png"), "colour", "What colour?", "red"));
        List<Integer> answered = new ArrayList<>();
        assertEquals(
                200,
                Evaluation.of(new Answerer(ALWAYS_RED, answered::add), many)
                        .overall()
                        .right());
        assertEquals(List.of(96, 192, 200), answered);
        CancellationException e = assertThrows(
                CancellationException.class,
                () -> Evaluation.of(
                        new Answerer(ALWAYS_RED, done -> Thread.currentThread().interrupt()), many));
        assertTrue(e.getMessage().startsWith("interrupted after 96 of 200 questions"), e.getMessage());
        assertFalse(Thread.interrupted(), "the interrupt is answered");
    }

    @Test
    void tables() {
        Evaluation evaluation = Evaluation.of(ALWAYS_RED, questions());
        Table table = evaluation.table();
        assertEquals(List.of("kind", "n", "right", "accuracy", "low", "high", "chance"), table.columnNames());
        assertEquals(
                "[colour, count, overall]", table.stringColumn("kind").asList().toString());
        assertEquals(0.25, table.doubleColumn("accuracy").get(2));
        assertEquals(8, evaluation.rows().rowCount());
        assertEquals(2, evaluation.rows().booleanColumn("right").countTrue());
    }

    @Test
    void stagesAreCompared() {
        Map<String, Evaluation> stages = new LinkedHashMap<>();
        stages.put("before", Evaluation.of(ALWAYS_RED, questions().subList(0, 1)));
        stages.put("after", Evaluation.of(ALWAYS_RED, questions()));
        Table table = Evaluation.compare(stages);
        assertEquals(List.of("stage", "colour", "count", "overall", "low", "high", "n"), table.columnNames());
        assertEquals("[before, after]", table.stringColumn("stage").asList().toString());
        assertTrue(table.column("count").isMissing(0));
        assertEquals(0.5, table.doubleColumn("colour").get(1));
        assertThrows(IllegalArgumentException.class, () -> Evaluation.compare(Map.of()));
    }

    @Test
    void theBlindControlSeesOtherPictures() {
        Questions questions = Questions.of(questions());
        List<Path> seen = new ArrayList<>();
        Evaluation blind = Evaluation.blind(
                asked -> {
                    asked.forEach(q -> seen.add(q.image()));
                    return ALWAYS_RED.apply(asked);
                },
                questions,
                3);
        for (int i = 0; i < questions.size(); i++) {
            assertFalse(seen.get(i).equals(questions.questions().get(i).image()));
        }
        assertEquals(new Score(2, 8, 0.625), blind.overall()); // what needs no eyes stays
    }

    @Test
    void aMapForJson() {
        Map<String, Object> map = Evaluation.of(ALWAYS_RED, questions()).toMap();
        assertEquals(0.25, map.get("overall"));
        assertEquals(8, map.get("n"));
        assertEquals(List.of(0.071, 0.591), ((Map<?, ?>) map.get("interval95")).get("overall"));
        assertEquals(0.625, ((Map<?, ?>) map.get("chance")).get("overall"));
    }
}
