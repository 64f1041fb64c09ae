package vitune.teach;

import java.util.List;
import java.util.Optional;
import vitune.data.ImageContext;
import vitune.data.InstructionSample;
import vitune.data.ResponseType;
import vitune.data.Turn;

/**
 * Holds the responses of one type to a length.
 *
 * @param type whose samples are measured; others pass
 * @param fewest words of all responses of a sample together, >= 1
 * @param most words, >= fewest
 */
public record LengthCheck(ResponseType type, int fewest, int most) implements SampleCheck {
    public LengthCheck {
        if (fewest < 1 || most < fewest) {
            throw new IllegalArgumentException("words must be 1 <= fewest <= most, got " + fewest + " and " + most);
        }
    }

    @Override
    public Optional<String> fault(InstructionSample sample, List<ImageContext> contexts) {
        if (!sample.type().equals(type)) return Optional.empty();
        int words = sample.turns().stream().mapToInt(Turn::words).sum();
        if (words >= fewest && words <= most) return Optional.empty();
        return Optional.of("responses have " + words + " words, expected " + fewest + " to " + most);
    }
}
