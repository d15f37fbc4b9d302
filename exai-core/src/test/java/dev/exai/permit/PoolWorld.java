package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.FakeScheduler;
import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import dev.exai.error.ExaiException;
import dev.exai.error.NestedPermitException;
import dev.exai.error.OverloadedException;
import dev.exai.error.PermitTimeoutException;
import dev.exai.error.SessionClosedException;
import dev.exai.event.ExaiEvent;
import dev.exai.permit.PermitRequest.State;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;

/** A pool and its model side by side: does the same to both, and compares them after each step. */
final class PoolWorld {
    static final List<String> SESSIONS = List.of("a", "b", "c", "d");
    static final List<String> PROVIDERS = List.of("glm", "kimi", "other");
    static final List<String> MODELS = List.of("air", "plus");

    /** What the executor does with a delivery. */
    enum Mode {
        RUN,
        DELAY,
        DROP,
        REJECT,
        THROW
    }

    /** A request of both sides, and what its listener was told. */
    private static final class Tracked implements PermitRequest.Listener {
        final PoolModel.Ask ask;
        final CallContext context;
        final boolean throwing;
        PermitRequest request;
        Permit taken;
        int granted;
        int failed;

        Tracked(PoolModel.Ask ask, CallContext context, boolean throwing) {
            this.ask = ask;
            this.context = context;
            this.throwing = throwing;
        }

        @Override
        public void granted(Permit permit) {
            granted++;
            if (throwing) {
                throw new AssertionError("a listener that throws");
            }
        }

        @Override
        public void failed(ExaiException failure) {
            failed++;
        }
    }

    private PermitLimits limits;
    private final FakeScheduler clock = new FakeScheduler();
    private final PermitPool pool;
    private final PoolModel model;
    private final List<Tracked> all = new ArrayList<>();
    private final Map<PoolModel.Ask, Tracked> byAsk = new IdentityHashMap<>();
    private final List<ExaiEvent> events = new ArrayList<>();
    private final List<String> granted = new ArrayList<>();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final Queue<PoolModel.Ask> deliveries = new ArrayDeque<>();
    private final Queue<PoolModel.Ask> delayed = new ArrayDeque<>();
    private Mode mode = Mode.RUN;
    private long reclaimed;

    PoolWorld(PermitLimits limits) {
        this.limits = limits;
        this.pool = PermitPool.builder(limits, clock)
                .executor(this::execute)
                .providers(List.of(ProviderId.of("glm"), ProviderId.of("kimi")))
                .events(this::record)
                .build();
        this.model = new PoolModel(limits, List.of("glm", "kimi"));
    }

    private void record(ExaiEvent event) {
        events.add(event);
        if (event instanceof ExaiEvent.PermitGranted) {
            granted.add(event.callId().orElseThrow().value());
        }
    }

    private void execute(Runnable task) {
        assertThat(pool.isLockedByCurrentThread()).isFalse();
        switch (mode) {
            case RUN -> task.run();
            case DELAY -> tasks.add(task);
            case DROP -> {}
            case REJECT -> throw new RejectedExecutionException("refused");
            case THROW -> throw new IllegalStateException("broken");
            default -> throw new AssertionError(mode);
        }
    }

    // ---- steps

    void open(String session, int weight) {
        model.open(session, weight);
        deliver(model.grantAll());
        pool.openSession(SessionId.of(session), weight);
    }

    void close(String session) {
        model.close(session);
        deliver(model.grantAll());
        pool.closeSession(SessionId.of(session));
    }

    void request(String session, String provider, String named, int tokens, long seconds, boolean throwing) {
        CallContext context =
                CallContext.create(SessionId.of(session), "x", Deadline.after(Duration.ofSeconds(seconds), clock));
        request(context, provider, named, tokens, model.now + seconds, throwing, null);
    }

    /** Asks again for a call that has asked before, or for its child. */
    void requestAgain(int index, String provider, boolean child) {
        if (all.isEmpty()) {
            return;
        }
        Tracked earlier = all.get(index % all.size());
        CallContext context =
                child ? earlier.context.child("y", Deadline.after(Duration.ofDays(1), clock)) : earlier.context;
        boolean live = all.stream()
                .filter(other -> model.waiting.contains(other.ask) || model.held.contains(other.ask))
                .anyMatch(other -> isSelfOrAncestor(other.context, context));
        request(context, provider, null, 0, earlier.ask.deadline, false, live ? NestedPermitException.class : null);
    }

    private static boolean isSelfOrAncestor(CallContext older, CallContext context) {
        return older.callId().equals(context.callId())
                || context.parent()
                        .map(parent -> isSelfOrAncestor(older, parent))
                        .orElse(false);
    }

