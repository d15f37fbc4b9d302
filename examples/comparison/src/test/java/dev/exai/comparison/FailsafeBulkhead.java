package dev.exai.comparison;

import dev.exai.testkit.contract.LimiterFeature;
import dev.exai.testkit.contract.LimiterSpec;
import dev.exai.testkit.contract.LimiterUnderTest;
import dev.failsafe.Bulkhead;
import dev.failsafe.Failsafe;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** Failsafe's bulkhead: alone for threads, and behind {@code getStageAsync} for requests. */
final class FailsafeBulkhead implements LimiterUnderTest {
    static final Peer PEER = new Peer(
            "Failsafe Bulkhead",
            System.getProperty("exai.version.failsafe"),
            Set.of(LimiterFeature.BLOCKING, LimiterFeature.ASYNC, LimiterFeature.BRACKET),
            FailsafeBulkhead::new);

    private final LimiterSpec spec;
    private final Bulkhead<Object> bulkhead;

    private FailsafeBulkhead(LimiterSpec spec) {
        this.spec = spec;
        this.bulkhead =
                Bulkhead.builder(spec.limit()).withMaxWaitTime(spec.patience()).build();
    }

    @Override
    public Optional<Holding> tryAcquire(String tenant, String part) {
        return bulkhead.tryAcquirePermit() ? Optional.of(bulkhead::releasePermit) : Optional.empty();
    }

    @Override
    public Optional<Holding> acquire(String tenant, String part) throws InterruptedException {
        return bulkhead.tryAcquirePermit(spec.patience()) ? Optional.of(bulkhead::releasePermit) : Optional.empty();
    }

    @Override
    public Request request(String tenant, String part, Listener listener) {
        CompletableFuture<Object> call = Failsafe.with(bulkhead)
                .with(spec.executor())
                .getStageAsync(() -> {
                    CompletableFuture<Object> work = new CompletableFuture<>();
                    listener.granted(() -> work.complete("done"));
                    return work;
                });
        call.whenComplete((answer, failure) -> {
            if (failure != null) {
                listener.failed(failure);
            }
        });
        return () -> call.cancel(true);
    }

    @Override
    public <T> T call(String tenant, String part, Callable<T> work) {
        return Failsafe.with(bulkhead).get(work::call);
    }
}
