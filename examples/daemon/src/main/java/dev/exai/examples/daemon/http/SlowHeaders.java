package dev.exai.examples.daemon.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.context.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Closes connections whose request header trickles in: one byte now and then is progress to an idle limit, and holds a
 * connection for ever. A header that has begun must be whole within a time.
 */
public final class SlowHeaders extends Handler.Wrapper implements Connection.Listener {
    private final Scheduler scheduler;
    private final Duration limit;

    @GuardedBy("open")
    private final Map<Connection, State> open = new HashMap<>();

    /**
     * Creates the watch.
     *
     * @param scheduler the clock
     * @param limit the time that a header may take
     */
    public SlowHeaders(Scheduler scheduler, Duration limit) {
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        this.limit = Objects.requireNonNull(limit, "limit");
    }

    private static final class State {
        private int requests;
        private long bytesAtRest;
        private boolean begun;
        private long begunNanos;
    }

    @Override
    public void onOpened(Connection connection) {
        if (connection instanceof ConnectionMetaData) { // HTTP, not WebSocket
            synchronized (open) {
                open.put(connection, new State());
            }
        }
    }

    @Override
    public void onClosed(Connection connection) {
        synchronized (open) {
            open.remove(connection);
        }
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        Connection connection = request.getConnectionMetaData().getConnection();
        synchronized (open) {
            State state = open.get(connection);
            if (state != null) {
                state.requests++;
                state.begun = false;
            }
        }
        Request.addCompletionListener(request, failure -> atRest(connection));
        return super.handle(request, response, callback);
    }

    private void atRest(Connection connection) {
        synchronized (open) {
            State state = open.get(connection);
            if (state != null) {
                state.requests--;
                state.bytesAtRest = connection.getBytesIn();
            }
        }
    }

    /** Closes what has taken too long; to be called about once a second. */
    public void sweep() {
        long now = scheduler.nanoTime();
        List<Connection> late = new ArrayList<>();
        synchronized (open) {
            open.forEach((connection, state) -> {
                if (state.requests > 0 || connection.getBytesIn() <= state.bytesAtRest) {
                    state.begun = false;
                } else if (!state.begun) {
                    state.begun = true;
                    state.begunNanos = now;
                } else if (now - state.begunNanos > limit.toNanos()) {
                    late.add(connection);
                }
            });
        }
        late.forEach(connection -> connection.getEndPoint().close());
    }
}
