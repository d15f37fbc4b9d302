package dev.exai.testkit.contract;

import dev.exai.testkit.contract.LimiterUnderTest.Holding;
import dev.exai.testkit.contract.LimiterUnderTest.Listener;
import dev.exai.testkit.contract.LimiterUnderTest.Request;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Someone who waits for a permit, in a thread of its own or as a request, and what came of it. */
final class Waiter implements Listener {
    private final Trial trial;
    private final boolean returning;
    private final AtomicInteger grants = new AtomicInteger();
    private volatile @Nullable Holding holding;
    private volatile @Nullable Throwable failure;
    private volatile boolean ended;
    private @Nullable Thread thread;
    private @Nullable Request request;

    Waiter(Trial trial, boolean returning) {
        this.trial = trial;
        this.returning = returning;
    }

    static Waiter queue(Trial trial, LimiterUnderTest limiter, String tenant, String part, boolean returning) {
        Waiter waiter = new Waiter(trial, returning);
        if (trial.offers(LimiterFeature.BLOCKING)) {
            waiter.block(limiter, tenant, part).awaitParked();
        } else {
            waiter.ask(limiter, tenant, part);
        }
        return waiter;
    }

    /** Starts to wait in a thread. */
    Waiter block(LimiterUnderTest limiter, String tenant, String part) {
        thread = trial.start("waiter", () -> {
            try {
                Optional<Holding> granted = limiter.acquire(tenant, part);
                granted.ifPresent(this::granted);
            } catch (Throwable e) { // among them InterruptedException
                failure = e;
            }
            ended = true;
        });
        return this;
    }

    /** Waits without a thread. */
    Waiter ask(LimiterUnderTest limiter, String tenant, String part) {
        request = limiter.request(tenant, part, this);
        return this;
    }

    @Override
    public void granted(Holding value) {
        holding = value;
        grants.incrementAndGet();
        if (returning) {
            value.release();
        }
    }

    @Override
    public void failed(Throwable reason) {
        failure = reason;
        ended = true;
    }

    /** Waits until the thread waits: seen twice, so as not to take a short wait in passing for it. */
    void awaitParked() {
        Thread waiting = thread();
        int[] seen = {0};
        trial.expectEventually(
                () -> {
                    Thread.State state = waiting.getState();
                    boolean parked = state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
                    seen[0] = parked ? seen[0] + 1 : 0;
                    return seen[0] >= 3 || ended;
                },
                "a thread that should wait does not");
    }

    boolean isGranted() {
        return grants.get() > 0;
    }

    int grants() {
        return grants.get();
    }

    /** Whether it has failed, or its thread has come back from waiting. */
    boolean isEnded() {
        return ended;
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    void awaitGranted(String orElse) {
        trial.expectEventually(this::isGranted, orElse);
    }

    /** Gives back what it was granted, if it was. */
    void release() {
        Holding granted = holding;
        if (granted != null) {
            granted.release();
        }
    }

    /** Gives up: interrupts its thread, or cancels its request. */
    void leave() {
        Request asked = request;
        if (asked != null) {
            asked.cancel();
        } else {
            thread().interrupt();
        }
    }

    void join() {
        trial.join(thread());
    }

    private Thread thread() {
        Thread started = thread;
        if (started == null) {
            throw new IllegalStateException("waits without a thread");
        }
        return started;
    }
}
