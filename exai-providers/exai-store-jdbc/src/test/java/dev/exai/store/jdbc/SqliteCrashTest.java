package dev.exai.store.jdbc;

import dev.exai.run.store.RunStore;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** Processes that are killed, over SQLite. */
@Tag("ci")
class SqliteCrashTest extends CrashRules {
    private int made;

    @Override
    String newStore() {
        made++;
        return "sqlite:" + file();
    }

    private Path file() {
        return folder.resolve("runs" + made + ".db");
    }

    @Override
    RunStore open() {
        return JdbcRunStore.sqlite(file());
    }
}
