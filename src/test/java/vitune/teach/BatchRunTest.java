package vitune.teach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vitune.data.ResponseType.CONVERSATION;
import static vitune.data.ResponseType.SUMMARY;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitune.teach.LedgerEntry.Verdict;

class BatchRunTest {
    private final BatchServer server = new BatchServer();

    @TempDir
    private Path folder;

    private InstructionGenerator generator;

    @BeforeEach
    void open() throws Exception {
        var prices = Files.writeString(folder.resolve("prices.csv"), "built-in,2,8,today,0.5\n");
        generator = new InstructionGenerator(server.teacher(), folder.resolve("ledger.db"))
                .withPrices(Prices.read(prices))
                .withBatch(Duration.ofMillis(20));
    }

    @AfterEach
    void close() {
        generator.close();
        server.close();
    }

    private void reopen() throws Exception {
        generator.close();
        open();
    }

    @Test
    void givesTheRowsOfTheDirectWayAtHalfThePrice() {
        var contexts = Contexts.drawn(7);
        var batch = generator.generate(contexts, CONVERSATION, SUMMARY);
        try (var direct = new ScriptedServer();
                var other = new InstructionGenerator(direct.teacher(), folder.resolve("direct.db"))
                        .withPrices(Prices.standard().with("built-in", 2, 8))) {
            assertEquals(other.generate(contexts, CONVERSATION, SUMMARY).samples(), batch.samples());
            var rows = byRequest(generator.ledger().entries());
            assertEquals(14, rows.size());
            for (var expected : other.ledger().entries()) {
                var row = rows.get(expected.request());
                assertEquals(expected.cost() / 2, row.cost(), 1e-12);
                assertEquals(expected.reply(), row.reply());
                assertEquals(expected.verdict(), row.verdict());
                assertEquals(expected.sample(), row.sample());
                assertEquals(expected.promptTokens(), row.promptTokens());
                assertEquals(expected.attempts(), row.attempts());
            }
        }
        assertEquals(1, server.jobs.size());
        generator.generate(contexts, CONVERSATION, SUMMARY);
        assertEquals(1, server.jobs.size(), "nothing is asked twice");
    }

    private static Map<String, LedgerEntry> byRequest(List<LedgerEntry> rows) {
        return rows.stream().collect(Collectors.toMap(LedgerEntry::request, Function.identity()));
    }

    @Test
    void aRestartCollectsTheJobThatItFinds() throws Exception {
        server.status = "in_progress";
        var contexts = Contexts.drawn(5);
        var caught = new Throwable[1];
        var thread = new Thread(() ->
                caught[0] = assertThrows(CancellationException.class, () -> generator.generate(contexts, SUMMARY)));
        thread.start();
        while (!server.paths.contains("GET /v1/batches/batch_0")) Thread.sleep(5);
        thread.interrupt();
        thread.join(5000);
        assertNotNull(caught[0]);
        assertTrue(caught[0].getMessage().contains("batch_0 goes on"), caught[0].getMessage());
        reopen();
        server.status = "completed";
        assertEquals(7, generator.generate(Contexts.drawn(7), SUMMARY).size());
        assertEquals(
                List.of(5, 2), server.jobs.values().stream().map(List::size).toList());
        assertEquals(List.of(), generator.ledger().jobs().open("built-in"));
        assertTrue(generator.ledger().entries().stream().allMatch(e -> e.attempts() == 1));
    }

    @Test
    void aReplyInUseIsNotReplacedByALateOne() throws Exception {
        server.status = "in_progress";
        var contexts = Contexts.drawn(2);
        var thread = new Thread(
                () -> assertThrows(CancellationException.class, () -> generator.generate(contexts, SUMMARY)));
        thread.start();
        while (!server.paths.contains("GET /v1/batches/batch_0")) Thread.sleep(5);
        thread.interrupt();
        thread.join(5000);
        var task = GenerationTask.of(contexts, Prompts.of(SUMMARY), false, "built-in")
                .get(0);
        var direct = LedgerEntry.open(task.row(), "built-in")
                .after(
                        new TeacherReply("{\"response\": \"Asked directly.\"}", null, "built-in", 50, 5, 1),
                        List.of(),
                        Optional.empty());
        generator.ledger().put(direct);
        server.status = "completed";
        reopen();
        assertEquals(2, generator.generate(contexts, SUMMARY).size());
        var row = generator.ledger().find(task.fingerprint()).orElseThrow();
        assertEquals(direct.reply(), row.reply());
        assertEquals(2, row.attempts(), "both were paid for");
    }

