package dev.exai.store.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import dev.exai.run.store.RunStoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import javax.sql.DataSource;

/** PostgreSQL through a pool of connections, with a thread for each. */
final class PooledDatabase implements Database {
    private static final long CONNECT_MILLIS = 5_000;
    private static final int SOCKET_SECONDS = 30;

    private final DataSource source;
    private final Runnable close;
    private final ExecutorService threads;

    private PooledDatabase(DataSource source, Runnable close, int connections) {
        this.source = source;
        this.close = close;
        this.threads = Worker.threads("exai-store", connections);
    }

    static PooledDatabase connect(String url, String user, String password, int connections) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("exai-store");
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword(password);
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECT_MILLIS);
        config.addDataSourceProperty("socketTimeout", SOCKET_SECONDS);
        config.addDataSourceProperty("tcpKeepAlive", true);
        config.addDataSourceProperty("logServerErrorDetail", false); // else messages show rows and values (I11)
        HikariDataSource pool;
        try {
            pool = new HikariDataSource(config);
        } catch (HikariPool.PoolInitializationException e) {
            throw e.getCause() instanceof SQLException failure
                    ? Dialect.POSTGRES.told("be reached", failure)
                    : new RunStoreException(RunStoreException.Kind.DOWN, "PostgreSQL could not be reached", e);
        } catch (RuntimeException noDriver) {
            throw new IllegalStateException(
                    "the driver of PostgreSQL is not there, or the url is not one of its: add"
                            + " org.postgresql:postgresql",
                    noDriver);
        }
        try {
            return prepared(new PooledDatabase(pool, pool::close, connections));
        } catch (RuntimeException e) {
            pool.close();
            throw e;
        }
    }

    static PooledDatabase over(DataSource source, int connections) {
        if (connections < 1) {
            throw new IllegalArgumentException("connections < 1: " + connections);
        }
        return prepared(new PooledDatabase(source, () -> {}, connections));
    }

    private static PooledDatabase prepared(PooledDatabase database) {
        try (Connection connection = database.source.getConnection()) {
            Migrations.apply(connection, Dialect.POSTGRES);
            return database;
        } catch (SQLException e) {
            Worker.end(database.threads);
            throw Dialect.POSTGRES.told("be reached", e);
        } catch (RuntimeException e) {
            Worker.end(database.threads);
            throw e;
        }
    }

    @Override
    public <T> CompletableFuture<T> change(String what, Work<T> work) {
        return Worker.ask(threads, Dialect.POSTGRES, what, () -> transaction(work));
    }

    private <T> T transaction(Work<T> work) throws SQLException {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T value = work.on(connection);
                connection.commit();
                return value;
            } catch (SQLException | RuntimeException | Error e) {
                try {
                    connection.rollback();
                } catch (SQLException lost) {
                    e.addSuppressed(lost);
                }
                throw e;
            }
        }
    }

    @Override
    public <T> CompletableFuture<T> read(String what, Work<T> work) {
        return change(what, work);
    }

    @Override
    public void close() {
        Worker.end(threads);
        close.run();
    }
}
