package dev.exai.providers.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.context.Scheduler;
import dev.exai.error.AttemptTimeoutException;
import dev.exai.providers.http.Redactor;
import dev.exai.providers.http.RetryAfter;
import dev.exai.spi.ApiKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Three roles of threads: the timer decides only, and what depends on an answer is code of users. */
class WholeReaderTest {
    private final List<Runnable> due = new ArrayList<>();
    private final Scheduler timer = new Scheduler() {
        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public Scheduled schedule(Duration delay, Runnable task) {
            due.add(task);
            return () -> due.remove(task);
        }
    };
    private final List<String> aborts = new ArrayList<>();
    private final WholeReader reader = new WholeReader(
            new Upstream(
                    "p",
                    Dialect.standard(),
                    new Redactor(ApiKey.of("key-of-test"), 300),
                    new RetryAfter(Clock.systemUTC())),
            Duration.ofSeconds(5),
            false);
    private final CompletableFuture<String> answer = reader.begin(() -> aborts.add("aborted"), timer);

    @Test
    void limit_abortsTheExchange_whichThenTellsWhy() {
        due.get(0).run();

        assertThat(aborts).hasSize(1);
        assertThat(answer).as("on the timer's thread").isNotDone();
        reader.aborted();
        assertThatThrownBy(answer::join)
                .hasCauseExactlyInstanceOf(AttemptTimeoutException.class)
                .hasMessageContaining("5");
    }

    @Test
    void limit_connectionBreaksWithIt_isTheLimit() {
        due.get(0).run();

        reader.broken(new IOException("Socket closed"));

        assertThatThrownBy(answer::join).hasCauseExactlyInstanceOf(AttemptTimeoutException.class);
    }

    // limit <- the answer, in the same moment
    @Test
    void limit_answerIsThere_isTheAnswer() {
        byte[] text = "{}".getBytes(StandardCharsets.UTF_8);
        reader.body(text, 0, text.length);
        due.get(0).run();

        reader.over();

        assertThat(answer).isCompletedWithValue("{}");
        assertThat(due).isEmpty();
    }

    @Test
    void aborted_withoutTheLimit_isCancelled() {
        reader.aborted();

        assertThatThrownBy(answer::join).isInstanceOf(CancellationException.class);
        assertThat(due).isEmpty();
    }
}
