package vitune.teach;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The batch jobs that are not collected yet: two tables of the ledger, under its lock. */
final class BatchJobs {
    private final Ledger ledger;
    private final Connection connection;

    BatchJobs(Ledger ledger, Connection connection) throws SQLException {
        this.ledger = ledger;
        this.connection = connection;
        try (var statement = connection.createStatement()) {
            statement.execute("""
                    CREATE TABLE IF NOT EXISTS batch_jobs (
                        token TEXT PRIMARY KEY, teacher TEXT NOT NULL, id TEXT, round INTEGER NOT NULL,
                        time TEXT NOT NULL)""");
            statement.execute("""
                    CREATE TABLE IF NOT EXISTS batch_requests (
                        token TEXT NOT NULL, request TEXT NOT NULL, sample TEXT NOT NULL, type TEXT NOT NULL,
                        prompt TEXT NOT NULL, PRIMARY KEY (token, request))""");
        }
    }

    List<BatchJob> open(String teacher) {
        return ledger.list(
                "SELECT token, id, round FROM batch_jobs WHERE teacher = ? ORDER BY rowid",
                row -> new BatchJob(row.getString(1), row.getString(2), row.getInt(3), rows(row.getString(1))),
                teacher);
    }

    private List<BatchJob.Row> rows(String token) {
        return ledger.list(
                "SELECT request, sample, type, prompt FROM batch_requests WHERE token = ? ORDER BY rowid",
                row -> new BatchJob.Row(row.getString(1), row.getString(2), LedgerTable.type(row), row.getString(4)),
                token);
    }

    void add(BatchJob job, String teacher) {
        var now = Instant.now().toString();
        ledger.together(() -> {
            run("INSERT INTO batch_jobs VALUES (?, ?, ?, ?, ?)", job.token(), teacher, job.id(), job.round(), now);
            for (var row : job.rows()) {
                run(
                        "INSERT INTO batch_requests VALUES (?, ?, ?, ?, ?)",
                        job.token(),
                        row.request(),
                        row.sample(),
                        row.type().label(),
                        row.prompt());
            }
        });
    }

    /** The provider has it, under this name. */
    void started(String token, String id) {
        ledger.write(() -> run("UPDATE batch_jobs SET id = ? WHERE token = ?", id, token));
    }

    /** It is collected, or never was. */
    void remove(String token) {
        ledger.write(() -> {
            run("DELETE FROM batch_requests WHERE token = ?", token);
            run("DELETE FROM batch_jobs WHERE token = ?", token);
        });
    }

    private void run(String update, @Nullable Object... values) throws SQLException {
        try (var statement = connection.prepareStatement(update)) {
            Ledger.run(statement, values);
        }
    }
}
