package vitune.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import vitune.data.Turn;

class ChatTest {
    private final Path folder = Golden.folder().resolveSibling("instructblip-llama");

    /** Its Q-Former is told all questions, and has fewer positions for them than the language model. */
    @Test
    void aLongChatForgetsWhatTheQFormerCannotRead() {
        try (VisionLanguageModel model = VisionLanguageModel.load(folder)) {
            int positions = ((QFormerConfig) model.config().connector()).text().positions();
            Chat chat = model.chat(folder.resolve("image0_rgb.png")).with(Decoding.greedy(), 1);
            String question = "what is in the picture?";
            int each = model.prompt(List.of(), question, 1).instruction().length;
            int turns = positions / (each - 2) + 2; // two tokens frame the whole
            for (int turn = 0; turn < turns; turn++) chat.ask(question);
            List<Turn> all = chat.history();
            assertEquals(turns, all.size());
            Rendered shown = chat.prompt(question);
            assertTrue(shown.instruction().length > each, "some turns are told");
            assertTrue(shown.instruction().length <= positions, shown.instruction().length + " of " + positions);
        }
    }
}
