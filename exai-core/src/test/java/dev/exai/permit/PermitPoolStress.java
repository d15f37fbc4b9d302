package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import dev.exai.context.SystemScheduler;
import dev.exai.error.ExaiException;
import dev.exai.error.OverloadedException;
import dev.exai.error.PermitRevokedException;
import dev.exai.error.PermitTimeoutException;
import dev.exai.error.SessionClosedException;
import dev.exai.event.ExaiEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real threads, a real clock and a real executor, with all operations. {@link PermitPoolRaceStress} has them in pairs. */
@DisplayName("I1, I5, I6, I7, I10: real threads that do all they can to each other")
@Timeout(900)
class PermitPoolStress {
    private static final List<String> SESSIONS = List.of("a", "b", "c", "d", "e");
    private static final ProviderId GLM = ProviderId.of("glm");
    private static final String MODEL = "m";

    /** The most that any of the limits allows that are in force by turns. */
    private static final Map<String, Integer> MOST = Map.of("global", 4, "glm", 3, "kimi", 2, "session", 2, MODEL, 2);

    private static final int NONE = -1;

    private final long seed = Long.getLong("exai.seed", System.nanoTime());
    private final SystemScheduler scheduler = SystemScheduler.create("stress-timer");
    private final ExecutorService executor = Executors.newFixedThreadPool(2);
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final PermitPool pool = PermitPool.builder(limits().build(), scheduler)
            .executor(executor)
            .events(this::count)
            .reclaimThread(task -> {
                Thread thread = new Thread(task, "stress-reclaimer");
                thread.setDaemon(true);
                return thread;
            })
            .build();

    /** How many are in flight at each level: counted by the holders themselves, not by the pool. */
    private final Map<String, AtomicInteger> inFlight = new ConcurrentHashMap<>();

    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final AtomicInteger open = new AtomicInteger();

    /** Permits whose holders neither close nor drop them. */
    private final Queue<Permit> hung = new ConcurrentLinkedQueue<>();

    private final AtomicLong mischiefAt = new AtomicLong(System.nanoTime());
    private final AtomicInteger mischiefs = new AtomicInteger();

    /** Whether permits are dropped, for a collector to find. */
    private volatile boolean drops;

    private static PermitLimits.Builder limits() {
        return PermitLimits.builder()
                .provider("glm", MOST.get("glm"))
                .provider("kimi", MOST.get("kimi"))
                .model("glm", MODEL, MOST.get(MODEL))
                .global(MOST.get("global"))
                .session(MOST.get("session"))
                .maxQueued(60)
                .maxQueuedPerSession(20)
                .grace(Duration.ofSeconds(12)) // a thread may be held up for long on a busy machine
                .ceilingProbe(Duration.ofMillis(5));
    }

    /** Limits that are in force by turns; none allows more than the first. */
    private static PermitLimits limits(int choice) {
        return switch (choice) {
            case 0 -> limits().build();
            case 1 -> limits().provider("glm", 1).global(2).build();
            case 2 -> limits().model("glm", MODEL, 1).sessionAtEachProvider(1).build();
            case 3 -> limits().model("glm", "another", 1).session(1).build();
            default ->
                limits().rate(
                                "glm",
                                RateBudget.builder()
                                        .requests(100, Duration.ofMillis(20))
                                        .tokens(5_000, Duration.ofMillis(50))
                                        .charge(RateBudget.Charge.ACTUAL)
                                        .build())
                        .build();
        };
    }

    private void count(ExaiEvent event) {
        count(event.getClass().getSimpleName());
    }

    private void count(String what) {
        counts.computeIfAbsent(what, kind -> new LongAdder()).increment();
    }

