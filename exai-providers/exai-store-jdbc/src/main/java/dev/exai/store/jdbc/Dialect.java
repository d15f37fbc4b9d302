package dev.exai.store.jdbc;

import dev.exai.run.store.RunStoreException;
import dev.exai.run.store.RunStoreException.Kind;
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

    /** The failure for those above. Only the first line of the database's message: the others may show rows. */
    RunStoreException told(String what, SQLException failure) {
        String message = failure.getMessage() == null
                ? failure.getClass().getSimpleName()
                : failure.getMessage().lines().findFirst().orElse("");
        return new RunStoreException(kindOf(failure), title + " could not " + what + ": " + message, failure);
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
