package vitune.teach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import vitune.data.Box;
import vitune.data.DataException;
import vitune.data.ImageContext;
import vitune.data.InstructionSample;
import vitune.data.ResponseType;
import vitune.data.Turn;
import vitune.teach.TeacherRequest.Role;

class PromptsTest {
    private static final Map<ResponseType, Integer> EXAMPLES = Map.of(
            ResponseType.CONVERSATION,
            2,
            ResponseType.DETAILED_DESCRIPTION,
            3,
            ResponseType.COMPLEX_REASONING,
            3,
            ResponseType.SUMMARY,
            2,
            ResponseType.COMPARISON,
            2,
            ResponseType.QUESTION_ANSWERING,
            2);

    static List<ResponseType> types() {
        return ResponseType.shipped();
    }

    @ParameterizedTest
    @MethodSource("types")
    void everyTypeHasPromptsWhoseExamplesKeepToTheirForm(ResponseType type) throws ReplyForm.Unreadable {
        var prompts = Prompts.of(type);
        var messages = prompts.messages();
        assertEquals(Role.SYSTEM, messages.get(0).role());
        assertEquals(1 + 2 * EXAMPLES.get(type), messages.size());
        for (int i = 1; i < messages.size(); i += 2) {
            assertEquals(Role.USER, messages.get(i).role());
            assertEquals(Role.ASSISTANT, messages.get(i + 1).role());
            var turns = prompts.read(messages.get(i + 1).text(), "any");
            var text = prompts.asText();
            assertEquals(turns, text.read(text.messages().get(i + 1).text(), "any"), "the same in plain text");
            var contexts = Contexts.drawn(type.images());
            var sample = new InstructionSample(
                    "x", contexts.stream().map(ImageContext::image).toList(), type, turns, Map.of());
            assertTrue(
                    new ContentCheck().fault(sample, contexts).isEmpty(),
                    messages.get(i + 1).text());
        }
    }

    @Test
    void theContextIsCaptionsAnEmptyLineAndBoxesInShares() {
        var context = new ImageContext(
                "7",
                Path.of("7.jpg"),
                200,
                100,
                List.of("A dog.", "One dog."),
                List.of(new Box("dog", 20, 10, 80, 45)));
        var prompts = Prompts.of(ResponseType.SUMMARY);
        assertEquals(
                "A dog.\nOne dog.\n\ndog: [0.100, 0.100, 0.500, 0.550]",
                last(prompts.request(List.of(context), false)));
        assertEquals("A dog.\nOne dog.", last(prompts.withBoxes(false).request(List.of(context), false)));
        assertNotEquals(prompts.hash(), prompts.withBoxes(false).hash());
        assertThrows(
                IllegalArgumentException.class,
                () -> Prompts.of(ResponseType.COMPARISON).request(List.of(context), false));
    }

    private static String last(TeacherRequest request) {
        return request.messages().get(request.messages().size() - 1).text();
    }

    @Test
    void instructionsAreDrawnByTheSample() {
        var prompts = Prompts.of(ResponseType.DETAILED_DESCRIPTION);
        assertEquals(prompts.instruction("a"), prompts.instruction("a"));
        long used = Contexts.drawn(100).stream()
                .map(c -> prompts.instruction(c.id()))
                .distinct()
                .count();
        assertEquals(prompts.instructions().size(), used);
        assertNull(Prompts.of(ResponseType.CONVERSATION).instruction("a"));
    }

    @Test
    void aFolderIsATypeOfItsOwn(@TempDir Path parent) throws Exception {
        var folder = Files.createDirectory(parent.resolve("odd_one_out"));
        refused(folder, "system.txt");
        Files.writeString(folder.resolve("system.txt"), "Say which picture is not like the others.\n");
        Files.writeString(folder.resolve("instructions.txt"), "Which is the odd one out?\n\n");
        Files.writeString(folder.resolve("type.properties"), "images=3\nboxes=false\nformat=Answer in a word.\n");
        var prompts = Prompts.read(folder);
        assertEquals(new ResponseType("odd one out", 3), prompts.type());
        assertEquals(
                List.of(new Turn("Which is the odd one out?\nAnswer in a word.", "the second")),
                prompts.read("{\"response\": \"the second\"}", "any"));
        assertEquals(1, prompts.messages().size());
        assertEquals(
                "Say which picture is not like the others.\n\nReply in JSON: {\"response\": what you write}.",
                prompts.messages().get(0).text());
        assertFalse(last(prompts.request(Contexts.drawn(3), false)).contains("["), "no boxes");
        Files.writeString(folder.resolve("example1.user.txt"), "A dog.");
        refused(folder, "example1.assistant.txt");
        Files.writeString(folder.resolve("example1.assistant.txt"), "the second");
        refused(folder, "example1.assistant.txt, reply: got the reply is not complete JSON");
        Files.writeString(folder.resolve("example1.assistant.txt"), "{\"response\": \"the second\"}");
        for (var wrong : List.of("images=9", "boxes=no", "picture=1")) {
            Files.writeString(folder.resolve("type.properties"), wrong);
            refused(folder, "type.properties, " + wrong.split("=")[0]);
        }
        assertThrows(IllegalArgumentException.class, () -> Prompts.of(prompts.type()));
    }

