package dev.exai.testkit.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** One stream of an HTTP/2 connection. */
final class Http2Wire implements Wire {
    /*
     * State      whether the client has left; the thread that answers waits for it on the lock.
     * Owner      lock guards it; Jetty's threads set it, once and for all.
     */
    private static final String NONSENSE = "\u0016\u0003 this is no answer\r\n\r\n";

    private final Stream stream;
    private final Object lock = new Object();
    private @Nullable Duration byteDelay;

    @GuardedBy("lock")
    private boolean left;

    Http2Wire(Stream stream) {
        this.stream = stream;
    }

    /** Says that nothing more can be sent: the client has left, or the server is closed. */
    void leave() {
        synchronized (lock) {
            left = true;
            lock.notifyAll();
        }
    }

    @Override
    public void pause(Duration time) throws IOException {
        long until = System.nanoTime() + time.toNanos();
        try {
            synchronized (lock) {
                for (long rest = time.toNanos(); !left && rest > 0; rest = until - System.nanoTime()) {
                    TimeUnit.NANOSECONDS.timedWait(lock, rest);
                }
                checkStays();
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    @Override
    public void awaitLeaving() throws IOException {
        try {
            synchronized (lock) {
                while (!left) {
                    lock.wait();
                }
                checkStays();
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    @GuardedBy("lock")
    private void checkStays() throws ClientLeftException {
        if (left) {
            throw new ClientLeftException();
        }
    }

    private static IOException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IOException("interrupted", e);
    }

    @Override
    public void writeWith(@Nullable Duration delay) {
        byteDelay = delay;
    }

    @Override
    public void head(int status, Map<String, String> headers, long length) throws IOException {
        HttpFields.Mutable fields = HttpFields.build();
        headers.forEach((name, value) -> fields.put(name.toLowerCase(Locale.ROOT), value));
        MetaData.Response response =
                new MetaData.Response(status, null, HttpVersion.HTTP_2, fields, length == UNKNOWN ? -1 : length);
        await(stream.headers(new HeadersFrame(stream.getId(), response, null, false)));
    }

    @Override
    public void body(byte[] part) throws IOException {
        Duration delay = byteDelay;
        if (delay == null) {
            send(part, false);
            return;
        }
        for (byte each : part) {
            pause(delay);
            send(new byte[] {each}, false);
        }
    }

    @Override
    public void end(byte[] last) throws IOException {
        if (byteDelay != null) {
            body(last);
            send(new byte[0], true);
        } else {
            send(last, true);
        }
    }

    private void send(byte[] bytes, boolean isLast) throws IOException {
        await(stream.data(new DataFrame(stream.getId(), ByteBuffer.wrap(bytes), isLast)));
    }

    private static void await(CompletableFuture<?> sent) throws IOException {
        try {
            sent.get();
        } catch (ExecutionException e) {
            throw new IOException("could not be sent", e.getCause());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    @Override
    public void reset() throws IOException {
        await(stream.reset(new ResetFrame(stream.getId(), ErrorCode.INTERNAL_ERROR.code)));
    }

    /** Closes the connection, with all its streams. */
    @Override
    public void halfClose() {
        ((HTTP2Session) stream.getSession()).getEndPoint().close();
    }

    /** Sends what no frame may hold at this place, and closes the connection. */
    @Override
    public void nonsense() throws IOException {
        HTTP2Session session = (HTTP2Session) stream.getSession();
        CompletableFuture<Void> written = new CompletableFuture<>();
        Callback told = Callback.from(() -> written.complete(null), written::completeExceptionally);
        session.getEndPoint().write(told, ByteBuffer.wrap(NONSENSE.getBytes(StandardCharsets.UTF_8)));
        await(written);
        session.getEndPoint().close();
    }
}
