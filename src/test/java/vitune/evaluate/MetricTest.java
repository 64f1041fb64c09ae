package vitune.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;
import vitune.data.MmBench;
import vitune.data.Question;
import vitune.data.Reply;
import vitune.teach.Teacher;
import vitune.teach.TeacherReply;
import vitune.teach.TeacherRequest;

/** What must hold for any predictions, and edges that need no reference. */
class MetricTest {
    private static Map<Metric, List<Prediction>> all() {
        Map<Metric, List<Prediction>> all = new LinkedHashMap<>();
        all.put(Metric.vqa(), Cases.vqa());
        all.put(Metric.vqaCleaned(), Cases.vqa());
        all.put(Metric.textVqa(), Cases.vqa());
        all.put(Metric.gqa(), Cases.gqa());
        all.put(Metric.pope(), Cases.pope());
        all.put(Metric.mme(), Cases.mme());
        all.put(Metric.mmBench(), Cases.mmBench());
        all.put(Metric.scienceQa(), Cases.scienceQa());
        all.put(Metric.scienceQaReasoned(), Cases.scienceQa());
        return all;
    }

    private static Question question(String id, String answer) {
        return new Question(id, Path.of("p.png"), "k", "What?", answer);
    }

    @Test
    void theOrderOfTheQuestionsChangesNothing() {
        all().forEach((metric, predictions) -> {
            List<Prediction> shuffled = new ArrayList<>(predictions);
            Collections.shuffle(shuffled, new Random(1));
            assertEquals(metric.score(predictions), metric.score(shuffled), metric.name());
        });
        List<RelativeScore.Rating> shuffled = new ArrayList<>(Cases.relative());
        Collections.shuffle(shuffled, new Random(1));
        assertEquals(RelativeScore.of(Cases.relative()), RelativeScore.of(shuffled));
    }

    @Test
    void everyValueLiesInItsInterval() {
        Stream.concat(
                        all().entrySet().stream().map(e -> e.getKey().score(e.getValue())),
                        Stream.of(RelativeScore.of(Cases.relative())))
                .flatMap(marks -> marks.marks().stream())
                .forEach(
                        mark -> assertTrue(mark.low() <= mark.value() && mark.value() <= mark.high(), mark.toString()));
    }

    @Test
    void nothingToScoreIsAnError() {
        all().keySet()
                .forEach(metric ->
                        assertThrows(IllegalArgumentException.class, () -> metric.score(List.of()), metric.name()));
        assertThrows(IllegalArgumentException.class, () -> RelativeScore.of(List.of()));
    }

    /** The mean over the ten subsets is 0, .3, .6, .9, 1: what is remembered of it. */
    @Test
    void leavingOutEachPersonInTurn() {
        double[] worth = {0, 0.3, 0.6, 0.9, 1, 1, 1, 1, 1, 1, 1};
        for (int same = 0; same <= 10; same++) {
            List<String> answers = new ArrayList<>(Collections.nCopies(same, "red"));
            IntStream.range(same, 10).forEach(i -> answers.add("other" + i));
            for (VqaAccuracy.Form form : VqaAccuracy.Form.values()) {
                assertEquals(worth[same], new VqaAccuracy(form).worth("red", answers), 1e-12);
            }
        }
    }

    @Test
    void theOfficialEvaluationComparesUnanimousAnswersAsTheyAre() {
        List<String> unanimous = Collections.nCopies(10, "yes");
        List<String> others = new ArrayList<>(Collections.nCopies(9, "yes"));
        others.add("no");
        VqaAccuracy official = new VqaAccuracy(VqaAccuracy.Form.OFFICIAL);
        assertEquals(0, official.worth("Yes.", unanimous));
        assertEquals(1, official.worth("Yes.", others));
        assertEquals(1, new VqaAccuracy(VqaAccuracy.Form.CLEANED_FIRST).worth("Yes.", unanimous));
        assertEquals(1, new VqaAccuracy(VqaAccuracy.Form.TEXT_VQA).worth("Yes.", unanimous));
    }

    @Test
    void theRulesOfTheOfficialCleaning() {
        Map<String, String> cleaned = Map.of(
                "The 2 dogs.", "2 dogs",
                "Two, or three", "2 or 3",
                "red/white", "red white",
                "red/ white", "red white",
                "1,000/2", "10002",
                "1.5", "1.5",
                "u.s.", "us",
                "dont know", "don't know",
                "none", "0",
                "A man-made hill", "man made hill");
        cleaned.forEach((text, expected) -> assertEquals(expected, VqaAccuracy.cleaned(text)));
        assertEquals("8" + ".".repeat(8), VqaAccuracy.cleaned("8" + ".".repeat(40)));
    }

