package dev.exai.comparison;

import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import dev.exai.context.SystemScheduler;
import dev.exai.error.ExaiException;
import dev.exai.error.PermitTimeoutException;
import dev.exai.permit.Permit;
import dev.exai.permit.PermitLimits;
import dev.exai.permit.PermitPath;
import dev.exai.permit.PermitPool;
import dev.exai.permit.PermitRequest;
import dev.exai.testkit.contract.LimiterFeature;
import dev.exai.testkit.contract.LimiterSpec;
import dev.exai.testkit.contract.LimiterUnderTest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * {@link PermitPool}: tenants are sessions, parts are providers, and the pool itself is the whole. No unit is kept for
 * newcomers, because the rules count with every unit.
 */
final class OurPool implements LimiterUnderTest {
    private static final SystemScheduler SCHEDULER = SystemScheduler.create("comparison");
    private static final int PLENTY = 100_000;

    static final Peer PEER = new Peer(
            "ExAI PermitPool",
            "this build",
            Set.of(
                    LimiterFeature.BLOCKING,
                    LimiterFeature.ASYNC,
                    LimiterFeature.BRACKET,
                    LimiterFeature.LEVELS,
                    LimiterFeature.TENANTS,
                    LimiterFeature.RESIZE,
                    LimiterFeature.AUDIT),
            OurPool::new);

    private final LimiterSpec spec;
    private final PermitPool pool;

    private OurPool(LimiterSpec spec) {
        this.spec = spec;
        boolean levels = spec.partLimit().isPresent();
        PermitLimits limits = PermitLimits.builder()
                .global(levels ? spec.limit() : PLENTY)
                .otherProviders(levels ? spec.partLimit().getAsInt() : spec.limit())
                .session(PLENTY)
                .maxQueuedPerSession(PLENTY)
                .maxQueued(PLENTY)
                .newcomerUnit(false)
                .build();
        this.pool =
                PermitPool.builder(limits, SCHEDULER).executor(spec.executor()).build();
    }

    private static PermitPath path(String tenant, String part) {
        return PermitPath.of(SessionId.of(tenant), ProviderId.of(part));
    }

    private CallContext context(String tenant) {
        return CallContext.create(SessionId.of(tenant), "try", Deadline.after(spec.patience(), SCHEDULER));
    }

    @Override
    public Optional<Holding> tryAcquire(String tenant, String part) {
        return pool.tryAcquire(path(tenant, part), context(tenant)).map(permit -> permit::close);
    }

    @Override
    public Optional<Holding> acquire(String tenant, String part) throws InterruptedException {
        try {
            return Optional.of(pool.acquire(path(tenant, part), context(tenant))::close);
        } catch (PermitTimeoutException e) {
            return Optional.empty();
        }
    }

    @Override
    public Request request(String tenant, String part, Listener listener) {
        return pool.request(path(tenant, part), context(tenant), new PermitRequest.Listener() {
            @Override
            public void granted(Permit permit) {
                listener.granted(permit::close);
            }

            @Override
            public void failed(ExaiException failure) {
                listener.failed(failure);
            }
        })::cancel;
    }

    @Override
    public <T> T call(String tenant, String part, Callable<T> work) throws Exception {
        return pool.call(path(tenant, part), context(tenant), work);
    }

    @Override
    public void setLimit(int limit) {
        PermitLimits.Builder limits = pool.limits().toBuilder();
        pool.resize((spec.partLimit().isPresent() ? limits.global(limit) : limits.otherProviders(limit)).build());
    }

    @Override
    public List<String> holders() {
        return pool.audit().holders().stream()
                .map(holder -> holder.session().value())
                .toList();
    }

    @Override
    public void close() {
        pool.close();
    }
}
