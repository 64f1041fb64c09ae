package vitune.teach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vitune.data.ResponseType.COMPARISON;
import static vitune.data.ResponseType.CONVERSATION;
import static vitune.data.ResponseType.DETAILED_DESCRIPTION;
import static vitune.data.ResponseType.SUMMARY;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vitune.data.InstructionSample;
import vitune.data.ResponseType;
import vitune.teach.LedgerEntry.Verdict;

class InstructionGeneratorTest {
    private static final ResponseType[] ALL = ResponseType.shipped().toArray(ResponseType[]::new);

    private final ScriptedServer server = new ScriptedServer();

    @TempDir
    private Path folder;

    private InstructionGenerator generator;

    @BeforeEach
    void open() {
        generator = new InstructionGenerator(server.teacher(), folder.resolve("ledger.db")).withConcurrency(4);
    }

    @AfterEach
    void close() {
        generator.close();
        generator.close(); // twice is once
        server.close();
    }

    @Test
    void whatIsClosedSaysSo() {
        generator.close();
        var e = assertThrows(IllegalStateException.class, () -> generator.generate(Contexts.drawn(1), ALL));
        assertEquals(
                "the generator or judge that has ledger " + folder.resolve("ledger.db") + " is closed", e.getMessage());
    }

    private void reopen() {
        generator.close();
        open();
    }

    @Test
    void generatesEveryTypeWithProvenanceInOrder() {
        var contexts = Contexts.drawn(6);
        var set = generator.generate(contexts, ALL);
        assertEquals(5 * 6 + 3, set.size());
        assertEquals(
                List.of("s0-conversation", "s1-conversation"),
                set.samples().stream().limit(2).map(InstructionSample::id).toList());
        assertEquals(3, set.ofType(COMPARISON).size());
        set.ofType(COMPARISON).forEach(sample -> assertEquals(2, sample.images().size()));
        for (var sample : set) {
            var from = sample.provenance();
            assertEquals("built-in", from.get("teacher"));
            assertEquals("built-in", from.get("model"));
            assertEquals(sample.type().label(), from.get("type"));
            assertEquals(Prompts.of(sample.type()).hash(), from.get("prompt"));
            assertEquals(64, from.get("request").length());
        }
        assertEquals(0, generator.rejected().rowCount());
        assertEquals(33, generator.ledger().table().rowCount());
    }

    /** The built-in endpoint reads the form off the system message where there is no schema. */
    @Test
    void plainTextGivesTheSameSamples() {
        var contexts = Contexts.drawn(4);
        var text = generator.withTextReplies().generate(contexts, ALL);
        assertEquals(5 * 4 + 2, text.size());
        assertEquals(0, generator.rejected().rowCount());
        assertTrue(server.bodies.stream().noneMatch(body -> body.contains("response_format")));
        assertTrue(generator.ledger().entries().stream()
                .noneMatch(entry -> entry.reply().contains("{")));
        assertEquals(22, server.requests());
        generator.generate(contexts, ALL);
        assertEquals(44, server.requests(), "another form is another request");
    }

    @Test
    void aFolderOfPromptsIsAType() throws IOException {
        var prompts = Files.createDirectory(folder.resolve("title"));
        Files.writeString(prompts.resolve("system.txt"), "Write a title.");
        Files.writeString(prompts.resolve("instructions.txt"), "A title?");
        Files.writeString(prompts.resolve("type.properties"), "images=2");
        var title = ResponseType.of("title");
        var e = assertThrows(IllegalArgumentException.class, () -> generator.generate(Contexts.drawn(2), title));
        assertTrue(e.getMessage().contains("withPrompts"), e.getMessage());
        var set = generator.withPrompts(Prompts.read(prompts)).generate(Contexts.drawn(2), title);
        assertTrue(
                set.samples().get(0).id().matches("s[01]\\+s[01]-title"), "two pictures a sample, found by its label");
        assertEquals(title, generator.ledger().entries().get(0).type());
        assertEquals(1, set.ofType(title).size());
    }

    @Test
    void aFinishedRequestIsNeverAskedAgain() {
        var first = generator.generate(Contexts.drawn(10), CONVERSATION);
        reopen();
        var second = generator.generate(Contexts.drawn(12), CONVERSATION);
        assertEquals(12, server.requests(), "ten, and the two new ones");
        assertEquals(first.samples(), second.samples().subList(0, 10));
        assertEquals(
                12,
                generator.ledger().entries().stream()
                        .map(LedgerEntry::request)
                        .distinct()
                        .count());
        assertEquals(12, generator.ledger().entries().size());
    }

