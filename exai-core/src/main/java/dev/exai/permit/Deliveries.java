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
import java.util.ArrayList;
import java.util.List;
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
     * Under the lock   What follows is collected; taken() puts the events in line, so their order is that of the changes,
     *                  whichever thread tells them.
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
    private final List<ExaiEvent> events = new ArrayList<>(4);
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

    /** {@return how many events this change has had so far} */
    int events() {
        return events.size();
    }

    /** Tells that a request is in the queue, at an earlier place among the events of this change. */
    void queued(Entry entry, int place, long now) {
        if (sink != null) {
            events.add(
                    place,
                    new ExaiEvent.PermitQueued(
                            now,
                            entry.context,
                            provider(entry),
                            entry.path.model().orElse("")));
        }
    }

    void left(Entry entry, String how, long now) {
        if (sink != null) {
            events.add(new ExaiEvent.PermitLeft(now, entry.context, provider(entry), how));
        }
    }

    void returned(Entry entry, long now) {
        if (sink != null) {
            cleared(entry, "closed", now);
            events.add(new ExaiEvent.PermitReturned(now, entry.context, provider(entry), "closed"));
        }
    }

    void suspect(Entry entry, long now) {
        if (sink != null) {
            events.add(new ExaiEvent.PermitSuspect(now, entry.context, provider(entry), "held for too long"));
        }
        tellOverdue(entry);
    }

    void touched(Entry entry, long now) {
        if (sink != null) {
            cleared(entry, "touched", now);
        }
    }

    void revoked(Entry entry, long now) {
        if (sink != null) {
            cleared(entry, "revoked", now);
            events.add(new ExaiEvent.PermitReturned(now, entry.context, provider(entry), "revoked"));
        }
        effects.add(Effect.of(() -> log.warn(
                "The permit of {} for {} was revoked, because it was held for too long; asked for at {}",
                entry.context,
                entry.path,
                entry.context.origin())));
    }

    void returnedLate(Entry entry, long now) {
        if (sink != null) {
            events.add(new ExaiEvent.PermitReturnedLate(now, entry.context, provider(entry), ""));
        }
    }

    void tellOverdue(Entry entry) {
        if (entry.owner() instanceof Runnable action) {
            entry.owner(null);
            effects.add(Effect.of(() -> executor.execute(action)));
        }
    }

    private void cleared(Entry entry, String how, long now) {
        if (entry.isSuspect()) {
            events.add(new ExaiEvent.PermitCleared(now, entry.context, provider(entry), how));
        }
    }

    void refused(CallContext context, PermitPath path, ExaiException why, long now) {
        if (sink != null) {
            events.add(new ExaiEvent.PermitRefused(now, context, path.provider(), why.summary()));
        }
    }

    void granted(Entry entry, long now) {
        left(entry, "granted", now);
        if (sink != null) {
            events.add(new ExaiEvent.PermitGranted(now, entry.context, provider(entry), ""));
        }
        Object owner = entry.owner();
        entry.owner(null);
        PermitRequest request = entry.letGo(dropped);
        if (owner instanceof Thread waiter) { // asked first: a class is sooner known than an interface
            wake(waiter);
        } else if (owner instanceof PermitRequest.Listener listener) {
            effects.add(new Delivery(request, listener));
        }
    }

    /** Wakes a thread that waits; the one that is here has not begun to. */
    @SuppressWarnings("ReferenceEquality") // a thread is itself only
    private void wake(Thread waiter) {
        if (waiter != Thread.currentThread()) {
            effects.add(new Wake(waiter));
        }
    }

    /** Tells whoever waited why it has failed. */
    void failed(Entry entry, @Nullable Object owner, ExaiException failure, String how, long now) {
        left(entry, how, now);
        if (owner instanceof Thread waiter) {
            wake(waiter);
        } else if (owner instanceof PermitRequest.Listener listener) {
            effects.add(Effect.of(() -> tell(entry, listener, failure)));
        }
    }

    void resized(PermitLimits limits, long now) {
        if (sink != null) {
            events.add(new ExaiEvent.PoolResized(now, limits.toString()));
        }
    }

    void paused(ProviderId provider, Duration length, long now) {
        if (sink != null) {
            events.add(new ExaiEvent.ProviderPaused(now, provider, "for " + length.toMillis() + " ms"));
        }
    }

    void resumed(ProviderId provider, String why, long now) {
        if (sink != null) {
            events.add(new ExaiEvent.ProviderResumed(now, provider, why));
        }
    }

    void adapted(Level level, ProviderId provider, long now) {
        if (sink != null) {
            String of = level.name.equals(provider.value()) ? "" : level.name + ": ";
            events.add(new ExaiEvent.ProviderAdapted(
                    now, provider, of + "limit " + level.limit + " of " + level.configured));
        }
    }

    void reclaimed(Entry entry, long now) {
        if (sink != null) {
            cleared(entry, "reclaimed", now);
            events.add(new ExaiEvent.PermitReturned(now, entry.context, provider(entry), "reclaimed"));
        }
        effects.add(Effect.of(() -> log.warn(
                "The permit of {} for {} was reclaimed, because nobody had it any more; asked for at {}",
                entry.context,
                entry.path,
                entry.context.origin())));
    }

    /** Puts the events of a change in line; the last thing to be done under the lock. */
    Effects.@Nullable Turn taken() {
        if (!events.isEmpty()) {
            line.addAll(events);
            events.clear();
        }
        return effects.taken();
    }

    /** {@return whether anyone is told of events} */
    boolean tellsEvents() {
        return sink != null;
    }

    // After it

    void run(Effects.@Nullable Turn turn) {
        if (sink != null && !line.isEmpty()) {
            tellEvents();
        }
        if (turn != null) {
            effects.run(turn);
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

    /** Wakes a thread that waits. */
    private final class Wake extends Effect {
        private final Thread waiter;

        Wake(Thread waiter) {
            this.waiter = waiter;
        }

        @Override
        void perform() {
            LockSupport.unpark(waiter);
            step(Probe.Step.WOKEN);
        }
    }

    /** Hands a permit to the listener that waits for it: as an effect to the executor, and there to the listener. */
    private final class Delivery extends Effect implements Runnable {
        private final PermitRequest request;
        private final PermitRequest.Listener listener;

        Delivery(PermitRequest request, PermitRequest.Listener listener) {
            this.request = request;
            this.listener = listener;
        }

        @Override
        void perform() {
            try {
                executor.execute(this);
            } catch (Throwable e) { // mostly RejectedExecutionException, but a permit hangs on it
                request.end();
                InternalErrorException failure =
                        new InternalErrorException("The executor of the permit pool refused a task", e);
                scheduler.schedule(Duration.ZERO, () -> tellNow(request.entry, listener, failure));
            }
        }

        @Override
        public void run() {
            step(Probe.Step.BEFORE_DELIVERY);
            if (!request.entry.pool().deliver(request.entry)) {
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
