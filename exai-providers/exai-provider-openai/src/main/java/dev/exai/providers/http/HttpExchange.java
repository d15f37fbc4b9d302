package dev.exai.providers.http;

import dev.exai.context.Deadline;
import dev.exai.context.Scheduler;
import dev.exai.error.AttemptTimeoutException;
import dev.exai.spi.Exchange;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.Buffer;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request under way, run by one thread, which alone talks to the reader: so the reader is told one thing at a time
 * and exactly one end.
 */
final class HttpExchange implements Exchange, Runnable {
    /*
     * State      phase says what stopped the exchange, if anything did; lookup is the name look-up that it waits for.
     * Owner      phase: whoever moves it out of CONNECTING or RUNNING first. Everything else: the exchange's thread.
     * Hand-off   Other threads only move phase and cancel the OkHttp call; the exchange's thread then meets an
     *            IOException, looks at phase, and tells the reader why.
     * Ordering   lookup and the call's cancelled flag are volatile, and each side writes its own before it reads the
     *            other's: a look-up that starts as the call is cancelled is ended by one of the two.
     * Progress   Every wait of the thread (name look-up, connect, TLS, write, read) ends when the call is cancelled.
     * Once more  The call is replaced by a copy when the first was sent on a pooled connection that proves dead. The
     *            exchange's thread puts the copy there before it reads phase, and others move phase before they read
     *            the call: one of the two cancels the copy.
     */
    private enum Phase {
        CONNECTING,
        RUNNING,
        CONNECT_EXPIRED,
        LINGERED,
        ABORTED,
        OVER
    }

    private static final Logger log = LoggerFactory.getLogger(HttpExchange.class);
    private static final ThreadLocal<HttpExchange> CURRENT = new ThreadLocal<>();
    private static final Duration LINGER = Duration.ofSeconds(3);

    /** A connection that lasts longer than this under a request was alive, so the server may be at work on it. */
    private static final Duration DEAD_ON_USE = Duration.ofSeconds(2);

