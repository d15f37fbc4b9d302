package dev.exai.examples.daemon.mcp;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.context.Scheduler;
import dev.exai.examples.daemon.http.Ticks;
import dev.exai.examples.daemon.tool.Job;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Tells a client that its job goes on, whether it waits or works, so that the client does not give up; never after the end. */
final class Progress implements AutoCloseable {
    private final McpAsyncServerExchange exchange;
    private final Object token;
    private final Job job;

    @GuardedBy("this")
    private long count;

    @GuardedBy("this")
    private boolean over;

    @GuardedBy("this")
    private @Nullable Ticks ticks;

    private Progress(McpAsyncServerExchange exchange, Object token, Job job) {
        this.exchange = exchange;
        this.token = token;
        this.job = job;
    }

    static Progress begin(
            McpAsyncServerExchange exchange, Object token, Job job, Scheduler scheduler, Duration interval) {
        Progress progress = new Progress(exchange, token, job);
        progress.say();
        synchronized (progress) {
            if (!progress.over) {
                progress.ticks = Ticks.every(scheduler, interval, progress::say);
            }
        }
        return progress;
    }

    /** Under the lock, so that none comes after close: the transport only puts it into an outbox. */
    private synchronized void say() {
        if (!over) {
            exchange.progressNotification(McpSchema.ProgressNotification.builder(token, (double) ++count)
                            .message(job.state())
                            .build())
                    .subscribe(nothing -> {}, gone -> {});
        }
    }

    @Override
    public void close() {
        Ticks begun;
        synchronized (this) {
            over = true;
            begun = ticks;
        }
        if (begun != null) {
            begun.close();
        }
    }
}
