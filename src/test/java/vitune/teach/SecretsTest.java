package vitune.teach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vitune.data.ImageContext;
import vitune.data.ResponseType;

/** Where the key and the pictures must not be: in exceptions, ledgers, names, and whatever is printed or logged. */
class SecretsTest {
    private static final String KEY = "sk-proj-ThisIsTheKeyThatNobodyMaySee0123456789";

    @TempDir
    private Path folder;

    /** Says the key back in every way a server may. */
    private static void tell(HttpExchange exchange, int status) throws IOException {
        var told = exchange.getRequestHeaders().getFirst("Authorization");
        assertEquals("Bearer " + KEY, told);
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().set("X-Told", told);
        BuiltInEndpoint.send(
                exchange,
                status,
                "{\"error\": {\"message\": \"Incorrect key: " + KEY + "\", \"code\": \"" + KEY + "\"}}");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 413, 429, 500})
    void aKeyThatTheServerRepeatsStaysHere(int status) throws Exception {
        try (var server = new BuiltInEndpoint(exchange -> tell(exchange, status));
                var teacher = new OpenAiTeacher(
                        KEY, server.baseUrl(), "m", new Retry(2, Duration.ofMillis(1), Duration.ofSeconds(1)));
                var generator = new InstructionGenerator(teacher, folder.resolve("ledger.db"))) {
            var request = Prompts.of(ResponseType.SUMMARY).request(Contexts.drawn(1), false);
            var trace = new StringWriter();
            assertThrows(TeacherException.class, () -> teacher.ask(request)).printStackTrace(new PrintWriter(trace));
            assertTrue(trace.toString().contains("Incorrect key: [the key]"), "the message is told");
            for (int pictures : List.of(1, 2)) {
                try {
                    generator.generate(Contexts.drawn(pictures), ResponseType.SUMMARY);
                } catch (TeacherException e) {
                    e.printStackTrace(new PrintWriter(trace));
                }
            }
            var told = trace
                    + teacher.toString()
                    + generator
                    + generator.rejected().print()
                    + generator.ledger().entries();
            assertFalse(told.contains(KEY), told);
        }
        assertNowhereInFiles(KEY);
    }

    @Test
    void nothingIsPrintedEvenWhereTheSdkIsAskedTo() throws Exception {
        var picture = new byte[3000];
        new Random(1).nextBytes(picture);
        var file =
                Files.write(Files.createDirectories(folder.resolve("pictures")).resolve("a.png"), picture);
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var printed = Files.createFile(folder.resolve("printed.txt"));
        var program = new ProcessBuilder(
                java,
                "-cp",
                System.getProperty("java.class.path"),
                SecretsTest.class.getName(),
                file.toString(),
                folder.resolve("ledger.db").toString());
        program.environment().putAll(Map.of("OPENAI_API_KEY", KEY, "MY_API_KEY", KEY, "OPENAI_LOG", "debug"));
        var process = program.redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        var text = Files.readString(printed);
        assertEquals(0, process.exitValue(), text);
        assertTrue(text.contains("1 sample, the picture was sent"), text);
        assertNowhereInFiles(KEY);
        assertNowhereInFiles(Base64.getEncoder().encodeToString(picture).substring(100, 140));
        assertNowhereInFiles("base64,");
    }

    @Test
    void codeNamesAVariableAndNeverAKey() {
        var e = assertThrows(
                IllegalArgumentException.class, () -> Teacher.compatible("http://127.0.0.1:1/v1", "llama", KEY));
        assertFalse(e.getMessage().contains(KEY), e.getMessage());
        var unset = assertThrows(
                IllegalStateException.class,
                () -> Teacher.compatible("http://127.0.0.1:1/v1", "llama", "NO_SUCH_KEY_HERE"));
        assertTrue(unset.getMessage().contains("NO_SUCH_KEY_HERE"), unset.getMessage());
        for (var way : Teacher.class.getMethods()) {
            Arrays.stream(way.getParameters())
                    .forEach(p -> assertFalse(p.getName().matches("(?i).*key"), way.toString()));
        }
    }

    /** A program with the key in its environment, the SDK's log and Java's log open. */
    public static void main(String[] args) throws Exception {
        var root = Logger.getLogger("");
        root.setLevel(Level.ALL);
        for (var handler : root.getHandlers()) handler.setLevel(Level.ALL);
        var file = Path.of(args[0]);
        var drawn = Contexts.drawn(1).get(0);
        var context = new ImageContext("a", file, 96, 96, drawn.captions(), drawn.boxes());
        var sent = new boolean[1];
        var keys = new ArrayList<String>();
        try (var model = new BuiltInEndpoint();
                var server = new BuiltInEndpoint(exchange -> {
                    var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                    keys.add(exchange.getRequestHeaders().getFirst("Authorization"));
                    sent[0] |= body.contains("base64,");
                    BuiltInEndpoint.send(exchange, 200, model.completion(body).toString());
                });
                var teacher = Teacher.compatible(server.baseUrl(), BuiltInEndpoint.MODEL, "MY_API_KEY");
                var keyless = Teacher.compatible(server.baseUrl(), BuiltInEndpoint.MODEL);
                var generator = new InstructionGenerator(teacher, Path.of(args[1])).withPixels()) {
            generator.onProgress(System.out::println);
            System.out.println(teacher + " " + generator + " " + generator.forecast(List.of(context)));
            var set = generator.generate(List.of(context), ResponseType.SUMMARY);
            System.out.println(generator.ledger().table().print());
            keyless.ask(Prompts.of(ResponseType.SUMMARY).request(List.of(context), false));
            if (!keys.get(0).equals("Bearer " + System.getenv("MY_API_KEY"))) throw new AssertionError("no key");
            if (!keys.get(1).equals("Bearer none")) throw new AssertionError("a key that nobody named");
            System.out.println(set.size() + " sample, the picture was " + (sent[0] ? "sent" : "not sent"));
        }
    }

    private void assertNowhereInFiles(String secret) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                assertFalse(bytes.contains(secret), file + " holds it");
            }
        }
    }
}
