package dev.exai.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.run.store.RunStoreException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** I11: what a database says of a failure, without what runs have said. */
class DialectTest {
    /** What whoever logs it with its causes would write. */
    private static String printed(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private static RunStoreException told(SQLException failure) {
        return Dialect.POSTGRES.told("write run a", failure);
    }

    @Test
    void batch_isToldInTheWordsOfTheServer() {
        SQLException server = new SQLException(
                "ERROR: new row violates check constraint\n  Detail: Failing row contains (1, a secret prompt).",
                "23514");
        BatchUpdateException batch = new BatchUpdateException(
                "Batch entry 0 INSERT INTO exai_record VALUES ('a secret prompt') was aborted: " + server.getMessage(),
                "23514",
                new int[0],
                server);
        batch.setNextException(server);

        RunStoreException told = told(batch);

        assertThat(told).hasMessage("PostgreSQL could not write run a: ERROR: new row violates check constraint");
        assertThat(told.kind()).isEqualTo(RunStoreException.Kind.REFUSED);
        assertThat(told.getCause()).isInstanceOfSatisfying(SQLException.class, cause -> {
            assertThat(cause.getSQLState()).isEqualTo("23514");
            assertThat(cause.getStackTrace()).isEqualTo(batch.getStackTrace());
        });
        assertThat(printed(told)).doesNotContain("secret");
    }

    @Test
    void batch_ofWhichTheServerSaidNothing_isToldByItsState() {
        assertThat(told(new BatchUpdateException("INSERT ... a secret prompt", "08006", new int[0])))
                .hasMessage("PostgreSQL could not write run a: BatchUpdateException, SQLSTATE 08006")
                .satisfies(told -> assertThat(printed(told)).doesNotContain("secret"));
    }

    @Test
    void failureOfTheNetwork_keepsItsCause() {
        IOException cause = new IOException("Connection reset");

        RunStoreException told = told(new SQLException("An I/O error occurred", "08006", cause));

        assertThat(told.kind()).isEqualTo(RunStoreException.Kind.DOWN);
        assertThat(told).hasRootCause(cause);
    }
}
