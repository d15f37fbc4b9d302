package dev.exai.examples.daemon.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.context.Scheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;

/**
 * Sends pieces to one client, in order, one at a time. Whoever adds a piece never waits and never writes: a slow client
 * holds nobody, and is cut off when too much has gathered or a write takes too long. Safe for use by many threads.
 */
public final class Outbox {
    /** Where the pieces go. */
    @FunctionalInterface
    public interface Wire {
        /**
         * Writes a piece; never called again before the callback.
         *
         * @param piece the piece, empty if there is none left and this is the end
         * @param last whether it is the end
         * @param callback is told when it was written
         */
        void write(String piece, boolean last, Callback callback);
    }

    private final Wire wire;
    private final Executor executor;
    private final Scheduler scheduler;
    private final int limit;
    private final Runnable onFailure;
    private final Pump pump = new Pump();

    @GuardedBy("this")
    private final Deque<String> waiting = new ArrayDeque<>();

    @GuardedBy("this")
    private long waitingChars;

    @GuardedBy("this")
    private boolean ending;

    @GuardedBy("this")
    private boolean over;

    @GuardedBy("this")
    private boolean writing;

    @GuardedBy("this")
    private long writingSince;

    /**
     * Creates an outbox.
     *
     * @param wire where the pieces go
     * @param executor does the writing
     * @param scheduler the clock
     * @param limit the most characters that may wait
     * @param onFailure is told once, when the client is gone or was cut off
     */
    public Outbox(Wire wire, Executor executor, Scheduler scheduler, int limit, Runnable onFailure) {
        this.wire = Objects.requireNonNull(wire, "wire");
        this.executor = Objects.requireNonNull(executor, "executor");
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        this.limit = limit;
        this.onFailure = Objects.requireNonNull(onFailure, "onFailure");
    }

    /**
     * Adds a piece.
     *
     * @param piece the piece, not empty
     * @return whether it was taken: not after the end, and not if too much waits, which cuts the client off
     */
    public boolean send(String piece) {
        boolean full;
        synchronized (this) {
            if (over || ending) {
                return false;
            }
            full = waitingChars + piece.length() > limit && !waiting.isEmpty();
            if (!full) {
                waiting.add(piece);
                waitingChars += piece.length();
            }
        }
        if (full) {
            fail();
            return false;
        }
        pump();
        return true;
    }

    private void pump() {
        try {
            executor.execute(pump::iterate);
        } catch (RejectedExecutionException stopped) {
            fail();
        }
    }

    /**
     * Adds a piece if nothing waits and nothing is being written: for signs of life.
     *
     * @param piece the piece, not empty
     */
    public void sendIfIdle(String piece) {
        synchronized (this) {
            if (over || ending || writing || !waiting.isEmpty()) {
                return;
            }
        }
        send(piece);
    }

    /** Ends after what was added so far. */
    public void end() {
        synchronized (this) {
            if (over || ending) {
                return;
            }
            ending = true;
        }
        pump();
    }

    /**
     * {@return whether a write has taken longer than that}
     *
     * @param time how long is too long
     */
    public synchronized boolean isStalled(Duration time) {
        return writing && scheduler.nanoTime() - writingSince > time.toNanos();
    }

    /** {@return whether no piece goes out any more} */
    public synchronized boolean isOver() {
        return over;
    }

    /** Gives up, and says so once. */
    public void fail() {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            waiting.clear();
            waitingChars = 0;
        }
        onFailure.run();
    }

    private final class Pump extends IteratingCallback {
        @Override
        protected Action process() {
            String piece;
            boolean last;
            synchronized (Outbox.this) {
                writing = false;
                if (over) {
                    return Action.IDLE;
                }
                piece = waiting.poll();
                if (piece == null) {
                    if (!ending) {
                        return Action.IDLE;
                    }
                    over = true;
                    piece = "";
                    last = true;
                } else {
                    waitingChars -= piece.length();
                    last = false;
                }
                writing = true;
                writingSince = scheduler.nanoTime();
            }
            wire.write(piece, last, this);
            return Action.SCHEDULED;
        }

        @Override
        protected void onCompleteFailure(Throwable cause) {
            synchronized (Outbox.this) {
                writing = false;
            }
            fail();
        }
    }
}
