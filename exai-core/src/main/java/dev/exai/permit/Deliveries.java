package dev.exai.permit;

import dev.exai.context.CallContext;
import dev.exai.context.ProviderId;
import dev.exai.context.Scheduler;
import dev.exai.error.ExaiException;
import dev.exai.error.InternalErrorException;
import dev.exai.error.PermitRevokedException;
import dev.exai.event.ExaiEvent;
import java.lang.ref.ReferenceQueue;
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
    private final Effects effects;
    private final @Nullable Probe probe;
    private final Queue<ExaiEvent> line = new ConcurrentLinkedQueue<>();
    private final AtomicInteger toTell = new AtomicInteger();
    private final ReferenceQueue<PermitRequest> dropped;

    Deliveries(
            Scheduler scheduler,
            Executor executor,
            @Nullable Consumer<ExaiEvent> sink,
            ReferenceQueue<PermitRequest> dropped,
            @Nullable Probe probe) {
        this.scheduler = scheduler;
        this.executor = executor;
        this.sink = sink;
        this.dropped = dropped;
        this.probe = probe;
        this.effects = new Effects(probe);
    }

    // Under the pool's lock

    void queued(Entry entry, long now, Aftermath after) {
        if (sink != null) {
            after.event(new ExaiEvent.PermitQueued(now, entry.context, provider(entry), ""));
        }
    }

    void left(Entry entry, String how, long now, Aftermath after) {
        if (sink != null) {
            after.event(new ExaiEvent.PermitLeft(now, entry.context, provider(entry), how));
        }
    }

    void returned(Entry entry, long now, Aftermath after) {
        if (sink != null) {
            cleared(entry, "closed", now, after);
            after.event(new ExaiEvent.PermitReturned(now, entry.context, provider(entry), "closed"));
        }
    }

    void suspect(Entry entry, long now, Aftermath after) {
        if (sink != null) {
            after.event(new ExaiEvent.PermitSuspect(now, entry.context, provider(entry), "held for too long"));
        }
        tellOverdue(entry, after);
    }

    void touched(Entry entry, long now, Aftermath after) {
        if (sink != null) {
            cleared(entry, "touched", now, after);
        }
    }

    void revoked(Entry entry, long now, Aftermath after) {
        if (sink != null) {
            cleared(entry, "revoked", now, after);
            after.event(new ExaiEvent.PermitReturned(now, entry.context, provider(entry), "revoked"));
        }
        after.effect(() -> log.warn(
                "The permit of {} for {} was revoked, because it was held for too long; asked for at {}",
                entry.context,
                entry.path,
                entry.context.origin()));
    }

    void returnedLate(Entry entry, long now, Aftermath after) {
        if (sink != null) {
            after.event(new ExaiEvent.PermitReturnedLate(now, entry.context, provider(entry), ""));
        }
    }

    void tellOverdue(Entry entry, Aftermath after) {
        if (entry.owner() instanceof Runnable action) {
            entry.owner(null);
            after.effect(() -> executor.execute(action));
        }
    }

    private void cleared(Entry entry, String how, long now, Aftermath after) {
        if (entry.isSuspect()) {
            after.event(new ExaiEvent.PermitCleared(now, entry.context, provider(entry), how));
        }
    }

    void refused(CallContext context, PermitPath path, ExaiException why, long now, Aftermath after) {
        if (sink != null) {
            after.event(new ExaiEvent.PermitRefused(now, context, path.provider(), why.summary()));
        }
    }

    void granted(Entry entry, long now, Aftermath after) {
        left(entry, "granted", now, after);
        if (sink != null) {
            after.event(new ExaiEvent.PermitGranted(now, entry.context, provider(entry), ""));
        }
        Object owner = entry.owner();
        entry.owner(null);
        PermitRequest request = entry.letGo(dropped);
        if (owner instanceof Thread waiter) {
            after.effect(() -> wake(waiter));
        } else if (owner instanceof PermitRequest.Listener listener) {
            after.effect(() -> deliver(request, listener));
        }
    }

    /** Tells whoever waited why it has failed. */
    void failed(Entry entry, @Nullable Object owner, ExaiException failure, String how, long now, Aftermath after) {
        left(entry, how, now, after);
        if (owner instanceof Thread waiter) {
            after.effect(() -> wake(waiter));
        } else if (owner instanceof PermitRequest.Listener listener) {
            after.effect(() -> tell(entry, listener, failure));
        }
    }

    void resized(PermitLimits limits, long now, Aftermath after) {
        if (sink != null) {
            after.event(new ExaiEvent.PoolResized(now, limits.toString()));
        }
    }

    void paused(ProviderId provider, Duration length, long now, Aftermath after) {
        if (sink != null) {
            after.event(new ExaiEvent.ProviderPaused(now, provider, "for " + length.toMillis() + " ms"));
        }
    }

    void resumed(ProviderId provider, String why, long now, Aftermath after) {
        if (sink != null) {
            after.event(new ExaiEvent.ProviderResumed(now, provider, why));
        }
    }

    void adapted(Level level, ProviderId provider, long now, Aftermath after) {
        if (sink != null) {
            String of = level.name.equals(provider.value()) ? "" : level.name + ": ";
            after.event(new ExaiEvent.ProviderAdapted(
                    now, provider, of + "limit " + level.limit + " of " + level.configured));
        }
    }

    void reclaimed(Entry entry, long now, Aftermath after) {
        if (sink != null) {
            cleared(entry, "reclaimed", now, after);
            after.event(new ExaiEvent.PermitReturned(now, entry.context, provider(entry), "reclaimed"));
        }
        after.effect(() -> log.warn(
                "The permit of {} for {} was reclaimed, because nobody had it any more; asked for at {}",
                entry.context,
                entry.path,
                entry.context.origin()));
    }

    /** Puts the events of a change in line; the last thing to be done under the lock. */
    void publish(Aftermath after) {
        if (after.hasEvents()) {
            line.addAll(after.events());
        }
    }

    /** {@return whether anyone is told of events} */
    boolean tellsEvents() {
        return sink != null;
    }

    // After it

    void run(Aftermath after) {
        if (after.hasEvents()) {
            tellEvents();
        }
        if (after.hasEffects()) {
            effects.run(after.effects());
        }
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
            step(Probe.Step.EVENTS_TOLD);
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

    private void wake(Thread waiter) {
        LockSupport.unpark(waiter);
        step(Probe.Step.WOKEN);
    }

    private void deliver(PermitRequest request, PermitRequest.Listener listener) {
        try {
            executor.execute(() -> {
                step(Probe.Step.BEFORE_DELIVERY);
                if (!request.entry.pool.deliver(request.entry)) {
                    endOnTheWay(request, listener);
                    return;
                }
                step(Probe.Step.TELLING);
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
            scheduler.schedule(Duration.ZERO, () -> tellNow(request.entry, listener, failure));
        }
    }

    /** One that was cancelled on the way has ended; one that was revoked there is still to be told of. */
    private void endOnTheWay(PermitRequest request, PermitRequest.Listener listener) {
        if (request.entry.isIn(PermitRequest.State.REVOKED)) {
            request.end();
            tellNow(request.entry, listener, revokedOnTheWay(request.entry));
        }
    }

    /** What an owner is told whose permit was revoked before it heard of it. */
    static ExaiException revokedOnTheWay(Entry entry) {
        return new PermitRevokedException("it was granted, and held for too long before its owner heard of it")
                .in(entry.context.errorContext().withProvider(provider(entry).value()));
    }

    private void tell(Entry entry, PermitRequest.Listener listener, ExaiException failure) {
        try {
            executor.execute(() -> tellNow(entry, listener, failure));
        } catch (Throwable e) { // as above: the listener waits for this
            scheduler.schedule(Duration.ZERO, () -> tellNow(entry, listener, failure));
        }
    }

    private void tellNow(Entry entry, PermitRequest.Listener listener, ExaiException failure) {
        step(Probe.Step.BEFORE_DELIVERY);
        if (entry.isCancelled()) {
            return; // its owner gave up while this was on the way
        }
        step(Probe.Step.TELLING);
        try {
            listener.failed(failure);
        } catch (Throwable e) {
            log.error("The listener of {} threw", entry, e);
        }
    }

    private void step(Probe.Step step) {
        if (probe != null) {
            probe.at(step);
        }
    }

    private static ProviderId provider(Entry entry) {
        return entry.path.provider();
    }
}
