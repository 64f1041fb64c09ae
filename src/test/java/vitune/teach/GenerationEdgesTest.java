package vitune.teach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vitune.data.ResponseType.SUMMARY;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vitune.data.ImageContext;
import vitune.data.InstructionSample;
import vitune.teach.LedgerEntry.Verdict;

/** What is paid for is kept, what cannot be used is found before it is paid for, and what is told is true. */
class GenerationEdgesTest {
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
        server.close();
    }

    @Test
    void aReplyThatIsCutOffIsAskedAgainAndCounts() {
        server.always = "cut reply";
        assertEquals(0, generator.generate(Contexts.drawn(1), SUMMARY).size());
        server.always = "";
        assertEquals(1, generator.generate(Contexts.drawn(1), SUMMARY).size());
        assertEquals(2, server.requests());
        var row = generator.ledger().entries().get(0);
        assertEquals(2, row.attempts());
        assertTrue(row.promptTokens() > 100 && row.reason() == null, row.toString());
    }

    /** The reply is paid for: it is kept, not sent back, and judged anew by checks that work. */
    @Test
    void aCheckThatBreaksLosesNoReply() {
        SampleCheck broken = new SampleCheck() {
            @Override
            public Optional<String> fault(InstructionSample sample, List<ImageContext> contexts) {
                if (sample.id().startsWith("s1")) throw new IllegalStateException("no words");
                return Optional.empty();
            }
        };
        assertEquals(
                2,
                generator.withCheck(broken).generate(Contexts.drawn(3), SUMMARY).size());
        assertEquals(3, server.requests(), "the teacher can do nothing about it");
        var row = generator.ledger().rejected().get(0);
        assertEquals(Verdict.REJECTED, row.verdict());
        assertTrue(row.reason().endsWith("failed: java.lang.IllegalStateException: no words"), row.reason());
        assertEquals(3, generator.generate(Contexts.drawn(3), SUMMARY).size());
        assertEquals(3, server.requests());
    }

    @Test
    void twoPicturesOfOneIdAreRefusedBeforeTheFirstCall() {
        var twice = new ArrayList<>(Contexts.drawn(2));
        twice.add(twice.get(0));
        var e = assertThrows(IllegalArgumentException.class, () -> generator.generate(twice, SUMMARY));
        assertEquals("each picture needs an id of its own, got s0 twice", e.getMessage());
        assertEquals(0, server.requests());
    }

    @Test
    void progressKeepsItsCostWhereARequestGotNoReply() {
        server.script.addAll(List.of("too long"));
        var seen = new ArrayList<GenerationProgress>();
        generator
                .withConcurrency(1)
                .withPrices(Prices.standard().with("built-in", 0, 1000))
                .onProgress(seen::add)
                .generate(Contexts.drawn(3), SUMMARY);
        var last = seen.get(3);
        assertEquals(1, last.rejected());
        assertEquals(last.completionTokens() / 1000.0, last.cost(), 1e-9);
    }

    @Test
    void plainTextIsAskedForWithPromptsThatComeLaterToo() throws IOException {
        var prompts = Files.createDirectory(folder.resolve("summary"));
        Files.writeString(prompts.resolve("system.txt"), "Say it in one sentence.");
        Files.writeString(prompts.resolve("instructions.txt"), "What is it?");
        generator.withTextReplies().withPrompts(Prompts.read(prompts)).generate(Contexts.drawn(1), SUMMARY);
        assertFalse(server.bodies.get(0).contains("response_format"), server.bodies.get(0));
    }

    /** 640 x 480 is 20 x 15 patches. */
    @ParameterizedTest
    @CsvSource({
        "gpt-4o, 640, 480, 85",
        "gpt-4o-mini, 640, 480, 2833",
        "gpt-4.1-mini, 640, 480, 486",
        "gpt-4.1-mini, 641, 481, 544",
        "gpt-4.1-nano-2025-04-14, 4000, 3000, 3779",
        "gpt-6-sol, 640, 480, 85"
    })
    void picturesAreForecastAsTheirModelCountsThem(String model, int width, int height, long tokens)
            throws IOException {
        var file = Files.write(folder.resolve("a.png"), new byte[] {1});
        var context = List.of(new ImageContext("a", file, width, height, List.of("A dog."), List.of()));
        try (var asked = new InstructionGenerator(
                Teacher.compatible("http://127.0.0.1:1/v1", model), folder.resolve(model + ".db"))) {
            long blind = asked.forecast(context, SUMMARY).promptTokens();
            assertEquals(tokens, asked.withPixels().forecast(context, SUMMARY).promptTokens() - blind);
            var priced = asked.withPrices(Prices.standard().with(model, 1, 2)).withPixels();
            assertEquals(tokens, priced.forecast(context, SUMMARY).promptTokens() - blind, "whatever it costs");
        }
    }
}
