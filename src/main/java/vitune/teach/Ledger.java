package vitune.teach;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
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

    private static void run(PreparedStatement statement, @Nullable Object[] values) throws SQLException {
        for (int i = 0; i < values.length; i++) statement.setObject(i + 1, values[i]);
        statement.executeUpdate();
    }

    /** The row of a request. */
    public synchronized Optional<LedgerEntry> find(String request) {
        try {
            find.setString(1, request);
            try (var row = find.executeQuery()) {
                return row.next() ? Optional.of(LedgerTable.entry(row)) : Optional.empty();
            }
        } catch (SQLException e) {
            throw failure("read", e);
        }
    }

    /** Those of these requests that have an answer, usable or not. */
    synchronized Set<String> answered(Collection<String> requests) {
        try (var statement = connection.prepareStatement(LedgerTable.ANSWERED)) {
            statement.setString(1, LedgerTable.JSON.toJson(requests));
            try (var row = statement.executeQuery()) {
                var answered = new HashSet<String>();
                while (row.next()) answered.add(row.getString(1));
                return answered;
            }
        } catch (SQLException e) {
            throw failure("read", e);
        }
    }

    /** All rows, in the order in which they were first asked. */
    public synchronized List<LedgerEntry> entries() {
        return select(LedgerTable.ALL);
    }

    /** The rows that were not accepted, or not for each sample that they were read for. */
    public synchronized List<LedgerEntry> rejected() {
        return select(LedgerTable.REJECTED);
    }

    /** The teachers whose replies are here. */
    synchronized List<String> teachers() {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT DISTINCT teacher FROM replies")) {
            var teachers = new ArrayList<String>();
            while (row.next()) teachers.add(row.getString(1));
            return teachers;
        } catch (SQLException e) {
            throw failure("read", e);
        }
    }

    /** Mean completion tokens of the accepted replies to these prompts, where there are any. */
    synchronized OptionalDouble completionTokens(String teacher, String prompt) {
        var query = """
                SELECT avg(completion_tokens) FROM replies WHERE teacher = ? AND prompt = ? AND verdict = 'ACCEPTED'""";
        try (var statement = connection.prepareStatement(query)) {
            statement.setString(1, teacher);
            statement.setString(2, prompt);
            try (var row = statement.executeQuery()) {
                double mean = row.next() ? row.getDouble(1) : 0;
                return mean > 0 ? OptionalDouble.of(mean) : OptionalDouble.empty();
            }
        } catch (SQLException e) {
            throw failure("read", e);
        }
    }

    /** What a teacher's replies have used, by type. */
    synchronized Map<ResponseType, CostForecast.Usage> usage(String teacher) {
        var query = """
                SELECT type, sum(attempts), sum(prompt_tokens), sum(completion_tokens), sum(cost) FROM replies
                WHERE teacher = ? GROUP BY type""";
        try (var statement = connection.prepareStatement(query)) {
            statement.setString(1, teacher);
            try (var row = statement.executeQuery()) {
                var usage = new LinkedHashMap<ResponseType, CostForecast.Usage>();
                while (row.next()) {
                    usage.put(
                            LedgerTable.type(row),
                            new CostForecast.Usage(row.getLong(2), row.getLong(3), row.getLong(4), row.getDouble(5)));
                }
                return usage;
            }
        } catch (SQLException e) {
            throw failure("read", e);
        }
    }

    /**
     * What all of it has cost, in words for a dataset card: "3.20 USD for 1,500 requests", and how many of them have no
     * price.
     */
    public synchronized String cost() {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT count(*), coalesce(sum(cost), 0), count(cost) FROM replies")) {
            row.next();
            long all = row.getLong(1), unpriced = all - row.getLong(3);
            var words = String.format(Locale.ROOT, "%.2f USD for %,d requests", row.getDouble(2), all);
            return unpriced == 0
                    ? words
                    : words + String.format(Locale.ROOT, " (%,d of them without a price)", unpriced);
        } catch (SQLException e) {
            throw failure("read", e);
        }
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

    private List<LedgerEntry> select(String query) {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(query)) {
            var entries = new ArrayList<LedgerEntry>();
            while (row.next()) entries.add(LedgerTable.entry(row));
            return entries;
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
        try {
            connection.close();
        } catch (SQLException e) {
            throw failure("close", e);
        }
    }

    UncheckedIOException failure(String what, SQLException e) {
        return new UncheckedIOException("cannot " + what + " ledger " + file, new IOException(e));
    }

    @Override
    public String toString() {
        return "ledger " + file;
    }
}
