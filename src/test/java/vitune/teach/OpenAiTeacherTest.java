package vitune.teach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vitune.data.ImageContext;
import vitune.data.ResponseType;

class OpenAiTeacherTest {
    private final ScriptedServer server = new ScriptedServer();
    private final OpenAiTeacher teacher = server.teacher();
    private final TeacherRequest request = Prompts.of(ResponseType.CONVERSATION).request(Contexts.drawn(1), false);

    @AfterEach
    void close() {
        teacher.close();
        server.close();
    }

    @Test
    void asksWithMessagesAndAStrictSchemaInDeclarationOrder() {
        var reply = teacher.ask(request);
        assertNull(reply.fault());
        assertEquals(1, reply.attempts());
        assertEquals(new Tokens().prompt(request), reply.promptTokens());
        assertEquals(new Tokens().count(reply.text()), reply.completionTokens());
        var body = new Gson().fromJson(server.bodies.get(0), JsonObject.class);
        assertEquals(request.messages().size(), body.getAsJsonArray("messages").size());
        var schema = body.getAsJsonObject("response_format").getAsJsonObject("json_schema");
        assertTrue(schema.get("strict").getAsBoolean());
        assertEquals("conversation", schema.get("name").getAsString());
        var text = schema.toString();
        assertTrue(text.indexOf("\"instruction\"") < text.indexOf("\"response\""), text);
    }

    @ParameterizedTest
    @CsvSource({"500, 3", "cut body, 2", "empty object, 2"}) // what cannot be read is paid for
    void passingFaultsAreTriedAgain(String fault, int calls) {
        server.script.addAll(Collections.nCopies(calls - 1, fault));
        assertEquals(calls, teacher.ask(request).attempts());
        assertEquals(calls, server.requests());
    }

    @Test
    void retryAfterIsKept() {
        server.script.add("429");
        assertEquals(2, teacher.ask(request).attempts());
        long waited = server.times.get(1) - server.times.get(0);
        assertTrue(waited >= 990, "waited " + waited + " ms of 1000");
    }

    @Test
    void passingFaultsThatStayEndInAMessage() {
        server.always = "500";
        var e = assertThrows(TeacherException.class, () -> teacher.ask(request));
        assertFalse(e.fatal());
        assertTrue(e.getMessage().contains("failed in 4 attempts (500"), e.getMessage());
        assertEquals(4, server.requests());
    }

    @ParameterizedTest
    @CsvSource({"401, OPENAI_API_KEY", "404, VITUNE_TEACHER_MODEL", "quota, billing", "429 for an hour, run again later"
    })
    void otherFaultsStopAtOnceAndSayWhatToDo(String fault, String advice) {
        server.always = fault;
        var e = assertThrows(TeacherException.class, () -> teacher.ask(request));
        assertTrue(e.getMessage().contains(advice), e.getMessage());
        assertFalse(e.getMessage().contains("secret-key"));
        assertTrue(e.fatal());
        assertEquals(1, server.requests());
    }

    @ParameterizedTest
    @ValueSource(strings = {"too long", "400"})
    void aRequestThatIsRefusedConcernsItselfOnly(String fault) {
        server.always = fault;
        assertFalse(
                assertThrows(TeacherException.class, () -> teacher.ask(request)).fatal());
        assertEquals(1, server.requests());
    }

    @Test
    void refusalsAndCutRepliesAreFaultsAndTheirTokensCount() {
        server.script.addAll(List.of("refusal", "cut reply"));
        var refused = teacher.ask(request);
        assertEquals("the teacher refuses: I would rather not", refused.fault());
        assertEquals(100, refused.promptTokens());
        assertFalse(refused.unfinished());
        var cut = teacher.ask(request);
        assertTrue(cut.fault().startsWith("the reply is cut off at the token limit"), cut.fault());
        assertTrue(cut.unfinished());
    }

    @Test
    void missingUsageIsCountedHere() {
        var counted = teacher.ask(request);
        server.script.add("no usage");
        assertEquals(counted, teacher.ask(request));
    }

    @Test
    void aServerThatIsAwayIsNamedSo() {
        server.close();
        var e = assertThrows(TeacherException.class, () -> teacher.ask(request));
        assertTrue(e.getMessage().startsWith("no reply from the teacher after 4 attempts"), e.getMessage());
    }

    @Test
    void anInterruptIsHeardWhileTheTeacherThinks() throws InterruptedException {
        server.always = "hang";
        var caught = new Throwable[1];
        var thread =
                new Thread(() -> caught[0] = assertThrows(CancellationException.class, () -> teacher.ask(request)));
        thread.start();
        while (server.requests() == 0) Thread.sleep(5);
        thread.interrupt();
        thread.join(2000);
        assertNotNull(caught[0]);
    }

    @Test
    void picturesTravelAsPixelsWhereAsked(@TempDir Path folder) throws Exception {
        var file = Files.write(folder.resolve("a.png"), new byte[] {1, 2, 3});
        var drawn = Contexts.drawn(1).get(0);
        var context = new ImageContext("a", file, 96, 96, drawn.captions(), drawn.boxes());
        var pixels = Prompts.of(ResponseType.CONVERSATION).request(List.of(context), true);
        assertNull(teacher.ask(pixels).fault());
        assertTrue(server.bodies.get(0).contains("data:image/png;base64,AQID"));
        var before = pixels.fingerprint("m");
        Files.write(file, new byte[] {1, 2, 4});
        assertFalse(before.equals(pixels.fingerprint("m")), "the picture is part of the fingerprint");
    }

    @Test
    void noThreadKeepsTheJvmAlive() {
        teacher.ask(request);
        var alive = Thread.getAllStackTraces().keySet().stream()
                .filter(t -> !t.isDaemon() && t.getName().matches("(?i).*(vitune|okhttp|http|openai).*"))
                .map(Thread::getName)
                .toList();
        assertEquals(List.of(), alive);
    }

    @Test
    void aKeyIsAskedForWhereOneIsNeeded() {
        var e = assertThrows(IllegalStateException.class, () -> new OpenAiTeacher(null, null, null, Retry.STANDARD));
        for (var url : new String[] {null, " ", "foo", "http://"}) {
            var wrong = assertThrows(IllegalArgumentException.class, () -> Teacher.compatible(url, "llama"));
            assertTrue(wrong.getMessage().startsWith("baseUrl must be http(s)://host..., got "), wrong.getMessage());
        }
        for (var model : new String[] {null, ""}) {
            var wrong = assertThrows(
                    IllegalArgumentException.class, () -> Teacher.compatible("http://127.0.0.1:1/v1", model));
            assertTrue(wrong.getMessage().startsWith("model must be the name of a model"), wrong.getMessage());
        }
        assertTrue(e.getMessage().contains("OPENAI_API_KEY"), e.getMessage());
        try (var local = Teacher.compatible("http://127.0.0.1:1/v1", "llama")) {
            assertEquals("llama", local.name());
        }
    }

    @Test
    void anInterruptReachesTheCallItself() throws InterruptedException {
        var begun = new CountDownLatch(1);
        var heard = new CountDownLatch(1);
        var thread = new Thread(() -> assertThrows(
                CancellationException.class,
                () -> teacher.patiently(client -> {
                    begun.countDown();
                    try {
                        Thread.sleep(20_000);
                    } catch (InterruptedException e) {
                        heard.countDown();
                    }
                    return "";
                })));
        thread.start();
        begun.await();
        thread.interrupt();
        assertTrue(heard.await(5, TimeUnit.SECONDS));
    }
}