    @Test
    void someoneWhoAlwaysSaysYes() {
        List<Question> questions = IntStream.range(0, 20)
                .mapToObj(i -> question("" + i, i % 2 == 0 ? "yes" : "no"))
                .toList();
        Marks marks = Metric.pope()
                .score(questions.stream().map(q -> new Prediction(q, "Yes")).toList());
        assertEquals(
                List.of(0.5, 0.5, 1.0, 2 / 3.0, 1.0),
                Stream.of("accuracy", "precision", "recall", "F1", "yes")
                        .map(marks::value)
                        .toList());
        Marks never = Metric.pope()
                .score(questions.stream().map(q -> new Prediction(q, "no")).toList());
        assertEquals(0, never.value("F1"));
        assertTrue(Double.isNaN(never.value("precision")));
        assertTrue(never.table().doubleColumn("value").isMissing(1));
        assertEquals(null, never.toMap().get("precision").get("overall").get(0));
    }

    @Test
    void popeAsksForYesOrNo() {
        assertEquals(
                "POPE needs questions whose answer is yes or no, got 'red' for question 7",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Metric.pope().score(List.of(new Prediction(question("7", "red"), "banana"))))
                        .getMessage());
    }

    @Test
    void openAndBinaryAreToldOfTheTypesOfGqaAlone() {
        Question colour = question("7", "red").withKind("colour");
        assertEquals(
                List.of("colour", "overall"),
                Metric.gqa().score(List.of(new Prediction(colour, "red"))).marks().stream()
                        .map(Marks.Mark::group)
                        .toList());
    }

    @Test
    void aPictureOfMmeHasTwoQuestions() {
        List<Prediction> predictions = Cases.mme();
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> Metric.mme().score(predictions.subList(1, predictions.size())))
                .getMessage();
        assertEquals("expected 2 questions a picture, got 1 about 0.jpg of existence", message);
        Marks part = Metric.mme().score(predictions.subList(0, 32));
        assertEquals(
                part.value("score", "existence") + part.value("score", "count"),
                part.value("score", "perception (2 of 10)"),
                1e-9);
        assertThrows(IllegalArgumentException.class, () -> part.mark("score", "perception"));
    }

    @Test
    void aQuestionCountsOnlyIfRightInEveryRotation() {
        List<Question> one = List.of(new Question(
                "7",
                Path.of("p.png"),
                "color",
                "Which?",
                List.of("C"),
                List.of("red", "green", "blue"),
                Map.of("question", "7", "stem", "Which?")));
        assertThrows(
                IllegalArgumentException.class, () -> Metric.mmBench().score(List.of(new Prediction(one.get(0), "C"))));
        List<Question> rotations = MmBench.circular(one);
        assertEquals(
                List.of("7", "1000007", "2000007"),
                rotations.stream().map(Question::id).toList());
        assertEquals(
                List.of("C", "B", "A"), rotations.stream().map(Question::answer).toList());
        assertEquals("Which?\nA. green\nB. blue\nC. red", rotations.get(1).text());
        rotations.forEach(q -> assertEquals("blue", q.choices().get(q.answer().charAt(0) - 'A')));
        assertEquals(rotations, MmBench.circular(rotations));
        Marks knows = Metric.mmBench()
                .score(rotations.stream().map(q -> new Prediction(q, "blue")).toList());
        Marks likesC = Metric.mmBench()
                .score(rotations.stream().map(q -> new Prediction(q, "C")).toList());
        assertEquals(1, knows.value("circular"));
        assertEquals(0, likesC.value("circular"));
        assertEquals(1, likesC.value("plain"));
    }

    @Test
    void twoModelsAndAJudge() {
        ScienceQaAccuracy metric = new ScienceQaAccuracy(false);
        List<Question> questions = Cases.scienceQa().subList(0, 4).stream()
                .map(Prediction::question)
                .toList();
        Predictions first = replies(questions, "A", "B", "who knows", "A");
        Predictions second = replies(questions, "A. ice", "A", "who knows", "nobody knows");
        List<String> judged = new ArrayList<>();
        Predictions together = metric.ensemble(
                questions,
                first,
                second,
                disputes -> disputes.stream()
                        .map(d -> {
                            judged.add(d.question().id() + ": " + d.first() + " or " + d.second());
                            return d.question().id().equals("3") ? "hard to say" : "B";
                        })
                        .toList());
        assertEquals(
                List.of("A", "B", "B", "A"),
                together.replies().stream().map(Reply::text).toList());
        assertEquals(List.of("1: B or A", "2: who knows or who knows", "3: A or nobody knows"), judged);
        assertEquals(
                List.of("A. ice", "A", "who knows", "A"),
                metric.complement(questions, second, first).replies().stream()
                        .map(Reply::text)
                        .toList());
    }

    @Test
    void aTeacherDecidesThroughTheLedger(@TempDir Path folder) {
        ScienceQaAccuracy metric = new ScienceQaAccuracy(false);
        List<Question> questions = Cases.scienceQa().subList(0, 4).stream()
                .map(Prediction::question)
                .toList();
        Predictions first = replies(questions, "A", "B", "who knows", "A");
        Predictions second = replies(questions, "A. ice", "A", "who knows", "nobody knows");
        List<String> asked = Collections.synchronizedList(new ArrayList<>());
        Teacher teacher = new Teacher() {
            @Override
            public TeacherReply ask(TeacherRequest request) {
                String text = request.messages().get(1).text();
                asked.add(text);
                return new TeacherReply(
                        text.contains("nobody knows") ? "Hard to say." : "Not A: The answer is A no. The answer is B.",
                        null,
                        "t",
                        10,
                        5,
                        1);
            }

            @Override
            public String name() {
                return "t";
            }

            @Override
            public void close() {}
        };
        try (var judge = TeacherArbiter.of(teacher, folder.resolve("ledger.db"))) {
            List<String> texts = List.of("A", "The answer is B.", "The answer is B.", "A");
            for (int time = 0; time < 2; time++) {
                assertEquals(
                        texts,
                        metric.ensemble(questions, first, second, judge).replies().stream()
                                .map(Reply::text)
                                .toList());
            }
            assertEquals(3, asked.size(), "decided once each, and only where they disagree");
            assertTrue(asked.stream().anyMatch(text -> text.contains("[Answer 1]\nB\n\n[Answer 2]\nA\n")), "" + asked);
            assertEquals(1, judge.ledger().rejected().size());
        }
    }

    private static Predictions replies(List<Question> questions, String... texts) {
        return Predictions.of(asked -> List.of(texts), questions, "test", "none");
    }

    @Test
    void aFailedReadingIsNoScore() {
        assertThrows(IllegalArgumentException.class, () -> new RelativeScore.Rating("q", "detail", -1, -1));
        assertThrows(IllegalArgumentException.class, () -> new RelativeScore.Rating("q", "detail", 8, Double.NaN));
        RelativeScore.Rating twice = new RelativeScore.Rating("q", "detail", 8, 4);
        assertThrows(IllegalArgumentException.class, () -> RelativeScore.of(List.of(twice, twice)));
        assertEquals(50, RelativeScore.of(List.of(twice)).value("relative", "detail"));
    }

    /** A ratio of means, not a mean of ratios. */
    @Test
    void theRelativeScoreIsOneOfMeans() {
        Marks marks = RelativeScore.of(List.of(
                new RelativeScore.Rating("1", "detail", 10, 10), new RelativeScore.Rating("2", "complex", 2, 1)));
        assertEquals(100 * 5.5 / 6, marks.value("relative"), 1e-12);
    }

    /** Of a mean of many zeros and ones the bootstrap gives what Wilson gives, nearly. */
    @Test
    void theBootstrapAgreesWithWilson() {
        double[] values =
                IntStream.range(0, 400).mapToDouble(i -> i % 4 == 0 ? 1 : 0).toArray();
        Marks.Mark mean = Marks.mean("m", "g", values);
        Score score = new Score(100, 400, 0);
        assertEquals(score.low(), mean.low(), 0.006);
        assertEquals(score.high(), mean.high(), 0.006);
        assertEquals(mean, Marks.mean("m", "g", values));
    }

    @Test
    void aTable() {
        Table table = Metric.gqa().score(Cases.gqa()).table();
        assertEquals(List.of("measure", "group", "n", "value", "low", "high"), table.columnNames());
        assertEquals(
                "[choose, compare, logical, query, verify, open, binary, overall]",
                table.stringColumn("group").asList().toString());
    }
}
