package vitune.teach;

import java.nio.file.Files;
import java.nio.file.Path;
import vitune.data.DataException;
import vitune.teach.LedgerEntry.Verdict;

/** Gives again what a ledger's teacher once wrote; its tokens are counted as they were then. */
final class RecordedTeacher implements Teacher {
    private final Path file;
    private final Ledger ledger;
    private final String name;

    RecordedTeacher(Path file) {
        if (!Files.exists(file)) throw new DataException(file, "recording", "no such file", "a ledger");
        this.file = file;
        ledger = new Ledger(file);
        var teachers = ledger.teachers();
        if (teachers.size() != 1) {
            ledger.close();
            throw new DataException(file, "column teacher", "the teachers " + teachers, "the replies of one teacher");
        }
        name = teachers.get(0);
    }

    @Override
    public TeacherReply ask(TeacherRequest request) {
        var entry = ledger.find(request.fingerprint(name))
                .filter(e -> e.verdict() != Verdict.FAILED)
                .orElseThrow(() -> new TeacherException(
                        "the recording " + file + " holds no reply to this request: "
                                + "was it made from these pictures, captions and prompts?",
                        true,
                        0,
                        null));
        return new TeacherReply(
                entry.reply(), entry.reason(), entry.model(), entry.promptTokens(), entry.completionTokens(), 1);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void close() {
        ledger.close();
    }
}
