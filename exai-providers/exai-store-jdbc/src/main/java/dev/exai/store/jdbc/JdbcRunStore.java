package dev.exai.store.jdbc;

import dev.exai.context.RunId;
import dev.exai.context.SessionId;
import dev.exai.run.store.RunStore;
import dev.exai.run.store.RunTask;
import dev.exai.run.store.RunWrite;
import dev.exai.run.store.StoredRun;
import dev.exai.run.store.TaskFilter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;

/**
 * Keeps runs and tasks in SQLite or PostgreSQL. The driver is the application's to add.
 *
 * <pre>{@code
 * try (RunStore store = JdbcRunStore.sqlite(Path.of("runs.db"));
 *     Runs runs = exai.runs(store)) {
 *   ...
 * }
 * }</pre>
 *
 * <p>Opening one connects, and brings the tables to the version that this code knows; it blocks for that. Safe for use by many
 * threads.
 */
public final class JdbcRunStore implements RunStore {
    private final Database database;

    private JdbcRunStore(Database database) {
        this.database = database;
    }

    /**
     * {@return a store in a file, for one process} It has one writer, which commits what has gathered in one go, and the file is
     * flushed before a write counts as kept.
     *
     * @param file the file; made if it is not there
     * @throws dev.exai.run.store.RunStoreException if it cannot be opened
     * @throws IllegalStateException if the driver is not there
     */
    public static JdbcRunStore sqlite(Path file) {
        return new JdbcRunStore(SqliteDatabase.open(file));
    }

    /**
     * {@return a store in a PostgreSQL server, with a pool of 4 connections of its own}
     *
     * @param url where it is: {@code jdbc:postgresql://host/database}
     * @param user who connects
     * @param password the password
     * @throws dev.exai.run.store.RunStoreException if it cannot be reached
     * @throws IllegalStateException if the driver is not there
     */
    public static JdbcRunStore postgres(String url, String user, String password) {
        return new JdbcRunStore(PooledDatabase.connect(url, user, password, 4));
    }

    /**
     * {@return a store in a PostgreSQL server that a data source leads to}
     *
     * @param source hands out connections; it stays the caller's to close
     * @param connections how many of them are used at once, 1 or more
     * @throws dev.exai.run.store.RunStoreException if it cannot be reached
     */
    public static JdbcRunStore postgres(DataSource source, int connections) {
        return new JdbcRunStore(PooledDatabase.over(source, connections));
    }

    @Override
    public CompletionStage<Void> write(RunWrite write) {
        return database.change("write run " + write.task().id(), connection -> {
                    Tables.write(connection, write);
                    return Boolean.TRUE;
                })
                .thenAccept(done -> {});
    }

    @Override
    public CompletionStage<Optional<StoredRun>> claim(RunId id, long writer, SessionId owner) {
        return database.change("take over run " + id, connection -> Tables.claim(connection, id, writer, owner));
    }

    @Override
    public CompletionStage<Optional<StoredRun>> read(RunId id) {
        return database.read("read run " + id, connection -> Tables.read(connection, id));
    }

    @Override
    public CompletionStage<List<RunTask>> tasks(TaskFilter filter) {
        return database.read("list tasks", connection -> Tables.tasks(connection, filter));
    }

    @Override
    public CompletionStage<Void> delete(RunId id) {
        return database.change("delete run " + id, connection -> {
                    Tables.delete(connection, id);
                    return Boolean.TRUE;
                })
                .thenAccept(done -> {});
    }

    @Override
    public void close() {
        database.close();
    }
}
