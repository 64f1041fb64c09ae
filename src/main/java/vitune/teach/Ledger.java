package vitune.teach;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tech.tablesaw.api.Table;
import vitune.data.ResponseType;

/**
 * Every request that was ever asked, with its reply, tokens, money and verdict: one row a request, in a SQLite file.
 *
 * <p>A row is committed before it counts as done, so a killed process loses nothing that was reported; other processes
 * may read meanwhile (write-ahead log).
 */
public final class Ledger implements AutoCloseable {
    private final Path file;
    private final Connection connection;
    private final PreparedStatement put;
    private final PreparedStatement find;
    private final PreparedStatement judge;
    private final BatchJobs jobs;
    private boolean closed;

    /** Opens a ledger, or begins one. */
    public Ledger(Path file) {
        this.file = file;
        try {
            var folder = file.toAbsolutePath().getParent();
            if (folder != null) Files.createDirectories(folder);
            connection = DriverManager.getConnection("jdbc:sqlite:" + file);
            try (var statement = connection.createStatement()) {
                statement.execute("PRAGMA busy_timeout = 10000");
                statement.execute("PRAGMA journal_mode = WAL");
                statement.execute("PRAGMA synchronous = NORMAL");
            }
            LedgerTable.open(connection);
            jobs = new BatchJobs(this, connection);
            put = connection.prepareStatement(LedgerTable.PUT);
            find = connection.prepareStatement(LedgerTable.FIND);
            judge = connection.prepareStatement(LedgerTable.JUDGE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open ledger " + file, e);
        } catch (SQLException e) {
            throw failure("open", e);
        }
    }

    /** Writes a row and commits it. */
    public void put(LedgerEntry entry) {
        write(() -> run(put, LedgerTable.values(entry)));
    }

    /** Changes what a reply that is already here is worth. */
    void judge(LedgerEntry entry) {
        write(() -> run(judge, LedgerTable.judgement(entry)));
    }

    static void run(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        set(statement, values);
        statement.executeUpdate();
    }

    private static void set(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) statement.setObject(i + 1, values[i]);
    }

    /** The row of a request. */
    public synchronized Optional<LedgerEntry> find(String request) {
        try {
            set(find, request);
            try (var row = find.executeQuery()) {
                return row.next() ? Optional.of(LedgerTable.entry(row)) : Optional.empty();
            }
        } catch (SQLException e) {
            throw failure("read", e);
        }
    }

    /** Those of these requests that have an answer, usable or not. */
    Set<String> answered(Collection<String> requests) {
        return new HashSet<>(list(LedgerTable.ANSWERED, row -> row.getString(1), LedgerTable.JSON.toJson(requests)));
    }

    /** All rows, in the order in which they were first asked. */
    public List<LedgerEntry> entries() {
        return list(LedgerTable.ALL, LedgerTable::entry);
    }

    /** The rows that were not accepted, or not for each sample that they were read for. */
    public List<LedgerEntry> rejected() {
        return list(LedgerTable.REJECTED, LedgerTable::entry);
    }

    /** The teachers whose replies are here. */
    List<String> teachers() {
        return list("SELECT DISTINCT teacher FROM replies", row -> row.getString(1));
    }

    /** Mean completion tokens of the accepted replies to these prompts, where there are any. */
    OptionalDouble completionTokens(String teacher, String prompt) {
        var query = """
                SELECT avg(completion_tokens) FROM replies WHERE teacher = ? AND prompt = ? AND verdict = 'ACCEPTED'""";
        double mean = list(query, row -> row.getDouble(1), teacher, prompt).get(0);
        return mean > 0 ? OptionalDouble.of(mean) : OptionalDouble.empty();
    }

    /** What a teacher's replies have used, by type. */
    Map<ResponseType, CostForecast.Usage> usage(String teacher) {
        var query = """
                SELECT type, sum(attempts), sum(prompt_tokens), sum(completion_tokens), sum(cost) FROM replies
                WHERE teacher = ? GROUP BY type""";
        var usage = new LinkedHashMap<ResponseType, CostForecast.Usage>();
        var rows = list(
                query,
                row -> Map.entry(
                        LedgerTable.type(row),
                        new CostForecast.Usage(row.getLong(2), row.getLong(3), row.getLong(4), row.getDouble(5))),
                teacher);
        rows.forEach(row -> usage.put(row.getKey(), row.getValue()));
        return usage;
    }

    /**
     * What all of it has cost, in words for a dataset card: "3.20 USD for 1,500 requests", and how many of them have no
     * price.
     */
    public String cost() {
        return list(
                        "SELECT count(*), coalesce(sum(cost), 0), count(cost) FROM replies",
                        row -> cost(row.getLong(1), row.getDouble(2), row.getLong(3)))
                .get(0);
    }

    private static String cost(long all, double usd, long priced) {
        var words = String.format(Locale.ROOT, "%.2f USD for %,d requests", usd, all);
        return all == priced
                ? words
                : words + String.format(Locale.ROOT, " (%,d of them without a price)", all - priced);
    }

    /** The batch jobs that are not collected yet. */
    BatchJobs jobs() {
        return jobs;
    }

    /** Several writes that are committed as one. */
    synchronized void together(Writing writes) {
        write(() -> {
            connection.setAutoCommit(false);
            try {
                writes.run();
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        });
    }

    synchronized void write(Writing writes) {
        try {
            writes.run();
        } catch (SQLException e) {
            throw failure("write", e);
        }
    }

    /** Something that is written. */
    @FunctionalInterface
    interface Writing {
        void run() throws SQLException;
    }

    /** What is made of a row that a query finds. */
    @FunctionalInterface
    interface Row<T> {
        T of(ResultSet row) throws SQLException;
    }

    /** What a query finds, each row read by itself. */
    synchronized <T> List<T> list(String query, Row<T> read, Object... values) {
        try (var statement = connection.prepareStatement(query)) {
            set(statement, values);
            try (var row = statement.executeQuery()) {
                var all = new ArrayList<T>();
                while (row.next()) all.add(read.of(row));
                return all;
            }
        } catch (SQLException e) {
            throw failure("read", e);
        }
    }

    /** The rows as a table, each with the samples that came of it. */
    public Table table() {
        return LedgerEntry.table("ledger", entries());
    }

    @Override
    public synchronized void close() {
        closed = true;
        try {
            connection.close();
        } catch (SQLException e) {
            throw failure("close", e);
        }
    }

    RuntimeException failure(String what, SQLException e) {
        if (closed) return new IllegalStateException("the generator or judge that has " + this + " is closed", e);
        return new UncheckedIOException("cannot " + what + " ledger " + file, new IOException(e));
    }

    @Override
    public String toString() {
        return "ledger " + file;
    }
}
