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
import org.junit.jupiter.params.provider.EnumSource;
import vitune.data.Box;
import vitune.data.DataException;
import vitune.data.ImageContext;
import vitune.data.InstructionSample;
import vitune.data.ResponseType;
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
            2);

    @ParameterizedTest
    @EnumSource
    void everyTypeHasPromptsWhoseExamplesKeepToTheirForm(ResponseType type) throws ReplyForm.Unreadable {
        var prompts = Prompts.of(type);
        var messages = prompts.messages();
        assertEquals(Role.SYSTEM, messages.get(0).role());
        assertEquals(1 + 2 * EXAMPLES.get(type), messages.size());
        for (int i = 1; i < messages.size(); i += 2) {
            assertEquals(Role.USER, messages.get(i).role());
            assertEquals(Role.ASSISTANT, messages.get(i + 1).role());
            var turns = prompts.form().read(messages.get(i + 1).text(), prompts.instruction("any"));
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
    void aFolderOfOnesOwnIsRead(@TempDir Path folder) throws Exception {
        assertTrue(assertThrows(DataException.class, () -> Prompts.read(folder, ResponseType.SUMMARY))
                .getMessage()
                .contains("system.txt"));
        Files.writeString(folder.resolve("system.txt"), "Write a title.\n");
        Files.writeString(folder.resolve("instructions.txt"), "Title?\n\n");
        var prompts = Prompts.read(folder, ResponseType.SUMMARY);
        assertEquals(List.of("Title?"), prompts.instructions());
        assertEquals(1, prompts.messages().size());
        Files.writeString(folder.resolve("example1.user.txt"), "A dog.");
        assertTrue(assertThrows(DataException.class, () -> Prompts.read(folder, ResponseType.SUMMARY))
                .getMessage()
                .contains("example1.assistant.txt"));
    }

    @Test
    void fingerprintsTellRequestsApart() {
        var request = Prompts.of(ResponseType.SUMMARY).request(Contexts.drawn(1), false);
        var other = Prompts.of(ResponseType.SUMMARY).request(Contexts.drawn(2).subList(1, 2), false);
        assertEquals(request.fingerprint("m"), request.fingerprint("m"));
        assertNotEquals(request.fingerprint("m"), request.fingerprint("n"));
        assertNotEquals(request.fingerprint("m"), other.fingerprint("m"));
        assertNotEquals(request.fingerprint("m"), request.after("{}", "empty").fingerprint("m"));
        assertNotEquals(TeacherRequest.hash(List.of("ab", "c")), TeacherRequest.hash(List.of("a", "bc")));
    }

    @Test
    void pricesAreDatedAndBadLinesAreNamed(@TempDir Path folder) throws Exception {
        var price = Prices.standard().of("gpt-4.1-mini-2025-04-14").orElseThrow();
        assertEquals(0.40 + 1.60, price.of(1_000_000, 1_000_000), 1e-9);
        assertTrue(price.asOf().matches("\\d{4}-\\d{2}-\\d{2}"));
        assertTrue(Prices.standard().of("llama").isEmpty());
        assertFalse(Prices.standard().of(OpenAiTeacher.DEFAULT_MODEL).isEmpty());
        var file = Files.writeString(folder.resolve("p.csv"), "model,prompt,completion,as_of\nmine,1,two,2026-01-01\n");
        assertTrue(assertThrows(DataException.class, () -> Prices.read(file))
                .getMessage()
                .contains("line 2"));
        var unknown = new CostForecast(
                "llama",
                List.of(new CostForecast.Part(ResponseType.SUMMARY, 2, 0, 100, 10)),
                Prices.standard().of("llama"));
        assertTrue(unknown.toString().contains("price of llama unknown"), unknown.toString());
        assertTrue(unknown.cost().isEmpty());
    }
}