    @Test
    void aReplyThatNobodyAsksForNowIsJudgedLater() throws Exception {
        server.status = "in_progress";
        var thread = new Thread(
                () -> assertThrows(CancellationException.class, () -> generator.generate(Contexts.drawn(6), SUMMARY)));
        thread.start();
        while (!server.paths.contains("GET /v1/batches/batch_0")) Thread.sleep(5);
        thread.interrupt();
        thread.join(5000);
        server.status = "completed";
        reopen();
        assertEquals(2, generator.generate(Contexts.drawn(2), SUMMARY).size());
        assertEquals(6, generator.generate(Contexts.drawn(6), SUMMARY).size());
        assertEquals(0, generator.rejected().rowCount());
        assertEquals(6, server.requests());
    }

    @Test
    void aJobWhoseIdWasNeverToldIsFoundByItsToken() {
        server.script.addAll(List.of("", "lost")); // the upload, the job
        assertEquals(3, generator.generate(Contexts.drawn(3), SUMMARY).size());
        assertEquals(1, server.jobs.size());

        var open = GenerationTask.of(Contexts.drawn(4).subList(3, 4), Prompts.of(SUMMARY), false, "built-in")
                .get(0);
        var rows = List.of(open.row());
        var line = new BatchEndpoint(server.teacher()).line(open.fingerprint(), open.request(), OptionalInt.empty());
        server.start(line, "token-1"); // the provider has it, and the process ended before it knew
        generator.ledger().jobs().add(new BatchJob("token-1", null, 1, rows), "built-in");
        generator.ledger().jobs().add(new BatchJob("token-2", null, 1, rows), "built-in"); // never reached it
        assertEquals(4, generator.generate(Contexts.drawn(4), SUMMARY).size());
        assertEquals(2, server.jobs.size(), "no job of its own");
        assertEquals(List.of(), generator.ledger().jobs().open("built-in"));
    }

    @Test
    void anUnusableReplyIsSentBackOnceInASecondJob() {
        server.reply = text -> server.jobs.size() == 1 && text.contains("e") ? "no json" : text;
        assertEquals(4, generator.generate(Contexts.drawn(4), SUMMARY).size());
        assertEquals(
                List.of(4, 4), server.jobs.values().stream().map(List::size).toList());
        for (var row : generator.ledger().entries()) {
            assertEquals(2, row.attempts());
            assertEquals(Verdict.ACCEPTED, row.verdict());
        }
        server.reply = text -> "no json";
        assertEquals(4, generator.generate(Contexts.drawn(5), SUMMARY).size());
        assertEquals(
                "the reply is not complete JSON",
                generator.ledger().rejected().get(0).reason());
        assertEquals(4, server.jobs.size(), "sent back once, not more");
    }

    @Test
    void whatThereIsNoReplyToIsAskedNextTime() {
        server.errors = "{\"custom_id\": \"FIRST\", \"response\": null, \"error\": {\"code\": \"batch_expired\","
                + " \"message\": \"not in time\"}}\n";
        server.status = "expired";
        // the first has an error line, the second is in no file, the last comes twice, and two lines are no replies
        server.output = lines -> {
            var some = new ArrayList<>(lines.subList(0, 4));
            some.add(lines.get(0).replace("A ", "An "));
            some.add("<html>");
            some.add("{\"custom_id\": \"stranger\", \"response\": {}}");
            return some;
        };
        assertEquals(4, generator.generate(Contexts.drawn(6), SUMMARY).size());
        var rows = generator.ledger().entries();
        assertEquals(6, rows.size());
        assertEquals("the batch gave no reply: not in time", rows.get(0).reason());
        assertEquals("the batch gave no reply: the job is expired", rows.get(1).reason());
        assertEquals(Verdict.FAILED, rows.get(1).verdict());
        server.errors = "";
        server.status = "completed";
        server.output = lines -> lines;
        assertEquals(6, generator.generate(Contexts.drawn(6), SUMMARY).size());
        assertEquals(8, server.requests(), "the two, and no others");
    }

