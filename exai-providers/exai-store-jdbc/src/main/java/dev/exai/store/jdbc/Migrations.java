package dev.exai.store.jdbc;

import dev.exai.run.store.RunStoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the tables of a database to the version that this code knows, one change after the other, each whole or not at all. */
final class Migrations {
    private static final Logger log = LoggerFactory.getLogger(Migrations.class);
    private static final int NEWEST = 1;

    private Migrations() {}

    static void apply(Connection connection, Dialect dialect) {
        try {
            boolean byHand = dialect.begin() != null;
            connection.setAutoCommit(byHand); // SQLite must begin by a statement of ours
            try (Statement statement = connection.createStatement()) {
                if (byHand) {
                    statement.execute(dialect.begin());
                }
                if (dialect.lock() != null) {
                    statement.execute(dialect.lock());
                }
                try {
                    migrate(statement, dialect);
                    end(connection, statement, byHand, "COMMIT");
                } catch (SQLException | RuntimeException e) {
                    end(connection, statement, byHand, "ROLLBACK");
                    throw e;
                }
            }
        } catch (SQLException e) {
            throw dialect.told("prepare its tables", e);
        }
    }

    private static void end(Connection connection, Statement statement, boolean byHand, String how)
            throws SQLException {
        if (byHand) {
            statement.execute(how);
        } else if (how.equals("COMMIT")) {
            connection.commit();
        } else {
            connection.rollback();
        }
    }

    private static void migrate(Statement statement, Dialect dialect) throws SQLException {
        statement.execute("CREATE TABLE IF NOT EXISTS exai_schema (version INTEGER NOT NULL)");
        int version;
        try (ResultSet found = statement.executeQuery("SELECT COALESCE(MAX(version), 0) FROM exai_schema")) {
            found.next();
            version = found.getInt(1);
        }
        if (version > NEWEST) {
            throw new RunStoreException(
                    RunStoreException.Kind.REFUSED,
                    dialect.title() + " has tables of version " + version
                            + ", and this version of exai-store-jdbc knows " + NEWEST + ": use a newer one",
                    null);
        }
        for (int next = version + 1; next <= NEWEST; next++) {
            for (String change : statements(dialect, next)) {
                statement.execute(change);
            }
            statement.execute("INSERT INTO exai_schema (version) VALUES (" + next + ")");
            log.info("Tables of {} are of version {} now", dialect.title(), next);
        }
    }

    private static List<String> statements(Dialect dialect, int version) {
        String name = dialect.folder() + "/" + version + ".sql";
        try (InputStream file = Migrations.class.getResourceAsStream(name)) {
            if (file == null) {
                throw new IllegalStateException("there is no " + name);
            }
            String text = new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("--"))
                    .collect(Collectors.joining("\n"));
            return Arrays.stream(text.split(";", -1))
                    .map(String::strip)
                    .filter(statement -> !statement.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
