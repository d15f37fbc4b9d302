package dev.exai.store.jdbc;

import dev.exai.run.store.RunStore;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** Processes that are killed, over a real PostgreSQL. */
@Tag("services")
class PostgresCrashTest extends CrashRules {
    private static PostgresServer server;

    @BeforeAll
    static void start() throws Exception {
        server = PostgresServer.start();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @Override
    String newStore() throws Exception {
        try (Connection connection = DriverManager.getConnection(server.url(), "exai", "");
                Statement statement = connection.createStatement()) {
            statement.execute("DROP SCHEMA public CASCADE");
            statement.execute("CREATE SCHEMA public");
        }
        return server.url();
    }

    @Override
    RunStore open() {
        return JdbcRunStore.postgres(server.url(), "exai", "");
    }
}
