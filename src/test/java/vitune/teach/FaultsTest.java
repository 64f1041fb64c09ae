package vitune.teach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vitune.data.ResponseType;
import vitune.teach.LedgerEntry.Verdict;

/** What becomes of each fault: when it passes, when it stays, and that the request is never lost. */
class FaultsTest {
    private static final Retry QUICK = new Retry(3, Duration.ofMillis(4), Duration.ofSeconds(1));

    @TempDir
    private Path folder;

    private FaultyServer server;
    private OpenAiTeacher teacher;
    private InstructionGenerator generator;

    @BeforeEach
    void open() throws IOException {
        server = new FaultyServer();
        teacher = new OpenAiTeacher("secret", server.baseUrl(), BuiltInEndpoint.MODEL, QUICK, Duration.ofMillis(900));
        teacher.ask(Prompts.of(ResponseType.SUMMARY).request(Contexts.drawn(1), false)); // classes load in their time
        server.calls.set(0);
        generator = new InstructionGenerator(teacher, folder.resolve("ledger.db")).withConcurrency(1);
    }

    @AfterEach
    void close() throws IOException {
        generator.close();
        server.close();
    }

    /** The fault comes with every call; calls made, what becomes of the request, and what the user reads. */
    @ParameterizedTest(name = "{0}: {1} calls, {2}")
    @CsvSource({
        "429, 3, FAILED, still limits the rate after 3 attempts",
        "429 that says nothing, 3, FAILED, still limits the rate after 3 attempts",
        "400 with an error of text, 1, FAILED, refuses the request",
        "500, 3, FAILED, failed in 3 attempts",
        "502, 3, FAILED, failed in 3 attempts",
        "502 in HTML, 3, FAILED, failed in 3 attempts",
        "503, 3, FAILED, failed in 3 attempts",
        "409, 3, FAILED, refuses the request",
        "insufficient_quota, 1, STOPS, quota is used up",
        "400, 1, FAILED, refuses the request",
        "401, 1, STOPS, the API key is not accepted",
        "403, 1, STOPS, may not use the teacher",
        "404, 1, STOPS, the server has no model",
        "413, 1, FAILED, refuses the request",
        "context_length_exceeded, 1, FAILED, refuses the request",
        "422, 1, FAILED, refuses the request",
        "truncated body, 2, FAILED, no reply from the teacher after 2 attempts",
        "bad JSON, 2, FAILED, no reply from the teacher after 2 attempts",
        "200 in HTML, 2, FAILED, no reply from the teacher after 2 attempts",
        "an empty body, 2, FAILED, no reply from the teacher after 2 attempts",
        "no choices, 2, FAILED, no reply from the teacher after 2 attempts",
        "bytes as a picture, 2, FAILED, no reply from the teacher after 2 attempts",
        "closed, 3, FAILED, no reply from the teacher after 3 attempts",
        "reset, 3, FAILED, no reply from the teacher after 3 attempts",
        "reset in the body, 2, FAILED, no reply from the teacher after 2 attempts",
        "silence, 2, FAILED, no reply from the teacher after 2 attempts", // may have been paid for
        "slow drip, 2, FAILED, no reply from the teacher after 2 attempts",
        "cut JSON, 2, REJECTED, not complete JSON",
        "wrong fields, 2, REJECTED, must be a text",
        "cut at the limit, 1, UNFINISHED, cut off at the token limit",
        "content filter, 1, WITHHELD, held back by a content filter",
        "refusal, 1, WITHHELD, the teacher refuses: I would rather not",
        "null content, 1, UNFINISHED, the reply is empty",
        "fenced, 1, ACCEPTED, ",
        "extra fields, 1, ACCEPTED, ",
        "two choices, 1, ACCEPTED, ",
        "JSON as text, 1, ACCEPTED, ",
        "no usage, 1, ACCEPTED, ",
        "garbled usage, 1, ACCEPTED, ",
    })
    void aFaultThatStays(String fault, int calls, String outcome, String says) {
        server.fault = fault;
        var contexts = Contexts.drawn(1);
        if (outcome.equals("STOPS")) {
            var e = assertThrows(TeacherException.class, () -> generator.generate(contexts, ResponseType.SUMMARY));
            assertTrue(e.fatal() && e.getMessage().contains(says), e.getMessage());
            assertEquals(0, generator.ledger().entries().size(), "it is asked again next time");
        } else {
            if (outcome.equals("FAILED") || fault.equals("null content")) {
                var e = assertThrows(TeacherException.class, () -> generator.generate(contexts, ResponseType.SUMMARY));
                assertTrue(e.getMessage().startsWith("1 of 1 requests failed: "), e.getMessage());
                assertTrue(e.getMessage().contains(says), e.getMessage());
            } else {
                generator.generate(contexts, ResponseType.SUMMARY);
            }
            var row = generator.ledger().entries().get(0);
            boolean unfinished = outcome.equals("UNFINISHED");
            assertEquals(unfinished ? Verdict.FAILED : Verdict.valueOf(outcome), row.verdict(), row.toString());
            assertTrue(says == null ? row.reason() == null : row.reason().contains(says), row.toString());
            assertEquals(calls, row.attempts());
            assertEquals(!outcome.equals("FAILED"), row.promptTokens() > 0, "what was answered is counted");
        }
        assertEquals(calls, server.calls.get());
        server.fault = "";
        boolean open = outcome.matches("STOPS|FAILED|UNFINISHED");
        assertEquals(
                outcome.matches("REJECTED|WITHHELD") ? 0 : 1,
                generator.generate(contexts, ResponseType.SUMMARY).size());
        assertEquals(calls + (open ? 1 : 0), server.calls.get(), "only what has no reply is asked again");
    }

    /** The fault comes once: nothing is lost to it. */
    @ParameterizedTest
    @CsvSource({
        "429",
        "500",
        "502 in HTML",
        "503",
        "409",
        "truncated body",
        "bad JSON",
        "200 in HTML",
        "an empty body",
        "no choices",
        "bytes as a picture",
        "closed",
        "reset",
        "reset in the body",
        "silence",
        "slow drip",
        "cut JSON",
        "wrong fields"
    })
    void aFaultThatPasses(String fault) {
        server.fault = fault;
        server.faults = 1;
        assertEquals(
                2, generator.generate(Contexts.drawn(2), ResponseType.SUMMARY).size());
        assertEquals(3, server.calls.get());
        assertEquals(0, generator.rejected().rowCount());
    }

    /** Where the model may have answered, each attempt counts as if it had cost the most it can. */
    @ParameterizedTest
    @CsvSource({"429, 0", "500, 0", "503, 0", "400, 0", "408, 3", "502, 3", "504, 3", "bad JSON, 2", "silence, 2"})
    void whatMayBeBilledCounts(String fault, int times) {
        server.fault = fault;
        var request = Prompts.of(ResponseType.SUMMARY).request(Contexts.drawn(1), false);
        var price = Prices.standard().with("built-in", 0, 1000).of("built-in");
        var meter = new Meter(Limits.none().withUsd(100).withReplyTokens(1000), "built-in", price);
        assertThrows(TeacherException.class, () -> teacher.ask(request, meter));
        assertEquals(times, meter.reached(0).usd(), 1e-9, "a dollar each");
    }
}
