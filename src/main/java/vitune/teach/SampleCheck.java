package vitune.teach;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import vitune.data.ImageContext;
import vitune.data.InstructionSample;

/** Judges a sample before it is accepted; all that it finds is fed back to the teacher once, and kept in the ledger. */
@FunctionalInterface
public interface SampleCheck {
    /** What is wrong with the sample, in words a teacher understands; empty where nothing is. */
    Optional<String> fault(InstructionSample sample, List<ImageContext> contexts);

    /**
     * All that is wrong with the sample, each finding in words a teacher understands; empty where nothing is. Where the
     * check says nothing else: the one {@link #fault}.
     */
    default List<String> findings(InstructionSample sample, List<ImageContext> contexts) {
        return fault(sample, contexts).stream().toList();
    }

    /** The short form of findings, for people: the first, and how many more; empty where there are none. */
    static Optional<String> first(List<String> findings) {
        if (findings.isEmpty()) return Optional.empty();
        int more = findings.size() - 1;
        return Optional.of(findings.get(0) + (more == 0 ? "" : " (and " + more + " more)"));
    }

    /** What the check leaves with a sample that passed it; nothing unless a check says otherwise. */
    default Map<String, String> provenance(InstructionSample sample, List<ImageContext> contexts) {
        return Map.of();
    }

    /**
     * What came of a check.
     *
     * @param findings {@link SampleCheck#findings}
     * @param provenance {@link SampleCheck#provenance}; empty where there are findings
     */
    record Checked(List<String> findings, Map<String, String> provenance) {
        /** Copies both. */
        public Checked {
            findings = List.copyOf(findings);
            provenance = Map.copyOf(provenance);
        }
    }

    /** Findings and provenance: what a generator asks for. A check that finds both at once may say so here. */
    default Checked check(InstructionSample sample, List<ImageContext> contexts) {
        var findings = findings(sample, contexts);
        return new Checked(findings, findings.isEmpty() ? provenance(sample, contexts) : Map.of());
    }
}
