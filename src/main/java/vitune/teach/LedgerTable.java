package vitune.teach;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vitune.data.ResponseType;
import vitune.teach.LedgerEntry.Outcome;
import vitune.teach.LedgerEntry.Verdict;

/** The ledger's main table: its columns, and how a row is written and read. */
final class LedgerTable {
    private static final String TABLE = """
            CREATE TABLE IF NOT EXISTS replies (
                request TEXT PRIMARY KEY, sample TEXT NOT NULL, type TEXT NOT NULL, teacher TEXT NOT NULL,
                model TEXT NOT NULL, prompt TEXT NOT NULL, reply TEXT NOT NULL, prompt_tokens INTEGER NOT NULL,
                completion_tokens INTEGER NOT NULL, cost REAL, attempts INTEGER NOT NULL, verdict TEXT NOT NULL,
                reason TEXT, time TEXT NOT NULL, outcomes TEXT)""";

    /** A request asked anew (no reply had come, or a batch brings a second one) adds to what it has cost, where known. */
    static final String PUT = """
            INSERT INTO replies VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (request) DO UPDATE SET
                model = excluded.model, reply = excluded.reply, prompt_tokens = prompt_tokens + excluded.prompt_tokens,
                completion_tokens = completion_tokens + excluded.completion_tokens,
                cost = coalesce(cost + excluded.cost, cost, excluded.cost), attempts = attempts + excluded.attempts,
                verdict = excluded.verdict, reason = excluded.reason, time = excluded.time,
                outcomes = excluded.outcomes""";

    static final String FIND = "SELECT * FROM replies WHERE request = ?";
    /** Of the requests in a JSON list, in one query. */
    static final String ANSWERED =
            "SELECT request FROM replies WHERE request IN (SELECT value FROM json_each(?)) AND verdict <> 'FAILED'";

    static final String ALL = "SELECT * FROM replies ORDER BY rowid";
    /** A reply in use may all the same be wrong for one of several samples. */
    static final String REJECTED = """
            SELECT * FROM replies WHERE verdict <> 'ACCEPTED' OR EXISTS (
                SELECT 1 FROM json_each(outcomes) WHERE json_array_length(value, '$.findings') > 0) ORDER BY rowid""";

    static final String JUDGE = "UPDATE replies SET verdict = ?, reason = ?, outcomes = ? WHERE request = ?";

    static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();

    private LedgerTable() {}

    /** Makes the table, or gives one of an earlier version the column that it lacks. */
    static void open(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(TABLE);
            if (complete(statement)) return;
            statement.execute("BEGIN IMMEDIATE"); // of two processes that find it old, one adds the column
            if (!complete(statement)) statement.execute("ALTER TABLE replies ADD COLUMN outcomes TEXT");
            statement.execute("COMMIT");
        }
    }

    private static boolean complete(Statement statement) throws SQLException {
        try (var row =
                statement.executeQuery("SELECT count(*) FROM pragma_table_info('replies') WHERE name = 'outcomes'")) {
            return row.getInt(1) > 0;
        }
    }

    /** What {@link #PUT} takes. */
    static @Nullable Object[] values(LedgerEntry e) {
        return new @Nullable Object[] {
            e.request(),
            e.sample(),
            e.type().label(),
            e.teacher(),
            e.model(),
            e.prompt(),
            e.reply(),
            e.promptTokens(),
            e.completionTokens(),
            e.cost(),
            e.attempts(),
            e.verdict().name(),
            e.reason(),
            e.time().toString(),
            JSON.toJson(e.outcomes())
        };
    }

    /** What {@link #JUDGE} takes. */
    static @Nullable Object[] judgement(LedgerEntry e) {
        return new @Nullable Object[] {e.verdict().name(), e.reason(), JSON.toJson(e.outcomes()), e.request()};
    }

    static LedgerEntry entry(ResultSet row) throws SQLException {
        double cost = row.getDouble("cost");
        boolean priced = !row.wasNull();
        return new LedgerEntry(
                row.getString("request"),
                row.getString("sample"),
                type(row),
                row.getString("teacher"),
                row.getString("model"),
                row.getString("prompt"),
                row.getString("reply"),
                row.getLong("prompt_tokens"),
                row.getLong("completion_tokens"),
                priced ? cost : null,
                row.getInt("attempts"),
                Verdict.valueOf(row.getString("verdict")),
                row.getString("reason"),
                outcomes(row),
                Instant.parse(row.getString("time")));
    }

    /** A row of an earlier version knows of the one sample that it was asked for. */
    private static List<Outcome> outcomes(ResultSet row) throws SQLException {
        var json = row.getString("outcomes");
        if (json != null) return List.of(JSON.fromJson(json, Outcome[].class));
        return switch (Verdict.valueOf(row.getString("verdict"))) {
            case ACCEPTED -> List.of(new Outcome(row.getString("sample"), List.of()));
            case REJECTED -> List.of(new Outcome(row.getString("sample"), List.of(row.getString("reason"))));
            case WITHHELD, FAILED -> List.of();
        };
    }

    static ResponseType type(ResultSet row) throws SQLException {
        return ResponseType.of(row.getString("type"));
    }
}
