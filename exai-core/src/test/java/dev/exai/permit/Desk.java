package dev.exai.permit;

import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.FakeScheduler;
import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import dev.exai.error.ExaiException;
import dev.exai.event.ExaiEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A pool on a clock that is moved by hand, and short words to ask it with. */
final class Desk {
    static final Duration LONG = Duration.ofHours(1);

    final FakeScheduler clock = new FakeScheduler();
    final List<ExaiEvent> events = Collections.synchronizedList(new ArrayList<>());
    final PermitPool pool;

    /** All who asked: a permit that a test has no name for is not one that nobody has any more. */
    private final List<Asker> askers = Collections.synchronizedList(new ArrayList<>());

    private Desk(PermitLimits limits, UnaryOperator<PermitPool.Builder> more) {
        pool = more.apply(PermitPool.builder(limits, clock).events(events::add)).build();
    }

    static Desk of(PermitLimits.Builder limits) {
        return new Desk(limits.build(), builder -> builder);
    }

    static Desk of(PermitLimits.Builder limits, UnaryOperator<PermitPool.Builder> more) {
        return new Desk(limits.build(), more);
    }

    /** A desk where glm has so many units, everything else is plenty and no unit is kept back. */
    static Desk glm(int units) {
        return of(limits().provider("glm", units));
    }

    /** Limits where nothing is scarce and no unit is kept back, to be narrowed. */
    static PermitLimits.Builder limits() {
        return PermitLimits.builder()
                .provider("glm", 100)
                .provider("kimi", 100)
                .global(1000)
                .session(100)
                .newcomerUnit(false);
    }

    static PermitPath path(String session, String provider) {
        return PermitPath.of(SessionId.of(session), ProviderId.of(provider));
    }

    CallContext context(String session) {
        return context(session, LONG);
    }

    CallContext context(String session, Duration budget) {
        return CallContext.create(SessionId.of(session), "chat", Deadline.after(budget, clock));
    }

    Asker ask(String session, String provider) {
        return ask(session, provider, LONG);
    }

    Asker ask(String session, String provider, Duration budget) {
        return ask(path(session, provider), context(session, budget), permit -> {});
    }

    Asker askModel(String session, String provider, String model) {
        return ask(
                PermitPath.of(SessionId.of(session), ProviderId.of(provider), model), context(session), permit -> {});
    }

    /** Asks for a permit and for tokens. */
    Asker askTokens(String session, String provider, long tokens) {
        return askTokens(session, provider, tokens, LONG);
    }

    Asker askTokens(String session, String provider, long tokens, Duration budget) {
        Asker asker = new Asker(pool, path(session, provider), context(session, budget), tokens, permit -> {});
        askers.add(asker);
        asker.request.submit();
        return asker;
    }

    Asker ask(PermitPath path, CallContext context, Consumer<Permit> onGrant) {
        Asker asker = prepare(path, context, onGrant);
        asker.request.submit();
        return asker;
    }

    Asker prepare(PermitPath path, CallContext context, Consumer<Permit> onGrant) {
        Asker asker = new Asker(pool, path, context, 0, onGrant);
        askers.add(asker);
        return asker;
    }

    int inUse() {
        return pool.snapshot().global().inUse();
    }

    int inUse(String provider) {
        return pool.snapshot()
                .provider(ProviderId.of(provider))
                .map(PoolSnapshot.Usage::inUse)
                .orElse(0);
    }

    int inUseBy(String session) {
        return pool.snapshot()
                .session(SessionId.of(session))
                .map(PoolSnapshot.Usage::inUse)
                .orElse(0);
    }

    int waiting() {
        return pool.snapshot().global().waiting();
    }

    /** The kinds of events so far, for example PermitQueued. */
    List<String> eventKinds() {
        return events.stream().map(event -> event.getClass().getSimpleName()).toList();
    }

    /** A request, and what its listener was told. */
    static final class Asker implements PermitRequest.Listener {
        final CallContext context;
        final PermitRequest request;
        final List<Permit> granted = Collections.synchronizedList(new ArrayList<>());
        final List<ExaiException> failed = Collections.synchronizedList(new ArrayList<>());
        private final Consumer<Permit> onGrant;

        private Asker(PermitPool pool, PermitPath path, CallContext context, long tokens, Consumer<Permit> onGrant) {
            this.context = context;
            this.onGrant = onGrant;
            this.request = pool.prepare(path, context, tokens, this);
        }

        @Override
        public void granted(Permit permit) {
            granted.add(permit);
            onGrant.accept(permit);
        }

        @Override
        public void failed(ExaiException failure) {
            failed.add(failure);
        }

        boolean holds() {
            return request.state() == PermitRequest.State.HELD;
        }

        boolean waits() {
            return request.state() == PermitRequest.State.QUEUED;
        }

        void close() {
            granted.get(0).close();
        }
    }
}
