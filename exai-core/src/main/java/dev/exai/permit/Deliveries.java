package dev.exai.permit;

import dev.exai.context.CallContext;
import dev.exai.context.ProviderId;
import dev.exai.context.Scheduler;
import dev.exai.error.ExaiException;
import dev.exai.error.InternalErrorException;
import dev.exai.event.ExaiEvent;
import dev.exai.permit.PermitRequest.State;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells owners of requests, and the sink of events, what the ledger decided.
 */
final class Deliveries {
    /*
     * Under the lock   The methods that take an Aftermath collect; publish() puts the events in line, so their order is
     *                  that of the changes, whichever thread tells them.
     * After it         run() tells. Events are told by one thread at a time, which may tell those of others too: the
     *                  sink does not block. Deliveries go to the pool's executor, each on its own.
     * Invariant        A permit hangs on every delivery: whatever an executor or a listener throws, it goes back.
     */
    private static final Logger log = LoggerFactory.getLogger(Deliveries.class);

    private final Scheduler scheduler;
    private final Executor executor;
    private final @Nullable Consumer<ExaiEvent> sink;
    private final Effects effects = new Effects();
    private final Queue<ExaiEvent> line = new ConcurrentLinkedQueue<>();
    private final AtomicInteger toTell = new AtomicInteger();

    Deliveries(Scheduler scheduler, Executor executor, @Nullable Consumer<ExaiEvent> sink) {
        this.scheduler = scheduler;
        this.executor = executor;
        this.sink = sink;
    }

    // Under the pool's lock

    void queued(PermitRequest request, long now, Aftermath after) {
        if (sink != null) {
            after.events.add(new ExaiEvent.PermitQueued(now, request.context, provider(request), ""));
        }
    }

    void left(PermitRequest request, String how, long now, Aftermath after) {
        if (sink != null) {
            after.events.add(new ExaiEvent.PermitLeft(now, request.context, provider(request), how));
        }
    }

    void returned(PermitRequest request, long now, Aftermath after) {
        if (sink != null) {
            cleared(request, "closed", now, after);
            after.events.add(new ExaiEvent.PermitReturned(now, request.context, provider(request), "closed"));
        }
    }

    void suspect(PermitRequest request, long now, Aftermath after) {
        if (sink != null) {
            after.events.add(new ExaiEvent.PermitSuspect(now, request.context, provider(request), "held for too long"));
        }
        tellOverdue(request, after);
    }

    void touched(PermitRequest request, long now, Aftermath after) {
        if (sink != null) {
            cleared(request, "touched", now, after);
        }
    }

    void revoked(PermitRequest request, long now, Aftermath after) {
        if (sink != null) {
            cleared(request, "revoked", now, after);
            after.events.add(new ExaiEvent.PermitReturned(now, request.context, provider(request), "revoked"));
        }
        after.effects.add(() -> log.warn(
                "The permit of {} for {} was revoked, because it was held for too long; asked for at {}",
                request.context,
                request.path(),
                request.context.origin()));
    }

    void returnedLate(PermitRequest request, long now, Aftermath after) {
        if (sink != null) {
            after.events.add(new ExaiEvent.PermitReturnedLate(now, request.context, provider(request), ""));
        }
    }

    void tellOverdue(PermitRequest request, Aftermath after) {
        Runnable action = request.onOverdue;
        if (action != null) {
            request.onOverdue = null;
            after.effects.add(() -> executor.execute(action));
        }
    }

    private void cleared(PermitRequest request, String how, long now, Aftermath after) {
        if (request.suspect) {
            after.events.add(new ExaiEvent.PermitCleared(now, request.context, provider(request), how));
        }
    }

    void refused(CallContext context, PermitPath path, ExaiException why, long now, Aftermath after) {
        if (sink != null) {
            after.events.add(new ExaiEvent.PermitRefused(now, context, path.provider(), why.summary()));
        }
    }

