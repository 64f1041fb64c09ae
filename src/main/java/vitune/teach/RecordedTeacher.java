package vitune.teach;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import vitune.data.DataException;
import vitune.teach.LedgerEntry.Verdict;

/** Gives again what a ledger's teacher once wrote; its tokens are counted as they were then. */
final class RecordedTeacher implements Teacher {
    private final Path file;
    private final Ledger ledger;
    private final String name;

    /** @param model whose replies, where there are several teachers'; null where there is one */
    RecordedTeacher(Path file, @Nullable String model) {
        if (!Files.exists(file)) throw new DataException(file, "recording", "no such file", "a ledger");
        this.file = file;
        ledger = new Ledger(file);
        var teachers = ledger.teachers();
        if (model == null ? teachers.size() != 1 : !teachers.contains(model)) {
            ledger.close();
            var expected =
                    model == null ? "the replies of one teacher, or a name that says whose" : "replies of " + model;
            throw new DataException(file, "column teacher", "the teachers " + teachers, expected);
        }
        name = model == null ? teachers.get(0) : model;
    }

    @Override
    public TeacherReply ask(TeacherRequest request) {
        var entry = ledger.find(first(request).fingerprint(name))
                .orElseThrow(() -> new TeacherException(
                        "the recording " + file + " holds no reply to this request: "
                                + "was it made from these pictures, captions and prompts?",
                        true,
                        0,
                        null));
        boolean failed = entry.verdict() == Verdict.FAILED;
        var fault = failed || entry.verdict() == Verdict.WITHHELD ? entry.reason() : null;
        return sentBack(request)
                ? new TeacherReply(entry.reply(), fault, failed, entry.model(), 0, 0, 0)
                : new TeacherReply(
                        entry.reply(), fault, failed, entry.model(), entry.promptTokens(), entry.completionTokens(), 1);
    }

    private static boolean sentBack(TeacherRequest request) {
        return !request.messages().get(request.messages().size() - 1).isQuery();
    }

    /** A reply that was sent back is recorded as it was after that. */
    private static TeacherRequest first(TeacherRequest request) {
        if (!sentBack(request)) return request;
        return request.withMessages(
                request.messages().subList(0, request.messages().size() - 2));
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
