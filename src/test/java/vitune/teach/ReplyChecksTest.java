package vitune.teach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vitune.data.InstructionSample;
import vitune.data.ResponseType;
import vitune.data.Turn;

/** Refusals and lengths. */
class ReplyChecksTest {
    private static InstructionSample reply(String response) {
        var turns = List.of(new Turn("What is there?", response));
        return new InstructionSample("x", List.of(Path.of("x.png")), ResponseType.SUMMARY, turns, Map.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "I'm sorry, but I can't help with that.",
                "As an AI language model, I do not see pictures.",
                "I cannot see the image, but it may show a dog.",
                "I don’t have access to the picture.",
                "No image was provided.",
                "I am unable to view images directly."
            })
    void refusalsAreTurnedAway(String response) {
        var fault = new RefusalCheck().fault(reply(response), List.of());
        assertEquals("turn 1: refuses (\"", fault.orElse("").substring(0, 18));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "I cannot see any dogs.",
                "No dog is there, I'm afraid.",
                "I can't see the picture of the dog that hangs on the wall.",
                "You should not go there, because it is unsafe. The dog refuses to move."
            })
    void otherNegativesAreNoRefusals(String response) {
        assertEquals(Optional.empty(), new RefusalCheck().fault(reply(response), List.of()));
    }

    @Test
    void lengthIsCountedInWordsForItsTypeOnly() {
        assertEquals(
                Optional.of("responses have 3 words, expected 4 to 9"),
                new LengthCheck(ResponseType.SUMMARY, 4, 9).fault(reply("A red car."), List.of()));
        assertEquals(
                Optional.empty(), new LengthCheck(ResponseType.SUMMARY, 3, 3).fault(reply("A red car."), List.of()));
        assertEquals(Optional.empty(), new LengthCheck(ResponseType.CONVERSATION, 4, 9).fault(reply("No."), List.of()));
        assertThrows(IllegalArgumentException.class, () -> new LengthCheck(ResponseType.SUMMARY, 5, 4));
    }

    @Test
    void whatLlavasLayoutCannotHoldIsTurnedAway() {
        var check = new ContentCheck();
        assertEquals(
                Optional.of("turn 1: response holds <image>: leave it out"),
                check.fault(reply("See <image> here."), List.of()));
        assertEquals(
                Optional.of("turn 1: response is no Unicode text: it holds half a sign"),
                check.fault(reply("A \ud83d dog."), List.of()));
        assertEquals(Optional.empty(), check.fault(reply("A \ud83d\udc15 dog."), List.of()));
    }
}
