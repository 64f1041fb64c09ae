package vitune.teach;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import vitune.data.ImageContext;
import vitune.data.InstructionSample;
import vitune.data.LlavaJson;
import vitune.data.ResponseType;

/**
 * The check that every sample passes: as many turns as its type has, no endless text, no trace of boxes, nothing
 * that LLaVA's layout cannot hold.
 */
public final class ContentCheck implements SampleCheck {
    private static final int MOST_TURNS = 16, LONGEST_INSTRUCTION = 500, LONGEST_RESPONSE = 3000;
    private static final Set<ResponseType> ONE_TURN = Set.of(
            ResponseType.DETAILED_DESCRIPTION,
            ResponseType.COMPLEX_REASONING,
            ResponseType.SUMMARY,
            ResponseType.COMPARISON);
    private static final Pattern COORDINATES = Pattern.compile("\\b[01]\\.\\d{3}\\b|\\[\\s*\\d*\\.?\\d+\\s*,");
    private static final Pattern SYMBOLS = Pattern.compile(
            "\\b(?:bounding box(?:es)?|coordinates?|(?:the|given|provided) captions?)\\b", Pattern.CASE_INSENSITIVE);

    /** Half a surrogate pair, which UTF-8 cannot hold. */
    private static final Pattern HALVED = Pattern.compile("\\p{Cs}");

    @Override
    public Optional<String> fault(InstructionSample sample, List<ImageContext> contexts) {
        int turns = sample.turns().size();
        int fewest = sample.type().equals(ResponseType.CONVERSATION) ? 2 : 1;
        int most = ONE_TURN.contains(sample.type()) ? 1 : MOST_TURNS;
        if (turns < fewest || turns > most) {
            return Optional.of("got " + turns + " turns, expected " + (fewest == most ? "1" : fewest + " to " + most));
        }
        for (int i = 0; i < turns; i++) {
            var turn = sample.turns().get(i);
            var fault = fault("instruction", turn.instruction(), LONGEST_INSTRUCTION)
                    .or(() -> fault("response", turn.response(), LONGEST_RESPONSE));
            if (fault.isPresent()) return Optional.of("turn " + (i + 1) + ": " + fault.get());
        }
        return Optional.empty();
    }

    private static Optional<String> fault(String what, String text, int longest) {
        if (text.length() > longest) {
            return Optional.of(what + " has " + text.length() + " characters, expected at most " + longest);
        }
        if (text.contains(LlavaJson.IMAGE)) { // LLaVA's layout takes it for a picture
            return Optional.of(what + " holds " + LlavaJson.IMAGE + ": leave it out");
        }
        if (HALVED.matcher(text).find()) return Optional.of(what + " is no Unicode text: it holds half a sign");
        if (COORDINATES.matcher(text).find()) {
            return Optional.of(what + " holds coordinates: speak of the picture alone");
        }
        var symbol = SYMBOLS.matcher(text);
        if (symbol.find()) {
            return Optional.of(what + " speaks of \"" + symbol.group() + "\": speak of the picture alone");
        }
        return Optional.empty();
    }
}
