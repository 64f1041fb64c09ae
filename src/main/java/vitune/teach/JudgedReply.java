package vitune.teach;

import java.nio.file.Path;
import java.util.List;
import vitune.data.ResponseType;
import vitune.data.Turn;

/**
 * A reply as it was judged for one sample, accepted or not.
 *
 * @param sample id
 * @param images the pictures that it is about
 * @param turns what was read out of the reply; empty where it cannot be read
 * @param reply as the teacher wrote it
 * @param findings all that is wrong with it, each with its evidence; empty where it is accepted
 */
public record JudgedReply(
        String sample,
        ResponseType type,
        List<Path> images,
        List<Turn> turns,
        String reply,
        LedgerEntry.Verdict verdict,
        List<String> findings) {
    /** Copies the lists. */
    public JudgedReply {
        images = List.copyOf(images);
        turns = List.copyOf(turns);
        findings = List.copyOf(findings);
    }

    /** Whether a row of the data came of it. */
    public boolean accepted() {
        return verdict == LedgerEntry.Verdict.ACCEPTED;
    }
}