    @Test
    void passingFaultsOfEachCallAreTriedAgain() {
        // upload twice, job twice and a look whether it is there, state twice, download three times
        server.script.addAll(List.of("500", "", "500", "", "", "500", "", "500", "lost"));
        assertEquals(3, generator.generate(Contexts.drawn(3), SUMMARY).size());
        assertEquals(1, server.jobs.size());
    }

    @Test
    void aJobThatIsTurnedDownSaysWhy() {
        server.status = "failed";
        var e = assertThrows(TeacherException.class, () -> generator.generate(Contexts.drawn(3), SUMMARY));
        assertTrue(e.getMessage().contains("line 3 is too long"), e.getMessage());
        assertEquals(List.of(), generator.ledger().jobs().open("built-in"));
        server.status = "completed";
        assertEquals(3, generator.generate(Contexts.drawn(3), SUMMARY).size());
    }

    @Test
    void capsHoldForJobsToo() {
        var contexts = Contexts.drawn(20);
        var e = assertThrows(
                CapReachedException.class, () -> generator.withMostCalls(6).generate(contexts, SUMMARY));
        assertEquals(6, server.requests());
        assertEquals(14, e.left());
        double cap = 0.06;
        var limits = Limits.none().withUsd(cap).withReplyTokens(2000); // 0.008 for a reply alone
        var money = assertThrows(
                CapReachedException.class, () -> generator.withLimits(limits).generate(Contexts.drawn(200), SUMMARY));
        var body = new ArrayList<>(server.jobs.values()).get(1).get(0).getAsJsonObject("body");
        assertEquals(2000, body.get("max_completion_tokens").getAsInt());
        assertTrue(server.jobs.size() > 3, "what is settled makes room for more: " + server.jobs.size());
        assertTrue(money.usd() <= cap && money.usd() > cap / 2, money.getMessage());
        assertEquals(20, generator.generate(contexts, SUMMARY).size());
    }

    @Test
    void aTeacherWithoutBatchesSaysSo() {
        try (var other = new InstructionGenerator(Teacher.builtIn(), folder.resolve("other.db")).withBatch()) {
            var e = assertThrows(IllegalStateException.class, () -> other.generate(Contexts.drawn(1), SUMMARY));
            assertTrue(e.getMessage().contains("no batch endpoint"), e.getMessage());
        }
    }

    @Test
    void aCheckThatBreaksLosesNoReply() {
        SampleCheck broken = (sample, contexts) -> {
            throw new IllegalStateException("no words");
        };
        assertEquals(
                0,
                generator.withCheck(broken).generate(Contexts.drawn(3), SUMMARY).size());
        assertEquals(3, generator.generate(Contexts.drawn(3), SUMMARY).size());
        assertEquals(3, server.requests(), "collected, and not sent back");
    }

    @Test
    void aJobThatBeganInSpiteOfAServersFaultIsFound() {
        server.script.addAll(List.of("", "done, 500", "500", "500", "500")); // the upload, the job, looks for it
        assertThrows(TeacherException.class, () -> generator.generate(Contexts.drawn(3), SUMMARY));
        assertEquals(3, generator.generate(Contexts.drawn(3), SUMMARY).size());
        assertEquals(1, server.jobs.size(), "no job of its own");
    }

    @Test
    void aJobThatIsRefusedIsForgotten() {
        server.script.addAll(List.of("", "400"));
        assertThrows(TeacherException.class, () -> generator.generate(Contexts.drawn(3), SUMMARY));
        assertEquals(List.of(), generator.ledger().jobs().open("built-in"));
    }

    @Test
    void anOutageDoesNotEndTheWait() {
        server.script.addAll(List.of("", ""));
        server.script.addAll(Collections.nCopies(9, "500")); // two looks with all their attempts, and more
        assertEquals(3, generator.generate(Contexts.drawn(3), SUMMARY).size());
        assertEquals(1, server.jobs.size());
    }

    @Test
    void aJobThatIsGoneIsAskedAnew() {
        server.script.addAll(List.of("", "", "404"));
        assertEquals(0, generator.generate(Contexts.drawn(3), SUMMARY).size());
        var row = generator.ledger().entries().get(0);
        assertEquals(Verdict.FAILED, row.verdict());
        assertTrue(row.reason().contains("knows the batch job no more"), row.reason());
        assertEquals(3, generator.generate(Contexts.drawn(3), SUMMARY).size());
        assertEquals(2, server.jobs.size());
    }
}