    private static void refused(Path folder, String words) {
        var message =
                assertThrows(DataException.class, () -> Prompts.read(folder)).getMessage();
        assertTrue(message.contains(words), message);
    }

    @Test
    void aShippedTypeMayHaveOtherPrompts(@TempDir Path parent) throws Exception {
        var folder = Files.createDirectory(parent.resolve("question-answering"));
        Files.writeString(folder.resolve("system.txt"), "Ask.");
        assertEquals(ResponseType.QUESTION_ANSWERING, Prompts.read(folder).type());
    }

    @ParameterizedTest
    @CsvSource({
        "'Is it?\n===\nyes\n===\nHow many?\n===\ntwo\n===', 2",
        "'Question:\n===\nIs it?\n===\nAnswer:\n===\nyes\n===', 1",
        "'Question: Is it?\n====\nAnswer: yes', 1",
        "'Is it?\r\n===\r\nyes', 1",
        "'Is it?\n===\nyes\n===\n\n===\n', 1"
    })
    void plainTextIsReadInBlocks(String reply, int turns) throws ReplyForm.Unreadable {
        var read = ReplyForm.TURNS_AS_TEXT.read(reply, null);
        assertEquals(turns, read.size());
        assertEquals(new Turn("Is it?", "yes"), read.get(0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Is it? yes",
                "Is it?\n===\nyes\n===\nHow many?",
                "===",
                "Is it?\n===\nyes\n===\nHow many?\n===\n\n===\nWhere?\n===\n \n===",
                "===\nIs it?\n===\nyes"
            })
    void halfATurnIsNoTurn(String reply) {
        assertThrows(ReplyForm.Unreadable.class, () -> ReplyForm.TURNS_AS_TEXT.read(reply, null));
    }

    @Test
    void fingerprintsTellRequestsApart() {
        var request = Prompts.of(ResponseType.SUMMARY).request(Contexts.drawn(1), false);
        var other = Prompts.of(ResponseType.SUMMARY).request(Contexts.drawn(2).subList(1, 2), false);
        assertEquals(request.fingerprint("m"), request.fingerprint("m"));
        assertNotEquals(request.fingerprint("m"), request.fingerprint("n"));
        assertNotEquals(request.fingerprint("m"), other.fingerprint("m"));
        assertNotEquals(request.fingerprint("m"), request.after("{}", "empty").fingerprint("m"));
        assertNotEquals(
                TextHash.of(List.of("ab", "c")).hex(),
                TextHash.of(List.of("a", "bc")).hex());
    }

    @Test
    void coordinatesAreWrittenAsTheFormatterWritesThem() {
        var random = new java.util.SplittableRandom(1);
        for (int i = 0; i < 20_000; i++) {
            double value = i < 4000 ? i / 2000.0 : random.nextDouble() * (i % 2 == 0 ? 1 : 2000) - (i % 7 == 0 ? 1 : 0);
            assertEquals(
                    String.format(java.util.Locale.ROOT, "%.3f", value), Prompts.three(value), () -> "of " + value);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"example1.assistant.txt", "example2.user.txt", "example4.assistant.txt"})
    void anExampleThatWouldBePassedOverIsAnError(String name, @TempDir Path parent) throws Exception {
        var empty = Files.createDirectory(parent.resolve("title"));
        Files.writeString(empty.resolve("system.txt"), "Write a title.");
        Files.writeString(empty.resolve("instructions.txt"), "A title?");
        Prompts.read(empty);
        Files.writeString(empty.resolve(name), "{\"response\": \"A dog\"}");
        var e = assertThrows(DataException.class, () -> Prompts.read(empty));
        assertTrue(e.getMessage().contains(name) && e.getMessage().contains("no example1.user.txt"), e.getMessage());
    }

    @Test
    void theHashTellsInstructionsApart(@TempDir Path parent) throws Exception {
        var empty = Files.createDirectory(parent.resolve("title"));
        Files.writeString(empty.resolve("system.txt"), "Write a title.");
        Files.writeString(empty.resolve("instructions.txt"), "A title?");
        var before = Prompts.read(empty).hash();
        assertEquals(before, Prompts.read(empty).hash());
        Files.writeString(empty.resolve("instructions.txt"), "A heading?");
        assertNotEquals(before, Prompts.read(empty).hash());
    }
}