    @AfterEach
    void stop() throws InterruptedException {
        pool.close();
        executor.shutdownNow();
        scheduler.close();
        assertThat(executor.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void pool_allAtOnce_neverAboveItsLimitsAndAllComesBack() throws Exception {
        stress(4, Duration.ofSeconds(3));
    }

    @Test
    @Tag("ci")
    void pool_allAtOnceForLong_neverAboveItsLimitsAndAllComesBack() throws Exception {
        drops = true;
        stress(8, Duration.ofSeconds(60));
    }

    @Test
    @Tag("deep")
    void pool_allAtOnceForVeryLong_neverAboveItsLimitsAndAllComesBack() throws Exception {
        drops = true;
        stress(16, Duration.ofMinutes(10));
    }

    private void stress(int threads, Duration time) throws Exception {
        System.out.println("PermitPoolStress: seed " + seed);
        long end = System.nanoTime() + time.toNanos();
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Random random = new Random(seed + i);
            workers.add(new Thread(() -> work(random, end), "stress-" + i));
        }
        workers.forEach(Thread::start);
        Random random = new Random(seed - 1);
        for (int i = 1; System.nanoTime() - end < 0; i++) {
            disturb(workers.get(random.nextInt(threads)), random, i);
            LockSupport.parkNanos(random.nextInt(500_000));
        }
        for (Thread worker : workers) {
            worker.join(20_000);
            assertThat(worker.isAlive()).as(worker.getName()).isFalse();
        }
        assertEverythingIsBack();
        System.out.println("PermitPoolStress: " + counts);
    }

    private void disturb(Thread worker, Random random, int i) {
        worker.interrupt();
        assertThat(pool.audit().problems()).isEmpty();
        if (i % 20 == 0) {
            pool.resize(limits(random.nextInt(5)));
        }
        if (i % 300 == 0) {
            pool.pause(GLM, Duration.ofMillis(1 + random.nextInt(5)));
        }
        if (drops && i % 1_000 == 0) {
            System.gc();
        }
    }

    private void work(Random random, long end) {
        while (System.nanoTime() - end < 0) {
            try {
                step(random);
            } catch (InterruptedException
                    | OverloadedException
                    | PermitRevokedException
                    | PermitTimeoutException
                    | SessionClosedException e) {
                count(e.getClass().getSimpleName());
            } catch (Throwable e) {
                violations.add("unexpected: " + e);
            }
        }
    }

    private void step(Random random) throws InterruptedException {
        SessionId session = SessionId.of(SESSIONS.get(random.nextInt(SESSIONS.size())));
        PermitPath path = switch (random.nextInt(3)) {
            case 0 -> PermitPath.of(session, ProviderId.of("kimi"));
            case 1 -> PermitPath.of(session, GLM, MODEL);
            default -> PermitPath.of(session, GLM);
        };
        Duration budget = Duration.ofNanos(random.nextInt(3_000_000));
        CallContext context = CallContext.create(session, "x", Deadline.after(budget, scheduler));
        int tokens = random.nextInt(100);
        switch (random.nextInt(22)) {
            case 0 -> pool.closeSession(session);
            case 1 -> pool.openSession(session, 1 + random.nextInt(2));
            case 2, 3 -> pool.tryAcquire(path, context, tokens).ifPresent(permit -> use(permit, random));
            case 4, 5, 6, 7, 8, 9 -> use(pool.acquire(path, context, tokens), random);
            case 10, 11 -> bracket(path, context, random);
            default -> request(path, context, tokens, random);
        }
    }

    private void bracket(PermitPath path, CallContext context, Random random) {
        int nanos = random.nextInt(20_000);
        boolean cancels = random.nextInt(3) == 0; // then its permit may be back while the body begins
        CompletableFuture<String> future = pool.callAsync(path, context, () -> {
            if (!cancels) {
                enter(path);
                LockSupport.parkNanos(nanos);
                leave(path);
            }
            return nanos % 2 == 0
                    ? CompletableFuture.completedFuture("")
                    : CompletableFuture.supplyAsync(() -> "", executor);
        });
        open.incrementAndGet();
        future.whenComplete((value, failure) -> open.decrementAndGet());
        if (cancels) {
            future.cancel(true);
        }
    }

    private void request(PermitPath path, CallContext context, int tokens, Random random) {
        Owner owner = new Owner(random.nextInt(5), random.nextInt(50_000));
        PermitRequest request = pool.prepare(path, context, tokens, owner);
        open.incrementAndGet();
        owner.request = request;
        if (random.nextInt(4) == 0) {
            executor.execute(owner::cancel);
        }
        try {
            request.submit();
        } catch (ExaiException e) {
            owner.end();
            throw e;
        }
        if (random.nextInt(4) == 0) {
            owner.cancel();
        }
    }

    private void use(Permit permit, Random random) {
        enter(permit.path());
        LockSupport.parkNanos(random.nextInt(50_000));
        if (random.nextInt(200) == 0) {
            permit.reportCongestion();
        }
        permit.touch();
        permit.settle(random.nextInt(100));
        leave(permit.path());
        permit.close();
        if (random.nextInt(4) == 0) {
            permit.close();
        }
    }

    private void enter(PermitPath path) {
        more("global", "global");
        more(path.provider().value(), path.provider().value());
        more("session " + path.session(), "session");
        path.model().ifPresent(model -> more(model, model));
    }

    private void leave(PermitPath path) {
        path.model().ifPresent(this::less);
        less("session " + path.session());
        less(path.provider().value());
        less("global");
    }

    private void more(String level, String kind) {
        int now = inFlight.computeIfAbsent(level, name -> new AtomicInteger()).incrementAndGet();
        if (now > MOST.get(kind)) {
            violations.add(level + ": " + now + " in flight, limit " + MOST.get(kind));
        }
    }

    private void less(String level) {
        inFlight.get(level).decrementAndGet();
    }

    /** Now and then something that takes a unit out of use for a while: what, by its number; or mostly nothing. */
    private int mischief() {
        long now = System.nanoTime();
        long at = mischiefAt.get();
        boolean mine = now - at > 0 && mischiefAt.compareAndSet(at, now + TimeUnit.MILLISECONDS.toNanos(300));
        return mine ? mischiefs.incrementAndGet() % 40 : NONE;
    }

    /** Owns an asynchronous request. Who ends it first, the listener or the canceller, says so by one decision. */
    private final class Owner implements PermitRequest.Listener {
        private final AtomicInteger decided = new AtomicInteger();
        private final AtomicInteger ended = new AtomicInteger();
        private final int behaviour;
        private final long nanos;
        private volatile PermitRequest request;

        Owner(int behaviour, long nanos) {
            this.behaviour = behaviour;
            this.nanos = nanos;
        }

        void end() {
            if (ended.getAndIncrement() == 0) {
                open.decrementAndGet();
            }
        }

        void cancel() {
            if (decided.compareAndSet(0, 1)) {
                request.cancel();
                PermitRequest.State state = request.state();
                if (state != PermitRequest.State.LEFT
                        && state != PermitRequest.State.RETURNED
                        && state != PermitRequest.State.REVOKED) {
                    violations.add("cancelled, and " + state);
                }
                end();
            }
        }

        @Override
        public void granted(Permit permit) {
            if (!decided.compareAndSet(0, 1)) {
                return; // the canceller was first, and gives it back
            }
            enter(permit.path());
            LockSupport.parkNanos(nanos);
            leave(permit.path());
            switch (mischief()) {
                case 0 -> hung.add(permit); // until it is revoked
                case 1, 2, 3 -> permit.onOverdue(permit::close);
                case NONE -> close(permit);
                default -> {
                    if (!drops) { // else a collector finds it
                        close(permit);
                    }
                }
            }
            end();
        }

        private void close(Permit permit) {
            switch (behaviour) {
                case 0 -> permit.close();
                case 1 -> {
                    permit.close();
                    permit.close();
                }
                case 2 -> request.cancel();
                case 3 -> {
                    permit.onOverdue(permit::close);
                    permit.settle(nanos);
                    permit.close();
                }
                default -> executor.execute(permit::close);
            }
        }

        @Override
        public void failed(ExaiException failure) {
            if (decided.compareAndSet(0, 1)) {
                end();
            }
        }
    }

    /** I1: nothing is out, nothing waits, and a full set of permits can be had at each level. */
    private void assertEverythingIsBack() {
        await("everyone has ended", () -> open.get() == 0);
        await("all is back", () -> {
            if (drops) {
                System.gc();
            }
            return pool.snapshot().isIdle();
        });
        hung.forEach(Permit::close);
        assertThat(violations).isEmpty();
        assertThat(pool.audit().problems()).isEmpty();
        PoolSnapshot snapshot = pool.snapshot();
        assertThat(snapshot.granted())
                .isEqualTo(snapshot.returned() + snapshot.revoked() + snapshot.reclaimed())
                .isPositive();
        await(
                "events are in pairs",
                () -> sum("PermitQueued") == sum("PermitLeft")
                        && sum("PermitGranted") == sum("PermitReturned")
                        && sum("PermitSuspect") == sum("PermitCleared"));

        SESSIONS.forEach(session -> pool.closeSession(SessionId.of(session)));
        pool.resize(limits().newcomerUnit(false).sessionAtEachProvider(1).build());
        await("no limit is lowered any more", () -> {
            PoolSnapshot now = pool.snapshot();
            return Stream.of(now.provider(GLM), now.model(GLM, MODEL), now.provider(ProviderId.of("kimi")))
                    .flatMap(Optional::stream) // a model is known from its first request on
                    .allMatch(usage -> usage.limit() == usage.configured() && !usage.isPaused());
        });
        Canary.of(pool, scheduler, List.of("glm", "kimi"))
                .model("glm", MODEL)
                .sessions(List.of("a", "fresh"))
                .sing();
    }

    private long sum(String kind) {
        LongAdder count = counts.get(kind);
        return count == null ? 0 : count.sum();
    }

    private static void await(String what, BooleanSupplier condition) {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean() && System.nanoTime() - giveUp < 0) {
            LockSupport.parkNanos(100_000);
        }
        assertThat(condition.getAsBoolean()).as(what).isTrue();
    }
}