    @Test
    void anInterruptKeepsWhatIsFinished() throws InterruptedException {
        var contexts = Contexts.drawn(40);
        var caught = new Throwable[1];
        var thread = new Thread(() -> {
            generator.onProgress(p -> {
                if (p.done() == 15) Thread.currentThread().interrupt();
            });
            caught[0] = assertThrows(CancellationException.class, () -> generator.generate(contexts, CONVERSATION));
            assertTrue(Thread.currentThread().isInterrupted());
        });
        thread.start();
        thread.join(20_000);
        assertTrue(caught[0].getMessage().contains("of 40 requests"), caught[0].getMessage());
        int kept = generator.ledger().entries().size();
        assertTrue(kept >= 15 && kept < 40, kept + " kept");
        assertEquals(kept, generator.finished(contexts, CONVERSATION).size());
        generator.close();
        // a server of its own: the first may still be counting calls that the interrupt aborted
        try (var fresh = new ScriptedServer()) {
            generator = new InstructionGenerator(fresh.teacher(), folder.resolve("ledger.db"));
            assertEquals(40, generator.generate(contexts, CONVERSATION).size());
            assertEquals(40 - kept, fresh.requests(), "only the rest is asked");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"429", "500", "cut body", "empty object", "no usage", "fenced"})
    void noPassingFaultLosesARow(String fault) {
        server.script.addAll(List.of("", fault, ""));
        assertEquals(8, generator.generate(Contexts.drawn(8), SUMMARY).size());
        assertEquals(0, generator.rejected().rowCount());
    }

    @ParameterizedTest
    @CsvSource({
        "not json, the reply is not complete JSON",
        "wrong schema, must be a text",
        "coordinates, holds coordinates"
    })
    void anUnusableReplyIsSentBackOnceWithTheReason(String fault, String reason) {
        server.script.add(fault);
        assertEquals(1, generator.generate(Contexts.drawn(1), SUMMARY).size());
        assertEquals(2, server.requests());
        var asked = server.bodies.get(0).replace("\\\"", "\"");
        assertTrue(asked.contains("That reply cannot be used: ") && asked.contains(reason), asked);
        var entry = generator.ledger().entries().get(0);
        assertEquals(2, entry.attempts());
        assertTrue(
                entry.promptTokens()
                        > 100 + new Tokens().prompt(Prompts.of(SUMMARY).request(Contexts.drawn(1), false)),
                "both calls count");
    }

    @ParameterizedTest
    @CsvSource({
        "wrong schema, 2, rejected, must be a text",
        "refusal, 1, withheld, the teacher refuses: I would rather not"
    })
    void aRejectedReplyIsARowWithItsReason(String fault, int calls, String verdict, String reason) {
        server.always = fault;
        assertEquals(0, generator.generate(Contexts.drawn(1), SUMMARY).size());
        assertEquals(calls, server.requests());
        var rejected = generator.rejected();
        assertEquals(1, rejected.rowCount());
        assertTrue(
                rejected.stringColumn("reason").get(0).contains(reason),
                rejected.stringColumn("reason").get(0));
        assertEquals(verdict, rejected.stringColumn("verdict").get(0));
        server.always = "";
        generator.generate(Contexts.drawn(1), SUMMARY);
        assertEquals(calls, server.requests(), "it was answered and is not paid for twice");
    }

    @Test
    void aRequestWithoutAReplyIsAskedAgainNextTime() {
        server.always = "500";
        var e = assertThrows(TeacherException.class, () -> generator.generate(Contexts.drawn(2), SUMMARY));
        assertTrue(e.getMessage().startsWith("2 of 2 requests failed: the teacher's server failed"), e.getMessage());
        assertEquals("failed", generator.rejected().stringColumn("verdict").get(0));
        assertEquals(4, generator.ledger().entries().get(0).attempts());
        server.always = "";
        assertEquals(2, generator.generate(Contexts.drawn(2), SUMMARY).size());
        assertEquals(0, generator.rejected().rowCount());
        server.always = "500";
        assertEquals(2, generator.generate(Contexts.drawn(3), SUMMARY).size(), "what is known is data");
    }

    @ParameterizedTest
    @CsvSource({"401, OPENAI_API_KEY", "quota, billing"})
    void aFaultOfAllRequestsStopsTheRunAndKeepsWhatIsFinished(String fault, String advice) {
        generator = generator.withConcurrency(1);
        server.script.addAll(List.of("", "", ""));
        server.always = fault;
        var e = assertThrows(TeacherException.class, () -> generator.generate(Contexts.drawn(30), SUMMARY));
        assertTrue(e.getMessage().contains(advice), e.getMessage());
        assertTrue(server.requests() <= 5, server.requests() + " requests");
        assertEquals(3, generator.finished(Contexts.drawn(30), SUMMARY).size());
    }

    @Test
    void aTeacherThatIsAwayIsNotAskedForever() {
        server.always = "500";
        assertThrows(TeacherException.class, () -> generator.generate(Contexts.drawn(200), SUMMARY));
        assertTrue(server.requests() < 4 * 40, server.requests() + " requests");
    }

