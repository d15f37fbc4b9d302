package dev.exai.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.context.RunId;
import dev.exai.run.store.RunStore;
import dev.exai.run.store.RunStoreException;
import dev.exai.run.store.RunWrite;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** The rules of stores, kept by a real PostgreSQL, and what is its own. */
@Tag("services")
class PostgresRunStoreTest extends RunStoreRules {
    private static PostgresServer server;

    @BeforeAll
    static void start() throws Exception {
        server = PostgresServer.start();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @BeforeEach
    void dropTables() throws Exception {
        try (Connection connection = DriverManager.getConnection(server.url(), "exai", "");
                Statement statement = connection.createStatement()) {
            statement.execute("DROP SCHEMA public CASCADE");
            statement.execute("CREATE SCHEMA public");
        }
    }

    @Override
    RunStore open() {
        return JdbcRunStore.postgres(server.url(), "exai", "");
    }

    @Test
    void open_byManyAtOnce_preparesTheTablesOnce() {
        List<CompletableFuture<RunStore>> opened = IntStream.range(0, 6)
                .mapToObj(i -> CompletableFuture.supplyAsync(this::open))
                .toList();
        opened.forEach(each -> each.join().close());

        get(store().write(RunWrite.of(task("a"), 7, List.of(record(1, "one")))));
    }

    // A server that crashes and comes back: what was kept is there, what fails meanwhile passes later
    @Test
    void server_crashesAndComesBack_storeGoesOn() throws Exception {
        RunStore store = store();
        get(store.write(RunWrite.of(task("a"), 7, List.of(record(1, "one")))));
        server.down();
        RunWrite second = RunWrite.of(task("a"), 7, List.of(record(2, "two")));
        assertThatThrownBy(() -> get(store.write(second))).isInstanceOfSatisfying(RunStoreException.class, down -> {
            assertThat(down.kind()).isEqualTo(RunStoreException.Kind.DOWN);
            assertThat(down.getMessage()).contains("PostgreSQL could not write run a");
        });

        server.up();
        get(store.write(second));

        assertThat(get(store.read(RunId.of("a"))).orElseThrow().records()).hasSize(2);
    }

    // I11: the driver's messages show statements with their values, and the server's the row that it refuses
    @Test
    void write_thatIsRefused_isToldWithoutItsContent() throws Exception {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(server.url());
        source.setUser("exai");
        for (RunStore store : List.of(store(), JdbcRunStore.postgres(source, 1))) {
            try (Connection connection = DriverManager.getConnection(server.url(), "exai", "");
                    Statement statement = connection.createStatement()) {
                statement.execute("ALTER TABLE exai_record DROP CONSTRAINT IF EXISTS short");
                statement.execute("ALTER TABLE exai_record ADD CONSTRAINT short CHECK (length(text) < 5)");
            }
            RunWrite write = RunWrite.of(task("a"), 7, List.of(record(1, "a secret prompt\nof two lines")));

            assertThatThrownBy(() -> get(store.write(write))).isInstanceOfSatisfying(RunStoreException.class, told -> {
                StringWriter printed = new StringWriter();
                told.printStackTrace(new PrintWriter(printed));
                assertThat(told.getMessage()).contains("PostgreSQL could not write run a: ERROR:", "\"short\"");
                assertThat(printed.toString()).doesNotContain("secret", "two lines");
            });
            store.close();
        }
    }

    @Test
    void server_thatIsNotThere_isToldAtOnce() {
        assertThatThrownBy(() -> JdbcRunStore.postgres("jdbc:postgresql://127.0.0.1:1/postgres", "exai", "secret"))
                .isInstanceOf(RunStoreException.class)
                .hasMessageNotContaining("secret");
    }
}