    private void request(
            CallContext context,
            String provider,
            String named,
            int tokens,
            long deadline,
            boolean throwing,
            Class<?> refusedAsNested) {
        String session = context.sessionId().value();
        PoolModel.Ask ask = new PoolModel.Ask(context.callId().value(), session, provider, named, tokens, deadline);
        Tracked tracked = new Tracked(ask, context, throwing);
        byAsk.put(ask, tracked);
        Class<?> expected = null;
        if (model.isClosed(session)) {
            expected = SessionClosedException.class;
        } else if (refusedAsNested != null) {
            expected = refusedAsNested;
        } else if (deadline <= model.now) {
            expected = PermitTimeoutException.class;
        } else {
            model.enqueue(ask);
            List<PoolModel.Ask> grants = model.grantAll();
            if (model.waiting.contains(ask)
                    && (model.waitingOf(session) > limits.maxQueuedPerSession()
                            || model.waiting.size() > limits.maxQueued())) {
                model.end(ask);
                expected = OverloadedException.class;
            }
            deliver(grants);
        }

        tracked.request = pool.prepare(path(session, provider, named), context, tokens, tracked);
        Class<?> refusal = null;
        try {
            tracked.request.submit();
        } catch (ExaiException e) {
            refusal = e.getClass();
        }

        assertThat(refusal).isEqualTo(expected);
        all.add(tracked);
    }

    private static PermitPath path(String session, String provider, String named) {
        return named == null
                ? Desk.path(session, provider)
                : PermitPath.of(SessionId.of(session), ProviderId.of(provider), named);
    }

    void tryAcquire(String session, String provider, String named, int tokens) {
        CallContext context =
                CallContext.create(SessionId.of(session), "x", Deadline.after(Duration.ofHours(1), clock));
        PoolModel.Ask ask =
                new PoolModel.Ask(context.callId().value(), session, provider, named, tokens, model.now + 3600);
        boolean closed = model.isClosed(session);
        if (!closed) {
            model.enqueue(ask);
            deliver(model.grantAll());
            if (model.waiting.contains(ask)) {
                model.end(ask);
            }
            ask.delivered = true;
        }

        Optional<Permit> permit = Optional.empty();
        boolean refused = false;
        try {
            permit = pool.tryAcquire(path(session, provider, named), context, tokens);
        } catch (SessionClosedException e) {
            refused = true;
        }

        assertThat(refused).isEqualTo(closed);
        assertThat(permit.isPresent()).isEqualTo(model.held.contains(ask));
        if (permit.isPresent()) {
            Tracked tracked = new Tracked(ask, context, false);
            tracked.taken = permit.get();
            byAsk.put(ask, tracked);
            all.add(tracked);
        }
    }

    /** Cancels a request in whatever state it is, or closes its permit. */
    void end(int index) {
        if (all.isEmpty()) {
            return;
        }
        Tracked tracked = all.get(index % all.size());
        int failedBefore = tracked.failed;
        model.end(tracked.ask);
        deliver(model.grantAll());
        if (tracked.taken != null) {
            tracked.taken.close();
        } else {
            tracked.request.cancel();
        }
        assertThat(tracked.failed).isEqualTo(failedBefore);
    }

    /** Says of a request that its provider refused it because too much was in flight. */
    void congested(int index) {
        if (all.isEmpty()) {
            return;
        }
        Tracked tracked = all.get(index % all.size());
        model.congested(tracked.ask);
        deliver(model.grantAll());
        pool.congested(entry(tracked));
    }

    /** Says of a request what it used in the end. */
    void settle(int index, int tokens) {
        if (all.isEmpty()) {
            return;
        }
        Tracked tracked = all.get(index % all.size());
        model.settle(tracked.ask, tokens);
        deliver(model.grantAll());
        pool.settle(entry(tracked), tokens);
    }

    /** Drops the handle of a permit: the reference is put in its queue by hand, as the collector would. */
    void drop(int index) {
        if (all.isEmpty()) {
            return;
        }
        Tracked tracked = all.get(index % all.size());
        HandleRef reference = entry(tracked).reference();
        if (reference == null) {
            return; // it does not hold
        }
        if (model.held.contains(tracked.ask)) {
            reclaimed++;
        }
        model.end(tracked.ask);
        deliver(model.grantAll());
        reference.enqueue();
        pool.reclaimDropped();
    }

    private static Entry entry(Tracked tracked) {
        return tracked.taken == null ? tracked.request.entry : tracked.taken.request.entry;
    }

    void advance(long seconds) {
        long target = model.now + seconds;
        for (Optional<Long> next = model.nextMoment(target); next.isPresent(); next = model.nextMoment(target)) {
            model.now = next.get();
            model.expire();
            deliver(model.grantAll());
        }
        model.now = target;
        clock.advance(Duration.ofSeconds(seconds));
    }

    void resize(int glm, int kimi, int global, int session, int ofAir, int atEach) {
        PermitLimits.Builder builder = limits.toBuilder()
                .provider("glm", glm)
                .provider("kimi", kimi)
                .global(global)
                .session(session)
                .session("d", 1 + session / 2)
                .sessionAtEachProvider(atEach);
        if (ofAir > 0) {
            builder.model("glm", "air", ofAir);
        }
        limits = builder.build();
        model.resize(limits);
        deliver(model.grantAll());
        pool.resize(limits);
    }

