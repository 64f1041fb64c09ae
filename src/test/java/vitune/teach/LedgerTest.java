package vitune.teach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitune.data.ImageContext;
import vitune.data.ResponseType;
import vitune.teach.LedgerEntry.Outcome;
import vitune.teach.LedgerEntry.Verdict;

class LedgerTest {
    @TempDir
    private Path folder;

    private static LedgerEntry failed(@Nullable Double cost) {
        return new LedgerEntry(
                "r",
                "s",
                ResponseType.SUMMARY,
                "t",
                "t",
                "p",
                "",
                10,
                2,
                cost,
                1,
                Verdict.FAILED,
                "away",
                List.of(),
                Instant.EPOCH);
    }

    @Test
    void aRetryWithoutAPriceForgetsNoCost() {
        try (var ledger = new Ledger(folder.resolve("ledger.db"))) {
            ledger.put(failed(null));
            ledger.put(failed(null));
            assertNull(ledger.find("r").orElseThrow().cost(), "unknown is not free");
            assertEquals("0.00 USD for 1 requests (1 of them without a price)", ledger.cost());
            ledger.put(failed(0.25));
            ledger.put(failed(null));
            assertEquals(0.25, ledger.find("r").orElseThrow().cost());
            ledger.put(failed(0.5));
            var row = ledger.find("r").orElseThrow();
            assertEquals(0.75, row.cost());
            assertEquals("0.75 USD for 1 requests", ledger.cost());
            assertEquals(5, row.attempts());
            assertEquals(50, row.promptTokens());
        }
    }

    /** The second and third picture are told of in the words of the first. */
    private static List<ImageContext> three() {
        var first = Contexts.drawn(1).get(0);
        return List.of("a", "b", "c").stream()
                .map(id -> new ImageContext(id, Path.of(id + ".png"), 96, 96, first.captions(), first.boxes()))
                .toList();
    }

    @Test
    void aRowNamesTheSamplesThatCameOfIt() {
        var pictures = three();
        try (var generator = new InstructionGenerator(Teacher.builtIn(), folder.resolve("ledger.db"))) {
            generator.generate(pictures.subList(0, 1), ResponseType.SUMMARY);
            assertEquals(
                    List.of("a-summary"), generator.ledger().entries().get(0).samples());
            generator.generate(pictures, ResponseType.SUMMARY);
            assertEquals(
                    "a-summary, b-summary, c-summary",
                    generator.ledger().table().stringColumn("samples").get(0));
            assertEquals(1, generator.ledger().entries().size(), "one request for all three");

            var strict = generator.withCheck(
                    (sample, contexts) -> sample.id().startsWith("b") ? Optional.of("no b") : Optional.empty());
            strict.finished(pictures, ResponseType.SUMMARY);
            var row = strict.ledger().entries().get(0);
            assertEquals(List.of("a-summary", "c-summary"), row.samples());
            assertEquals(Verdict.ACCEPTED, row.verdict());
            assertEquals(
                    "not for b-summary: no b",
                    strict.rejected().stringColumn("reason").get(0),
                    "the reject can be looked at, though the reply is in use");

            generator.withCheck((sample, contexts) -> Optional.of("none")).finished(pictures, ResponseType.SUMMARY);
            row = generator.ledger().entries().get(0);
            assertEquals(List.of(), row.samples());
            assertEquals(Verdict.REJECTED, row.verdict());
            assertEquals("none", row.reason());
        }
    }

    @Test
    void aLedgerOfAnEarlierVersionOpensAndIsAddedTo() throws SQLException {
        var file = folder.resolve("old.db");
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                var statement = connection.createStatement()) {
            statement.execute("""
                    CREATE TABLE replies (
                        request TEXT PRIMARY KEY, sample TEXT NOT NULL, type TEXT NOT NULL, teacher TEXT NOT NULL,
                        model TEXT NOT NULL, prompt TEXT NOT NULL, reply TEXT NOT NULL, prompt_tokens INTEGER NOT NULL,
                        completion_tokens INTEGER NOT NULL, cost REAL, attempts INTEGER NOT NULL, verdict TEXT NOT NULL,
                        reason TEXT, time TEXT NOT NULL)""");
            for (var row : List.of("'1', 's1', %s, 'ACCEPTED', NULL", "'2', 's2', %s, 'REJECTED', 'no dog'")) {
                statement.execute("INSERT INTO replies VALUES ("
                        + row.formatted("'summary', 't', 'm', 'p', 'A dog.', 9, 3, 0.5, 1")
                        + ", '2026-01-02T03:04:05Z')");
            }
        }
        for (int open = 0; open < 2; open++) {
            try (var ledger = new Ledger(file)) {
                var rows = ledger.entries();
                assertEquals(List.of(new Outcome("s1", List.of())), rows.get(0).outcomes());
                assertEquals(
                        List.of(new Outcome("s2", List.of("no dog"))),
                        rows.get(1).outcomes());
                assertEquals(1 + open, ledger.rejected().size());
                ledger.put(failed(0.25));
                assertEquals(3, ledger.entries().size());
            }
        }
    }

    /** Writes the same thing whatever it is asked, and is never the wiser. */
    private static final class Stubborn implements Teacher {
        final List<TeacherRequest> asked = new ArrayList<>();

        @Override
        public synchronized TeacherReply ask(TeacherRequest request) {
            asked.add(request);
            var lies = "{\"response\": \"A zebra stands beside a giraffe. There is a pizza.\"}";
            return new TeacherReply(lies, null, "stubborn", 10, 5, 1);
        }

        @Override
        public String name() {
            return "stubborn";
        }

        @Override
        public void close() {}
    }

    @Test
    void everyFindingIsFedBackAndKept() {
        var teacher = new Stubborn();
        try (var generator = new InstructionGenerator(teacher, folder.resolve("ledger.db"))) {
            assertEquals(
                    0,
                    generator.generate(three(), ResponseType.SUMMARY).samples().size());
            var row = generator.ledger().entries().get(0);
            assertEquals(
                    List.of("a-summary", "b-summary", "c-summary"),
                    row.outcomes().stream().map(Outcome::sample).toList());
            for (var outcome : row.outcomes()) {
                assertEquals(3, outcome.findings().size(), outcome.toString());
                for (var thing : List.of("zebra", "giraffe", "pizza")) {
                    assertTrue(
                            outcome.findings().stream().anyMatch(f -> f.contains("the boxes have no " + thing)),
                            outcome.toString());
                }
            }
            assertEquals(row.outcomes().get(0).findings().get(0) + " (and 2 more)", row.reason());
            var judged = generator.judged(three(), ResponseType.SUMMARY).get(1);
            assertEquals("b-summary", judged.sample());
            assertEquals(Verdict.REJECTED, judged.verdict());
            assertEquals(row.outcomes().get(1).findings(), judged.findings());
            assertTrue(judged.turns().get(0).response().startsWith("A zebra"), judged.toString());
            var messages = teacher.asked.get(1).messages();
            var told = messages.get(messages.size() - 1).text();
            row.outcomes().get(0).findings().forEach(finding -> assertTrue(told.contains(finding), told));
        }
    }
}
