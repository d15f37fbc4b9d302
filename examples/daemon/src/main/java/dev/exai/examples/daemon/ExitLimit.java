package dev.exai.examples.daemon;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.context.Scheduler;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Objects;

/**
 * Ends the process a fixed time after its input has ended, whatever still goes on in it: the client that started it has gone.
 * The way down is orderly and takes some milliseconds; this is for the day when it does not. Safe for use by many threads.
 */
final class ExitLimit {
    private final Scheduler scheduler;
    private final Duration limit;
    private final Runnable exit;

    @GuardedBy("this")
    private boolean ended;

    @GuardedBy("this")
    private long endedNanos;

    /**
     * Creates the limit.
     *
     * @param scheduler the clock, which nothing on the way down closes
     * @param limit the time from the end of the input on
     * @param exit ends the process
     */
    ExitLimit(Scheduler scheduler, Duration limit, Runnable exit) {
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        this.limit = Objects.requireNonNull(limit, "limit");
        this.exit = Objects.requireNonNull(exit, "exit");
    }

    /** {@return the input, whose end is noticed; a failure is an end too} */
    InputStream watch(InputStream input) {
        return new FilterInputStream(input) {
            @Override
            public int read() throws IOException {
                return seen(() -> in.read());
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return seen(() -> in.read(bytes, offset, length));
            }
        };
    }

    private interface Reading {
        int read() throws IOException;
    }

    private int seen(Reading reading) throws IOException {
        int read = -1;
        try {
            read = reading.read();
            return read;
        } finally {
            if (read == -1) {
                inputEnded();
            }
        }
    }

    private void inputEnded() {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            endedNanos = scheduler.nanoTime();
        }
        scheduler.schedule(limit, exit);
    }

    /** {@return how long ago the input ended; zero if it has not} */
    synchronized Duration sinceEnd() {
        return ended ? Duration.ofNanos(scheduler.nanoTime() - endedNanos) : Duration.ZERO;
    }
}
