package vitune.teach;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import vitune.data.ImageContext;
import vitune.data.InstructionSample;

/** Judges a sample before it is accepted; what it finds is fed back to the teacher once. */
@FunctionalInterface
public interface SampleCheck {
    /** What is wrong with the sample, in words a teacher understands; empty where nothing is. */
    Optional<String> fault(InstructionSample sample, List<ImageContext> contexts);

    /** What the check leaves with a sample that passed it; nothing unless a check says otherwise. */
    default Map<String, String> provenance(InstructionSample sample, List<ImageContext> contexts) {
        return Map.of();
    }
}