    @Test
    void theForecastIsWithinATenthOfTheUsage() {
        var contexts = Contexts.drawn(60);
        var forecast = generator.forecast(contexts, ALL);
        assertEquals(0, server.requests(), "a forecast asks nobody");
        generator.generate(contexts, ALL);
        var entries = generator.ledger().entries();
        assertEquals(entries.size(), forecast.calls());
        for (var part : forecast.parts()) {
            var those = entries.stream().filter(e -> e.type() == part.type()).toList();
            assertEquals(those.stream().mapToLong(LedgerEntry::promptTokens).sum(), part.promptTokens());
            double written =
                    those.stream().mapToLong(LedgerEntry::completionTokens).sum();
            assertEquals(1, part.completionTokens() / written, 0.1, part.type().label());
        }
        var beside = forecast.beside(generator.ledger());
        assertEquals(2 * forecast.parts().size(), beside.rowCount());
        for (int i = 0; i < beside.rowCount(); i += 2) {
            assertEquals(
                    beside.longColumn("calls").get(i),
                    beside.longColumn("calls").get(i + 1));
            assertEquals(
                    beside.longColumn("prompt tokens").get(i),
                    beside.longColumn("prompt tokens").get(i + 1));
        }
        var later = generator.forecast(contexts, SUMMARY).beside(generator.ledger());
        assertEquals(List.of(0L, 0L), later.longColumn("calls").asList(), "nothing was asked since");
        var next = generator.forecast(Contexts.drawn(61), SUMMARY);
        assertEquals(1, next.calls());
        assertEquals(60, next.known());
        assertFalse(forecast.toString().contains("\n"));
        assertTrue(forecast.toString().contains("$0.00"), forecast.toString());
        assertEquals(6, forecast.table().rowCount());
    }

    @Test
    void progressEndsAtTheTotal() {
        var seen = new ArrayList<GenerationProgress>();
        generator.onProgress(seen::add).generate(Contexts.drawn(5), SUMMARY);
        assertEquals(6, seen.size());
        var last = seen.get(5);
        assertEquals(5, last.done());
        assertEquals(5, last.total());
        assertEquals(
                generator.ledger().entries().stream()
                        .mapToLong(e -> e.promptTokens() + e.completionTokens())
                        .sum(),
                last.tokens());
        assertEquals(5, last.asked());
        assertEquals(last.asked() / last.seconds(), last.rate());
        assertEquals("0 rejected, $0.00", last.note(), "names no times: a notebook reads the same after every run");
        assertTrue(
                seen.get(2).toString().matches("2 of 5, 0 rejected, \\$0.00, [0-9.]+/s, [0-9,]+ tokens, 0:0\\d left"),
                seen.get(2).toString());
        generator.generate(Contexts.drawn(5), SUMMARY);
        assertEquals(5, seen.get(6).done(), "all known");
    }

    @Test
    void aRecordingGivesTheSameSetAndAsksNobody() {
        var recorded = generator.generate(Contexts.drawn(8), CONVERSATION, DETAILED_DESCRIPTION);
        int asked = server.requests();
        try (var replay =
                new InstructionGenerator(Teacher.recorded(folder.resolve("ledger.db")), folder.resolve("other.db"))) {
            assertEquals(
                    recorded.samples(),
                    replay.generate(Contexts.drawn(8), CONVERSATION, DETAILED_DESCRIPTION)
                            .samples());
            assertEquals(asked, server.requests());
            var e = assertThrows(TeacherException.class, () -> replay.generate(Contexts.drawn(9), CONVERSATION));
            assertTrue(e.getMessage().contains("holds no reply"), e.getMessage());
        }
    }

    @Test
    void aRecordingJudgesRejectsAnew() {
        server.script.addAll(List.of("wrong schema", "wrong schema", "", "refusal", "cut reply"));
        assertEquals(
                1,
                generator
                        .withConcurrency(1)
                        .generate(Contexts.drawn(4), SUMMARY)
                        .size());
        var verdicts = List.of(Verdict.REJECTED, Verdict.ACCEPTED, Verdict.WITHHELD, Verdict.FAILED);
        var recorded = generator.ledger().entries();
        assertEquals(verdicts, recorded.stream().map(LedgerEntry::verdict).toList());
        try (var replay =
                new InstructionGenerator(Teacher.recorded(folder.resolve("ledger.db")), folder.resolve("other.db"))) {
            assertEquals(1, replay.generate(Contexts.drawn(4), SUMMARY).size());
            var again = replay.ledger().entries();
            for (var row : recorded) {
                var same = again.stream()
                        .filter(e -> e.request().equals(row.request()))
                        .findFirst()
                        .orElseThrow();
                assertEquals(row.verdict(), same.verdict());
                assertEquals(row.promptTokens(), same.promptTokens());
            }
        }
    }

    @Test
    void changedChecksJudgeWhatIsInTheLedger() {
        assertEquals(4, generator.generate(Contexts.drawn(4), SUMMARY).size());
        var strict = generator.withCheck(
                (sample, contexts) -> sample.id().startsWith("s1") ? Optional.of("no luck") : Optional.empty());
        assertEquals(3, strict.generate(Contexts.drawn(4), SUMMARY).size());
        assertEquals(4, server.requests());
        assertEquals("no luck", strict.rejected().stringColumn("reason").get(0));
        assertEquals(Verdict.REJECTED, strict.ledger().rejected().get(0).verdict());
        assertEquals(4, generator.generate(Contexts.drawn(4), SUMMARY).size());
        assertEquals(0, generator.rejected().rowCount());
    }
}
