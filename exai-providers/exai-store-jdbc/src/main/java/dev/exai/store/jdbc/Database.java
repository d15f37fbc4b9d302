package dev.exai.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;

/** Does work on connections of a database, on threads of its own. Safe for use by many threads. */
interface Database extends AutoCloseable {
    /**
     * A piece of work on a connection, which does not commit.
     *
     * @param <T> what it returns
     */
    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** Does work that changes something, and commits it. */
    <T> CompletableFuture<T> change(String what, Work<T> work);

    /** Does work that only reads. */
    <T> CompletableFuture<T> read(String what, Work<T> work);

    /** Ends what was begun, and lets go of connections and threads. */
    @Override
    void close();
}