    void pause(String provider, long seconds) {
        model.pause(provider, seconds);
        pool.pause(ProviderId.of(provider), Duration.ofSeconds(seconds));
    }

    void resume(String provider) {
        model.resume(provider);
        deliver(model.grantAll());
        pool.resume(ProviderId.of(provider));
    }

    void mode(Mode value) {
        mode = value;
    }

    void runDelayed() {
        for (PoolModel.Ask ask = delayed.poll(); ask != null; ask = delayed.poll()) {
            if (model.held.contains(ask)) {
                ask.delivered = true;
                if (byAsk.get(ask).throwing) {
                    model.end(ask);
                    deliver(model.grantAll());
                }
            }
        }
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** What the pool's executor and listeners do with grants, on the model's side: first granted, first delivered. */
    private void deliver(List<PoolModel.Ask> grants) {
        deliveries.addAll(grants);
        for (PoolModel.Ask ask = deliveries.poll(); ask != null; ask = deliveries.poll()) {
            Tracked tracked = byAsk.get(ask);
            if (tracked == null) {
                continue; // taken by tryAcquire: nobody is told
            }
            boolean back = mode == Mode.REJECT || mode == Mode.THROW || (mode == Mode.RUN && tracked.throwing);
            if (mode == Mode.DELAY) {
                delayed.add(ask);
            }
            ask.delivered |= mode == Mode.RUN;
            if (back) {
                model.end(ask);
                deliveries.addAll(model.grantAll());
            }
        }
    }

    // ---- comparison

    void check() {
        assertThat(pool.audit().problems()).isEmpty(); // I1, I3
        assertThat(granted).as("grants, in order").isEqualTo(model.granted); // I4
        for (Tracked tracked : all) {
            State state = tracked.request == null ? null : tracked.request.state();
            boolean holds = tracked.request == null ? tracked.taken.isHeld() : state == State.HELD;
            assertThat(holds).as("holds: %s", tracked.ask.call).isEqualTo(model.held.contains(tracked.ask));
            assertThat(state == State.QUEUED)
                    .as("waits: %s", tracked.ask.call)
                    .isEqualTo(model.waiting.contains(tracked.ask));
            assertThat(tracked.granted + tracked.failed)
                    .as("told once: %s", tracked.ask.call)
                    .isLessThanOrEqualTo(1);
        }
        checkCounts();
        for (PoolModel.Ask head : model.heads()) {
            assertThat(byAsk.get(head).request.entry.lane().overtaken).isEqualTo(head.overtaken);
            assertThat(head.overtaken)
                    .isLessThanOrEqualTo(limits.bypassFactor() * model.mostEverAllowed(head.provider));
        }
    }

    private void checkCounts() {
        PoolSnapshot snapshot = pool.snapshot();
        assertThat(snapshot.global().inUse()).isEqualTo(model.held.size()).isLessThanOrEqualTo(atMost(limits.global()));
        assertThat(snapshot.global().waiting()).isEqualTo(model.waiting.size()).isLessThanOrEqualTo(limits.maxQueued());
        assertThat(snapshot.granted() - snapshot.returned() - snapshot.revoked() - snapshot.reclaimed())
                .isEqualTo(model.held.size());
        assertThat(snapshot.reclaimed()).isEqualTo(reclaimed);
        for (String provider : PROVIDERS) {
            snapshot.provider(ProviderId.of(provider))
                    .ifPresent(usage -> assertThat(usage.inUse())
                            .isEqualTo(model.heldAt(provider))
                            .isLessThanOrEqualTo(atMost(model.configured(provider))));
        }
        for (String session : SESSIONS) {
            Optional<PoolSnapshot.Usage> usage = snapshot.session(SessionId.of(session));
            assertThat(usage.isPresent()).as("known: %s", session).isEqualTo(model.sessions.containsKey(session));
            usage.ifPresent(known -> assertThat(known.inUse())
                    .isEqualTo(model.heldBy(session))
                    .isLessThanOrEqualTo(atMost(limits.session())));
        }
    }

    /** After limits were lowered more may be out than they allow; that no more is granted then, the model sees to. */
    private int atMost(int limit) {
        return model.everShrunk ? Integer.MAX_VALUE : limit;
    }

    /** Ends everything: nothing may be left, and every beginning has had its end. */
    void finish() {
        mode = Mode.RUN;
        runDelayed();
        pool.close();
        for (Tracked tracked : all) {
            if (tracked.request != null) {
                tracked.request.cancel();
            } else {
                tracked.taken.close();
            }
        }
        assertThat(pool.snapshot().isIdle()).isTrue();
        assertThat(pool.audit().isWhole()).isTrue();
        assertThat(count("PermitQueued")).isEqualTo(count("PermitLeft"));
        assertThat(count("PermitGranted")).isEqualTo(count("PermitReturned"));
    }

    private long count(String kind) {
        return events.stream()
                .filter(event -> event.getClass().getSimpleName().equals(kind))
                .count();
    }
}
