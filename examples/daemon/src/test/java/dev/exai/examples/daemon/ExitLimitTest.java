package dev.exai.examples.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.testkit.time.ManualScheduler;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The end of input ends the process within two seconds, in virtual time. */
final class ExitLimitTest {
    private final ManualScheduler clock = ManualScheduler.create();
    private final AtomicInteger exits = new AtomicInteger();
    private final ExitLimit limit = new ExitLimit(clock, Main.STDIO_EXIT_LIMIT, exits::incrementAndGet);

    @Test
    void limit_isUnderTwoSeconds() {
        assertThat(Main.STDIO_EXIT_LIMIT).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void input_ends_theProcessEndsAfterTheLimitAndOnce() throws Exception {
        InputStream input = limit.watch(new ByteArrayInputStream("line\n".getBytes(StandardCharsets.UTF_8)));
        byte[] buffer = new byte[100];

        assertThat(input.read(buffer)).isEqualTo(5);
        clock.advance(Duration.ofDays(1));
        assertThat(exits).hasValue(0);
        assertThat(limit.sinceEnd()).isZero();

        assertThat(input.read(buffer)).isEqualTo(-1);
        assertThat(input.read()).isEqualTo(-1);
        clock.advance(Main.STDIO_EXIT_LIMIT.minusNanos(1));
        assertThat(exits).hasValue(0);
        assertThat(limit.sinceEnd()).isEqualTo(Main.STDIO_EXIT_LIMIT.minusNanos(1));
        clock.advance(Duration.ofNanos(1));
        assertThat(exits).hasValue(1);
        clock.advance(Duration.ofDays(1));
        assertThat(exits).hasValue(1);
    }

    @Test
    void input_fails_countsAsItsEnd() {
        InputStream input = limit.watch(new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("broken pipe");
            }
        });

        assertThatThrownBy(input::read).isInstanceOf(IOException.class);
        clock.advance(Main.STDIO_EXIT_LIMIT);

        assertThat(exits).hasValue(1);
    }
}