    private final OkHttpClient client;
    private final ResponseReader reader;
    private final Duration connectLimit;
    private final Scheduler timer;
    private final Consumer<HttpExchange> whenOver;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.CONNECTING);
    private final Buffer.UnsafeCursor segment = new Buffer.UnsafeCursor();
    private final long startNanos;
    private volatile Call call;
    private volatile @Nullable CompletableFuture<?> lookup;
    private Scheduler.@Nullable Scheduled connecting;
    private Scheduler.@Nullable Scheduled lingering;
    private boolean reused;

    HttpExchange(
            OkHttpClient client,
            Request.Builder request,
            ResponseReader reader,
            Duration connectLimit,
            Scheduler timer,
            Consumer<HttpExchange> whenOver) {
        this.client = client;
        this.call = client.newCall(request.tag(HttpExchange.class, this).build());
        this.reader = reader;
        this.connectLimit = connectLimit;
        this.timer = timer;
        this.whenOver = whenOver;
        this.startNanos = timer.nanoTime();
    }

    /** {@return the exchange that the current thread runs, or null} */
    static @Nullable HttpExchange current() {
        return CURRENT.get();
    }

    /**
     * Marks the exchange and cancels the OkHttp call on the calling thread. That does not block over HTTP/1.1: OkHttp
     * closes the raw socket below TLS, so no close message is written, and closing a TCP socket only wakes its reader.
     */
    @Override
    public void abort() {
        stop(Phase.ABORTED);
    }

    /**
     * Starts the connect limit, on the exchange's thread, if it does not run yet. An exchange that finds a connection
     * which stands already needs none, and most do.
     */
    void connecting() {
        if (connecting == null) {
            Duration limit = connectLimit.compareTo(Deadline.LONGEST) > 0 ? Deadline.LONGEST : connectLimit;
            long left = limit.toNanos() - (timer.nanoTime() - startNanos);
            connecting = timer.schedule(Duration.ofNanos(Math.max(0, left)), () -> stop(Phase.CONNECT_EXPIRED));
        }
    }

    /** Says that a connection stands. */
    void connected() {
        phase.compareAndSet(Phase.CONNECTING, Phase.RUNNING);
    }

    /** Says whether the connection that was got served another exchange before. */
    void setReused(boolean value) {
        reused = value;
    }

    /** Remembers the look-up that the exchange's thread is about to wait for, and ends it if that is already moot. */
    void setLookup(CompletableFuture<?> future) {
        lookup = future;
        if (call.isCanceled()) {
            future.completeExceptionally(new InterruptedIOException("given up"));
        }
    }

    private void stop(Phase why) {
        Phase now = phase.get();
        while (now == Phase.CONNECTING || now == Phase.RUNNING) {
            if (why == Phase.CONNECT_EXPIRED && now == Phase.RUNNING) {
                return; // connected in the same moment: the limit was kept
            }
            if (phase.compareAndSet(now, why)) {
                call.cancel();
                CompletableFuture<?> waiting = lookup;
                if (waiting != null) {
                    waiting.completeExceptionally(new InterruptedIOException("given up"));
                }
                return;
            }
            now = phase.get();
        }
    }

    @Override
    public void run() {
        CURRENT.set(this);
        Runnable end;
        try {
            end = exchange();
        } catch (Throwable e) { // the reader must hear of an end whatever went wrong
            call.cancel();
            Runnable stopped = stopped();
            end = stopped != null ? stopped : () -> reader.crashed(e);
        } finally {
            CURRENT.remove();
            cancel(connecting);
            cancel(lingering);
            phase.set(Phase.OVER);
            whenOver.accept(this);
        }
        try {
            end.run();
        } catch (RuntimeException
                | Error e) { // a reader must not throw; whoever waits must hear of an end all the same
            log.error(
                    "A reader threw {} at the end of its exchange", e.getClass().getName());
            crash(e);
        }
    }

    private void crash(Throwable cause) {
        try {
            reader.crashed(cause);
        } catch (RuntimeException | Error again) {
            log.error(
                    "A reader threw {} when it was told that it had crashed",
                    again.getClass().getName());
        }
    }

    private static void cancel(Scheduler.@Nullable Scheduled timer) {
        if (timer != null) {
            timer.cancel();
        }
    }

    /**
     * Sends the request; once more, over a new connection, if it went to a pooled one that was dead. That is no attempt
     * of the caller's, for no answer had begun and the server had left before it could have worked on it.
     */
    private Response execute() throws IOException {
        long sentNanos = timer.nanoTime();
        try {
            return call.execute();
        } catch (IOException e) {
            boolean atOnce = timer.nanoTime() - sentNanos < DEAD_ON_USE.toNanos();
            if (!reused || !atOnce || !Reuse.isDead(e) || !phase.compareAndSet(Phase.RUNNING, Phase.CONNECTING)) {
                throw e;
            }
            log.debug("A pooled connection was dead; the request is sent once more over a new one", e);
        }
        cancel(connecting);
        connecting = null; // the new one starts it again, for what is left of it
        client.connectionPool().evictAll(); // where one was dead, others that are idle may be
        call = call.clone();
        if (stopped() != null) { // in the same moment, with the first call cancelled
            call.cancel();
        }
        return call.execute();
    }

    /** {@return how to tell the reader of the end} When this returns, the connection is given back or closed. */
    private Runnable exchange() {
        boolean headTaken = false;
        try (Response response = execute()) {
            headTaken = true;
            ResponseReader.Demand demand = reader.head(new Head(response));
            BufferedSource body = response.body().source();
            while (demand != ResponseReader.Demand.ENOUGH) {
                if (demand == ResponseReader.Demand.LINGER && lingering == null) {
                    lingering = timer.schedule(LINGER, () -> stop(Phase.LINGERED));
                }
                if (!body.request(1)) {
                    break;
                }
                demand = handOn(body.getBuffer());
            }
            return reader::over;
        } catch (IOException e) {
            Runnable stopped = stopped();
            if (stopped != null) {
                return stopped;
            }
            // A reader that lingers has what it needs; the rest was courtesy.
            return headTaken && lingering != null ? reader::over : () -> reader.broken(e);
        }
    }

    /** Has the reader take what stands in the buffer's first segment, where it stands. */
    private ResponseReader.Demand handOn(Buffer buffer) throws IOException {
        ResponseReader.Demand demand;
        int length;
        try (Buffer.UnsafeCursor cursor = buffer.readUnsafe(segment)) {
            length = cursor.next();
            demand = reader.body(Objects.requireNonNull(cursor.data), cursor.start, length);
        }
        buffer.skip(length);
        return demand;
    }

    /** {@return how to tell the reader that this side stopped the exchange, or null if it did not} */
    private @Nullable Runnable stopped() {
        Phase why = phase.get();
        if (why == Phase.ABORTED) {
            return reader::aborted;
        }
        if (why == Phase.CONNECT_EXPIRED) {
            return () ->
                    reader.timedOut(new AttemptTimeoutException(AttemptTimeoutException.Limit.CONNECT, connectLimit));
        }
        return null;
    }
}
