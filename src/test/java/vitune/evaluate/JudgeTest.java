package vitune.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitune.data.ClipArt;
import vitune.data.ImageContext;
import vitune.data.LlavaBench;
import vitune.data.Pairs;
import vitune.data.Question;
import vitune.data.Reply;
import vitune.data.ResponseType;
import vitune.teach.CapReachedException;
import vitune.teach.InstructionGenerator;
import vitune.teach.LedgerEntry;
import vitune.teach.Limits;
import vitune.teach.Teacher;
import vitune.teach.TeacherException;
import vitune.teach.TeacherReply;
import vitune.teach.TeacherRequest;

class JudgeTest {
    @TempDir
    private Path folder;

    // ---------------------------------------------------------------- stand-ins

    /** Replies to the two answers that a request shows, and remembers how often and how it was asked. */
    private static final class Scripted implements Teacher {
        final AtomicInteger asked = new AtomicInteger();
        final List<TeacherRequest> requests = new ArrayList<>();
        private final BiFunction<String, String, String> reply;

        Scripted(BiFunction<String, String, String> reply) {
            this.reply = reply;
        }

        @Override
        public TeacherReply ask(TeacherRequest request) {
            asked.incrementAndGet();
            synchronized (requests) {
                requests.add(request);
            }
            String text = request.messages().get(1).text();
            String first = between(text, "[Answer 1]\n", "\n\n[Answer 2]");
            String second = between(text, "[Answer 2]\n", "\n\n[End]");
            String said = reply.apply(first, second);
            String fault = said.isEmpty() ? "the reply is empty" : null;
            return new TeacherReply(said, fault, said.isEmpty(), "scripted-2026", 100, 10, 1);
        }

        private static String between(String text, String from, String to) {
            int start = text.indexOf(from) + from.length();
            return text.substring(start, text.indexOf(to, start));
        }

        @Override
        public String name() {
            return "scripted";
        }

        @Override
        public void close() {}
    }

    /** Answers are named by what they are worth, "worth 7 of q3"; this judge gives that, and more to the first. */
    private static Scripted biased(double towardsFirst, double towardsSecond) {
        return new Scripted((first, second) ->
                (worth(first) + towardsFirst) + " " + (worth(second) + towardsSecond) + "\nSo it is.");
    }

    private static double worth(String answer) {
        return Double.parseDouble(answer.split(" ")[1]);
    }

