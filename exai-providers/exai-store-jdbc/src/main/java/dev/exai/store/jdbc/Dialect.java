package dev.exai.store.jdbc;

import dev.exai.run.store.RunStoreException;
import dev.exai.run.store.RunStoreException.Kind;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientException;
import org.jspecify.annotations.Nullable;

/** What differs between databases. */
enum Dialect {
    SQLITE("SQLite", "sqlite", "BEGIN IMMEDIATE", null) {
        @Override
        Kind kindOf(SQLException failure) {
            return switch (failure.getErrorCode() & 0xff) {
                case 13 -> Kind.FULL;
                case 1, 8, 11, 20, 26 -> Kind.REFUSED; // a wrong statement, read only, broken, misused, no database
                default -> Kind.DOWN;
            };
        }
    },
    POSTGRES("PostgreSQL", "postgres", null, "SELECT pg_advisory_xact_lock(7310238104513)") {
        @Override
        Kind kindOf(SQLException failure) {
            String state = failure.getSQLState() == null ? "" : failure.getSQLState();
            if (state.equals("53100")) {
                return Kind.FULL;
            }
            boolean passes = failure instanceof SQLTransientException
                    || failure instanceof SQLNonTransientConnectionException
                    || state.isEmpty()
                    || state.startsWith("08")
                    || state.startsWith("40")
                    || state.startsWith("53")
                    || state.startsWith("55")
                    || state.startsWith("57")
                    || state.startsWith("58");
            return passes ? Kind.DOWN : Kind.REFUSED;
        }
    };

    private final String title;
    private final String folder;
    private final @Nullable String begin;
    private final @Nullable String lock;

    Dialect(String title, String folder, @Nullable String begin, @Nullable String lock) {
        this.title = title;
        this.folder = folder;
        this.begin = begin;
        this.lock = lock;
    }

    /** What the caller of a failed statement can do. */
    abstract Kind kindOf(SQLException failure);

    /**
     * The failure for those above, without content of runs (I11). Of the database's message there is only the first line: the others
     * may show rows. What a driver says of a batch shows the statement with its values, so there it is what the server said.
     */
    RunStoreException told(String what, SQLException failure) {
        SQLException shown = withoutContent(failure);
        return new RunStoreException(kindOf(failure), title + " could not " + what + ": " + shown.getMessage(), shown);
    }

    /** The same failure as far as it can be shown; also as a cause, which logs print. */
    private static SQLException withoutContent(SQLException failure) {
        String message = failure.getMessage();
        if (failure instanceof BatchUpdateException) {
            SQLException server = failure.getNextException();
            message = server == null || server instanceof BatchUpdateException ? null : server.getMessage();
        }
        String state = failure.getSQLState();
        SQLException shown = new SQLException(
                message == null
                        ? failure.getClass().getSimpleName() + (state == null ? "" : ", SQLSTATE " + state)
                        : message.lines().findFirst().orElse(""),
                state,
                failure.getErrorCode());
        shown.setStackTrace(failure.getStackTrace());
        if (failure.getCause() != null && !(failure.getCause() instanceof SQLException)) {
            shown.initCause(failure.getCause()); // of the network, which knows nothing of content
        }
        return shown;
    }

    /** The statement that begins a change of the schema, if the driver does not. */
    @Nullable
    String begin() {
        return begin;
    }

    /** The statement that keeps others from changing the schema until the transaction ends, if one is needed. */
    @Nullable
    String lock() {
        return lock;
    }

    String title() {
        return title;
    }

    /** Where the changes of the schema are. */
    String folder() {
        return folder;
    }
}
