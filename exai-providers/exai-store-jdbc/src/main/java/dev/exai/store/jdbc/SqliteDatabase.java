package dev.exai.store.jdbc;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SQLite in a file: one thread writes, another one reads beside it.
 *
 * <p>The writer takes all changes that have gathered into one transaction, each in a savepoint of its own, so one flush of the
 * file serves them all and one that is refused harms no other.
 */
final class SqliteDatabase implements Database {
    /*
     * Owner      writer and reader each belong to their one thread. changes hands over to the writer.
     * Order      Each change is followed by a task for the writer; the first of them does all, the others find nothing.
     * Hand-off   A change is acknowledged after the commit that it is in, never before.
     */
    private static final Logger log = LoggerFactory.getLogger(SqliteDatabase.class);
    private static final int MOST_AT_ONCE = 64;

    private final Connection writer;
    private final Connection reader;
    private final BlockingQueue<Change<?>> changes = new LinkedBlockingQueue<>();
    private final ExecutorService writing = Worker.threads("exai-store-writer", 1);
    private final ExecutorService reading = Worker.threads("exai-store-reader", 1);

    private SqliteDatabase(Connection writer, Connection reader) {
        this.writer = writer;
        this.reader = reader;
    }

    static SqliteDatabase open(Path file) {
        try {
            Connection writer = connect(file);
            try {
                Migrations.apply(writer, Dialect.SQLITE);
                writer.setAutoCommit(true); // transactions begin and end by statements of ours
                return new SqliteDatabase(writer, connect(file));
            } catch (SQLException | RuntimeException e) {
                writer.close();
                throw e;
            }
        } catch (SQLException e) {
            throw Dialect.SQLITE.told("open " + file.getFileName(), e);
        }
    }

    private static Connection connect(Path file) throws SQLException {
        String url = "jdbc:sqlite:" + file.toAbsolutePath();
        if (DriverManager.drivers().noneMatch(driver -> accepts(driver, url))) {
            throw new IllegalStateException("the driver of SQLite is not there: add org.xerial:sqlite-jdbc");
        }
        Connection connection = DriverManager.getConnection(url);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 5000");
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private static boolean accepts(Driver driver, String url) {
        try {
            return driver.acceptsURL(url);
        } catch (SQLException e) {
            return false;
        }
    }

    /** A change, and who waits for it. */
    private static final class Change<T> {
        final String what;
        final Work<T> work;
        final CompletableFuture<T> done = new CompletableFuture<>();
        private Runnable acknowledge = () -> {};

        Change(String what, Work<T> work) {
            this.what = what;
            this.work = work;
        }

        /** Does the work in a savepoint; returns whether it may be committed. */
        boolean doIn(Connection connection, Statement statement) throws SQLException {
            statement.execute("SAVEPOINT change");
            try {
                T value = work.on(connection);
                acknowledge = () -> done.complete(value);
                statement.execute("RELEASE change");
                return true;
            } catch (SQLException e) {
                undo(statement, e);
                done.completeExceptionally(Dialect.SQLITE.told(what, e));
            } catch (RuntimeException | Error refused) {
                undo(statement, new SQLException(refused));
                done.completeExceptionally(refused);
            }
            return false;
        }

        /** A full disk ends the whole transaction, and there is nothing to go back to: then all of it has failed. */
        private static void undo(Statement statement, SQLException why) throws SQLException {
            try {
                statement.execute("ROLLBACK TO change");
                statement.execute("RELEASE change");
            } catch (SQLException gone) {
                why.addSuppressed(gone);
                throw why;
            }
        }

        void acknowledge() {
            acknowledge.run();
        }

        void fail(Throwable why) {
            done.completeExceptionally(why instanceof SQLException failure ? Dialect.SQLITE.told(what, failure) : why);
        }
    }

    @Override
    public <T> CompletableFuture<T> change(String what, Work<T> work) {
        Change<T> change = new Change<>(what, work);
        changes.add(change);
        try {
            writing.execute(this::writeAll);
        } catch (RejectedExecutionException closed) {
            changes.remove(change);
            change.done.completeExceptionally(Worker.closed());
        }
        return change.done;
    }

    private void writeAll() {
        List<Change<?>> all = new ArrayList<>();
        changes.drainTo(all, MOST_AT_ONCE);
        if (all.isEmpty()) {
            return;
        }
        List<Change<?>> done = new ArrayList<>();
        try (Statement statement = writer.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            try {
                for (Change<?> change : all) {
                    if (change.doIn(writer, statement)) {
                        done.add(change);
                    }
                }
                statement.execute("COMMIT");
            } catch (SQLException | RuntimeException | Error failure) {
                rollBack(statement); // a transaction that stays open would fail all that come after it
                throw failure;
            }
        } catch (SQLException | RuntimeException | Error failure) {
            all.forEach(change -> change.fail(failure));
            return;
        }
        done.forEach(Change::acknowledge);
    }

    private static void rollBack(Statement statement) {
        try {
            statement.execute("ROLLBACK");
        } catch (SQLException alreadyGone) {
            log.debug("A transaction was rolled back by the database itself", alreadyGone);
        }
    }

    @Override
    public <T> CompletableFuture<T> read(String what, Work<T> work) {
        return Worker.ask(reading, Dialect.SQLITE, what, () -> work.on(reader));
    }

    @Override
    public void close() {
        Worker.end(reading);
        Worker.end(writing);
        for (Change<?> left = changes.poll(); left != null; left = changes.poll()) {
            left.fail(Worker.closed()); // the writer hung: nobody else would tell
        }
        for (Connection connection : List.of(reader, writer)) {
            try {
                connection.close();
            } catch (SQLException e) {
                log.warn("A connection could not be closed", e);
            }
        }
    }
}