    private static List<Question> questions(int count, SplittableRandom random) {
        List<Question> questions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            questions.add(new Question(
                    "q" + i,
                    null,
                    List.of("conversation", "detail", "complex").get(i % 3),
                    "What is it?",
                    List.of("worth " + (6 + random.nextInt(3)) + " of q" + i),
                    List.of(),
                    Map.of(LlavaBench.CONTEXT, "A dog.")));
        }
        return questions;
    }

    private static Predictions answers(List<Question> questions, SplittableRandom random) {
        return Predictions.of(
                asked -> asked.stream()
                        .map(q -> "worth " + (3 + random.nextInt(5)) + " says the model of " + q.id())
                        .toList(),
                questions,
                "candidate",
                "greedy");
    }

    // ---------------------------------------------------------------- the protocol

    @Test
    void thePapersScoreIsARatioOfMeansWithTheReferenceFirst() {
        var random = new SplittableRandom(1);
        var questions = questions(30, random);
        var answers = answers(questions, random);
        double reference =
                questions.stream().mapToDouble(q -> worth(q.answer())).sum();
        double candidate =
                answers.replies().stream().mapToDouble(r -> worth(r.text())).sum();
        var teacher = biased(0, 0);
        try (var judge = Judge.paper(teacher, folder.resolve("ledger.db"))) {
            var judged = judge.compare(questions, answers);
            assertEquals(100 * candidate / reference, judged.marks().value("relative"), 1e-9);
            assertEquals(30, teacher.asked.get());
            for (var request : teacher.requests) {
                assertEquals(0.2, request.temperature());
                assertTrue(request.messages()
                        .get(1)
                        .text()
                        .contains("[Answer 1]\nworth " + reference(request, questions)));
            }
            assertEquals(
                    List.of("complex", "conversation", "detail", "overall"),
                    judged.table().stringColumn("kind").asList());
            assertEquals(List.of(10, 10, 10, 30), judged.table().intColumn("n").asList());
            assertFalse(judged.table().columnNames().contains("position bias"), "one order tells nothing of the order");
            assertTrue(judged.toString().endsWith(", reference first, temperature 0.2"), judged.toString());
            assertEquals(List.of("scripted-2026"), judged.models());
        }
    }

    private static String reference(TeacherRequest request, List<Question> questions) {
        String text = request.messages().get(1).text();
        return questions.stream()
                .map(Question::answer)
                .filter(answer -> text.contains("[Answer 1]\n" + answer + "\n"))
                .map(answer -> answer.substring("worth ".length()))
                .findFirst()
                .orElse("(no reference stands first)");
    }

    /** A bias towards one place is found to the point, and the order swap takes it out of the comparison. */
    @Test
    void aBiasTowardsTheFirstAnswerIsFoundAndRemoved() {
        for (int trial = 0; trial < 3; trial++) {
            var random = new SplittableRandom(trial);
            var questions = questions(30, random);
            var answers = answers(questions, random);
            Marks fair = marks(Judge.swapped(biased(0, 0), folder.resolve("fair" + trial)), questions, answers);
            assertEquals(0, fair.value("position bias"));
            assertEquals(0, fair.value("flips"));
            // as much taken from the second as given to the first: gone to the last digit
            Marks even = marks(Judge.swapped(biased(1.5, -1.5), folder.resolve("even" + trial)), questions, answers);
            assertEquals(3, even.value("position bias"), 1e-9);
            assertEquals(3, even.value("shown first") - even.value("shown second"), 1e-9);
            assertTrue(even.value("flips") > 0.3, "flips " + even.value("flips"));
            assertEquals(fair.value("relative"), even.value("relative"), 1e-9);
            Marks unswapped = marks(Judge.paper(biased(1.5, -1.5), folder.resolve("one" + trial)), questions, answers);
            assertTrue(unswapped.value("relative") < fair.value("relative") - 25, unswapped.toString());
            // only given to the first: both means rise alike, their difference stays
            Marks raised = marks(Judge.swapped(biased(1, 0), folder.resolve("raised" + trial)), questions, answers);
            assertEquals(1, raised.value("position bias"), 1e-9);
            assertEquals(
                    fair.value("candidate") - fair.value("reference"),
                    raised.value("candidate") - raised.value("reference"),
                    1e-9);
        }
    }

    private static Marks marks(Judge judge, List<Question> questions, Predictions answers) {
        try (judge) {
            return judge.compare(questions, answers).marks();
        }
    }

    // ---------------------------------------------------------------- what cannot be read

    @Test
    void whatCannotBeReadIsToldApartAndInNoMean() {
        for (var bad : List.of(
                "",
                "Both are fine.",
                "8",
                "8 7 9",
                "8/10 7/10",
                "11 7",
                "0 7",
                "-1 -1",
                "8 seven",
                "Scores: 8 7",
                "8\n7")) {
            assertTrue(JudgeScores.read(bad).fault().isPresent(), bad);
            assertTrue(Double.isNaN(JudgeScores.read(bad).first()), bad);
        }
        for (var good : List.of("8 7", "8, 7\nBecause.", "8,7", "\n8.0\t7.0  \nWell.", "8 7.0")) {
            assertEquals(new JudgeScores(8, 7, null), JudgeScores.read(good), good);
        }
        var random = new SplittableRandom(3);
        var questions = questions(20, random);
        var answers = answers(questions, random);
        var teacher = new Scripted((first, second) -> first.endsWith("q3")
                ? "I cannot tell."
                : first.endsWith("q4") ? "12 1" : worth(first) + " " + worth(second));
        try (var judge = Judge.paper(teacher, folder.resolve("ledger.db"))) {
            var judged = judge.compare(questions, answers);
            assertEquals(18, judged.ratings().size());
            assertEquals(0.1, judged.marks().value("unparsed"), 1e-9);
            assertEquals(2, judged.table().intColumn("unparsed").get(3));
            assertEquals(2, judge.ledger().rejected().size());
            judge.compare(questions, answers);
            assertEquals(20, teacher.asked.get(), "an unparsed reply is finished: it is not paid for again");
            assertTrue(judged.ratings().stream()
                    .noneMatch(r -> r.question().equals("q3") || r.question().equals("q4")));
        }
    }

    @Test
    void whereNoReplyCameTheNextComparisonAsksAgain() {
        var random = new SplittableRandom(4);
        var questions = questions(6, random);
        var answers = answers(questions, random);
        boolean[] away = {true};
        var teacher = new Scripted((first, second) -> {
            if (away[0] && first.endsWith("q2")) return "";
            return worth(first) + " " + worth(second);
        });
        try (var judge = Judge.paper(teacher, folder.resolve("ledger.db"))) {
            var judged = judge.compare(questions, answers);
            assertEquals(1 / 6.0, judged.marks().value("unanswered"), 1e-9);
            assertEquals(0, judged.marks().value("unparsed"));
            away[0] = false;
            assertEquals(6, judge.compare(questions, answers).ratings().size());
            assertEquals(7, teacher.asked.get());
        }
    }

    // ---------------------------------------------------------------- the ledger

    @Test
    void aJudgeKeepsToTheCap() {
        var random = new SplittableRandom(5);
        var questions = questions(12, random);
        var answers = answers(questions, random);
        var teacher = biased(0, 0);
        try (var judge = Judge.swapped(teacher, folder.resolve("ledger.db"))) {
            assertEquals(24, judge.forecast(questions, answers).parts().get(0).calls());
            var capped = judge.withLimits(Limits.none().withCalls(10)).withConcurrency(2);
            assertThrows(CapReachedException.class, () -> capped.compare(questions, answers));
            assertEquals(10, teacher.asked.get());
            assertEquals(14, judge.forecast(questions, answers).parts().get(0).calls());
            assertEquals(12, judge.compare(questions, answers).ratings().size());
            assertEquals(24, teacher.asked.get());
            assertThrows(
                    IllegalArgumentException.class,
                    () -> judge.withCap(1).compare(questions, answers(questions, random)),
                    "a cap in money needs a price");
        }
    }

    @Test
    void anotherTemperatureIsAnotherExchange() {
        var random = new SplittableRandom(6);
        var questions = questions(4, random);
        var answers = answers(questions, random);
        var teacher = biased(0, 0);
        try (var judge = Judge.paper(teacher, folder.resolve("ledger.db"))) {
            judge.compare(questions, answers);
            for (double wrong : new double[] {-0.1, 2.1, Double.NaN}) {
                assertThrows(IllegalArgumentException.class, () -> judge.withTemperature(wrong));
            }
            judge.withTemperature(0.7).compare(questions, answers);
            judge.withTemperature(null).compare(questions, answers);
            assertEquals(12, teacher.asked.get());
            assertEquals(
                    "q0, reference first, temperature 0.2",
                    judge.ledger().entries().stream()
                            .map(LedgerEntry::sample)
                            .sorted()
                            .findFirst()
                            .orElseThrow());
        }
    }

    /** The built-in teacher writes questions and references, and judges; then the ledger alone gives the same numbers. */
    @Test
    void aScoreReplaysFromTheLedgerToTheSameNumbers() {
        List<ImageContext> pictures = new ArrayList<>();
        for (var scene : ClipArt.scenes(12, 5, Pairs.TUNING)) {
            String id = "s" + pictures.size();
            pictures.add(new ImageContext(id, Path.of(id + ".png"), 96, 96, scene.captions(), scene.boxes()));
        }
        List<Question> bench;
        try (var generator = new InstructionGenerator(Teacher.builtIn(), folder.resolve("data.db"))) {
            bench = JudgedQuestions.of(generator.generate(pictures), pictures);
        }
        assertEquals(36, bench.size());
        var byKind = new HashMap<String, List<Question>>();
        bench.forEach(
                q -> byKind.computeIfAbsent(q.kind(), k -> new ArrayList<>()).add(q));
        Predictions own =
                Predictions.of(asked -> asked.stream().map(Question::answer).toList(), bench, "own", "none");
        Predictions others = Predictions.of(bench.stream()
                .map(q -> {
                    var same = byKind.get(q.kind());
                    var other = same.get((same.indexOf(q) + 1) % same.size());
                    return new Reply(q.id(), other.answer(), "other pictures", "none", Map.of());
                })
                .toList());
        var ledger = folder.resolve("judge.db");
        Judgements first;
        int rows;
        try (var judge = Judge.swapped(Teacher.builtIn(), ledger)) {
            first = judge.compare(bench, others);
            assertEquals(100, judge.compare(bench, own).marks().value("relative"), 1e-9);
            rows = judge.ledger().entries().size();
        }
        assertEquals(0, first.marks().value("unparsed"));
        assertEquals(0, first.marks().value("position bias"), "each answer is marked by itself");
        assertTrue(first.marks().value("reference") > 9.5, first.toString());
        assertTrue(first.marks().value("relative") < 50, first.toString());
        try (var replay = Judge.swapped(Teacher.recorded(ledger), ledger)) {
            var again = replay.compare(bench, others);
            assertEquals(first.marks(), again.marks());
            assertEquals(first.table().print(), again.table().print());
            assertEquals(rows, replay.ledger().entries().size());
        }
        try (var other = Judge.paper(Teacher.recorded(ledger), ledger).withTemperature(0.9)) {
            assertThrows(TeacherException.class, () -> other.compare(bench, others), "what was not asked is not there");
        }
        assertEquals(
                ResponseType.shipped().subList(0, 3).stream()
                        .map(ResponseType::label)
                        .sorted()
                        .toList(),
                first.marks().marks().stream()
                        .filter(m ->
                                m.measure().equals("relative") && !m.group().equals("overall"))
                        .map(Marks.Mark::group)
                        .toList());
    }

    @Test
    void aQuestionWithoutAPictureInWordsIsNamed() {
        var bare = List.of(new Question("q7", Path.of("p.png"), "detail", "What?", "A dog."));
        var answers = Predictions.of(asked -> List.of("A cat."), bare, "m", "d");
        try (var judge = Judge.paper(biased(0, 0), folder.resolve("ledger.db"))) {
            String message = assertThrows(IllegalArgumentException.class, () -> judge.compare(bare, answers))
                    .getMessage();
            assertTrue(message.contains("q7") && message.contains("symbolic context"), message);
        }
    }
}
