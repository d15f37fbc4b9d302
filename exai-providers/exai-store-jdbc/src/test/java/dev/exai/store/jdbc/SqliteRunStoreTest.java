package dev.exai.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.context.RunId;
import dev.exai.run.store.RunStore;
import dev.exai.run.store.RunStoreException;
import dev.exai.run.store.RunWrite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of stores, kept by SQLite, and what is its own. */
class SqliteRunStoreTest extends RunStoreRules {
    @TempDir
    Path folder;

    @Override
    RunStore open() {
        return JdbcRunStore.sqlite(folder.resolve("runs.db"));
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("runs.db"));
    }

    @Test
    void file_isInWalMode_withTablesOfTheNewestVersion() throws SQLException {
        store();
        store(); // opening again changes nothing
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            try (ResultSet mode = statement.executeQuery("PRAGMA journal_mode")) {
                assertThat(mode.getString(1)).isEqualTo("wal");
            }
            try (ResultSet version = statement.executeQuery("SELECT COUNT(*), MAX(version) FROM exai_schema")) {
                assertThat(version.getInt(1)).isEqualTo(1);
                assertThat(version.getInt(2)).isEqualTo(1);
            }
        }
    }

    @Test
    void tables_ofANewerVersion_areRefused() throws SQLException {
        store().close();
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO exai_schema VALUES (99)");
        }

        assertThatThrownBy(this::open)
                .isInstanceOf(RunStoreException.class)
                .hasMessageContaining("version 99")
                .hasMessageContaining("use a newer one");
    }

    @Test
    void file_thatCannotBeOpened_isToldWithoutItsFolder() throws Exception {
        Path broken =
                Files.writeString(folder.resolve("broken.db"), "this is no database, and it is long enough".repeat(9));

        assertThatThrownBy(() -> JdbcRunStore.sqlite(broken))
                .isInstanceOf(RunStoreException.class)
                .hasMessageContaining("SQLite could not")
                .hasMessageNotContaining(folder.toString());
    }

    // X2: a full disk is a clear failure, loses nothing that was kept, and passes
    @Test
    void disk_full_isToldAndPasses() throws Exception {
        RunStore store = store();
        get(store.write(RunWrite.of(task("a"), 7, List.of(record(1, "kept")))));
        setMostPages(store, 20);
        RunWrite large = RunWrite.of(task("a"), 7, List.of(record(2, "x".repeat(500_000))));

        assertThatThrownBy(() -> get(store.write(large))).isInstanceOfSatisfying(RunStoreException.class, full -> {
            assertThat(full.kind()).isEqualTo(RunStoreException.Kind.FULL);
            assertThat(full.isRetryable()).isTrue();
            assertThat(full.getMessage()).contains("full").doesNotContain("xxx");
        });

        setMostPages(store, 100_000);
        get(store.write(large));
        assertThat(get(store.read(RunId.of("a"))).orElseThrow().records()).hasSize(2);
    }

    private static Database database(RunStore store) throws ReflectiveOperationException {
        var field = JdbcRunStore.class.getDeclaredField("database");
        field.setAccessible(true);
        return (Database) field.get(store);
    }

    @Test
    void error_inAChangeOrAQuestion_isToldAndHarmsNoOther() throws Exception {
        RunStore store = store();
        Database.Work<Boolean> fails = connection -> {
            throw new StackOverflowError("too deep");
        };

        assertThatThrownBy(() -> get(database(store).change("fail", fails)))
                .hasRootCauseInstanceOf(StackOverflowError.class);
        assertThatThrownBy(() -> get(database(store).read("fail", fails)))
                .hasRootCauseInstanceOf(StackOverflowError.class);

        get(store.write(RunWrite.of(task("a"), 7, List.of(record(1, "kept")))));
        assertThat(get(store.read(RunId.of("a"))).orElseThrow().records()).hasSize(1);
    }

    // close, which does not wait any more <- changes and questions that are left
    @Test
    void close_whileTheDatabaseHangs_tellsThoseWhoWait() throws Exception {
        RunStore store = store();
        CountDownLatch never = new CountDownLatch(1);
        Database.Work<Boolean> hangs = connection -> {
            try {
                return never.await(1, TimeUnit.HOURS);
            } catch (InterruptedException closed) {
                throw new SQLException("interrupted", closed);
            }
        };
        CountDownLatch begun = new CountDownLatch(2);
        List<CompletableFuture<Boolean>> hanging = List.of(
                database(store).change("hang", connection -> {
                    begun.countDown();
                    return hangs.on(connection);
                }),
                database(store).read("hang", connection -> {
                    begun.countDown();
                    return hangs.on(connection);
                }));
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        var write = store.write(RunWrite.of(task("a"), 7, List.of(record(1, "left"))));
        var read = store.read(RunId.of("a"));

        Thread.currentThread().interrupt(); // so close does not wait
        store.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThatThrownBy(() -> get(write))
                .isInstanceOf(RunStoreException.class)
                .hasMessage("the store is closed");
        assertThatThrownBy(() -> get(read))
                .isInstanceOf(RunStoreException.class)
                .hasMessage("the store is closed");
        hanging.forEach(each -> assertThatThrownBy(() -> get(each)).isInstanceOf(RunStoreException.class));
    }

    /** Of the connection that writes: the limit is each connection's own. */
    private static void setMostPages(RunStore store, int pages) throws Exception {
        get(database(store).change("set a limit", connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute("PRAGMA max_page_count = " + pages);
            }
        }));
    }
}