    void granted(PermitRequest request, long now, Aftermath after) {
        left(request, "granted", now, after);
        if (sink != null) {
            after.events.add(new ExaiEvent.PermitGranted(now, request.context, provider(request), ""));
        }
        Thread waiter = request.waiter;
        PermitRequest.Listener listener = request.listener;
        if (waiter != null) {
            after.effects.add(() -> LockSupport.unpark(waiter));
        } else if (listener != null) {
            after.effects.add(() -> deliver(request, listener));
        }
    }

    void failed(PermitRequest request, ExaiException failure, String how, long now, Aftermath after) {
        left(request, how, now, after);
        Thread waiter = request.waiter;
        PermitRequest.Listener listener = request.listener;
        if (waiter != null) {
            after.effects.add(() -> LockSupport.unpark(waiter));
        } else if (listener != null) {
            after.effects.add(() -> tell(request, listener, failure));
        }
    }

    void resized(PermitLimits limits, long now, Aftermath after) {
        if (sink != null) {
            after.events.add(new ExaiEvent.PoolResized(now, limits.toString()));
        }
    }

    void paused(ProviderId provider, Duration length, long now, Aftermath after) {
        if (sink != null) {
            after.events.add(new ExaiEvent.ProviderPaused(now, provider, "for " + length.toMillis() + " ms"));
        }
    }

    void resumed(ProviderId provider, String why, long now, Aftermath after) {
        if (sink != null) {
            after.events.add(new ExaiEvent.ProviderResumed(now, provider, why));
        }
    }

    /** Puts the events of a change in line; the last thing to be done under the lock. */
    void publish(Aftermath after) {
        line.addAll(after.events);
    }

    // After it

    void run(Aftermath after) {
        if (!after.events.isEmpty()) {
            tellEvents();
        }
        effects.run(after.effects);
    }

    /** Tells what stands in line, unless another thread is at it, which then tells ours too. */
    private void tellEvents() {
        if (toTell.getAndIncrement() > 0) {
            return;
        }
        int told = 1;
        while (told != 0) {
            for (ExaiEvent event = line.poll(); event != null; event = line.poll()) {
                tell(event);
            }
            told = toTell.addAndGet(-told);
        }
    }

    private void tell(ExaiEvent event) {
        Consumer<ExaiEvent> listening = sink;
        try {
            if (listening != null) {
                listening.accept(event);
            }
        } catch (Throwable e) {
            log.error("The sink of events threw at {}", event, e);
        }
    }

    private void deliver(PermitRequest request, PermitRequest.Listener listener) {
        try {
            executor.execute(() -> {
                if (request.state() != State.HELD) {
                    return; // cancelled on the way
                }
                try {
                    listener.granted(new Permit(request));
                } catch (Throwable e) {
                    log.error("The listener of {} threw; its permit goes back", request, e);
                    request.end();
                }
            });
        } catch (Throwable e) { // mostly RejectedExecutionException, but a permit hangs on it
            request.end();
            InternalErrorException failure =
                    new InternalErrorException("The executor of the permit pool refused a task", e);
            scheduler.schedule(Duration.ZERO, () -> tellNow(request, listener, failure));
        }
    }

    private void tell(PermitRequest request, PermitRequest.Listener listener, ExaiException failure) {
        try {
            executor.execute(() -> tellNow(request, listener, failure));
        } catch (Throwable e) { // as above: the listener waits for this
            scheduler.schedule(Duration.ZERO, () -> tellNow(request, listener, failure));
        }
    }

    private static void tellNow(PermitRequest request, PermitRequest.Listener listener, ExaiException failure) {
        if (request.cancelled) {
            return; // its owner gave up while this was on the way
        }
        try {
            listener.failed(failure);
        } catch (Throwable e) {
            log.error("The listener of {} threw", request, e);
        }
    }

    private static ProviderId provider(PermitRequest request) {
        return request.path().provider();
    }
}
