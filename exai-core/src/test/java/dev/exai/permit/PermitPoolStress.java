package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import dev.exai.context.SystemScheduler;
import dev.exai.error.ExaiException;
import dev.exai.error.OverloadedException;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("I1, I5, I7, I10: real threads that do all they can to each other")
@Timeout(600)
class PermitPoolStress {
    private static final List<String> SESSIONS = List.of("a", "b", "c", "d", "e");
    private static final Map<String, Integer> PROVIDERS = Map.of("glm", 3, "kimi", 2);
    private static final int GLOBAL = 4;
    private static final int SESSION = 2;

    private final long seed = Long.getLong("exai.seed", System.nanoTime());
    private final SystemScheduler scheduler = SystemScheduler.create("stress-timer");
    private final ExecutorService executor = Executors.newFixedThreadPool(2);
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final PermitPool pool = PermitPool.builder(
                    PermitLimits.builder()
                            .provider("glm", PROVIDERS.get("glm"))
                            .provider("kimi", PROVIDERS.get("kimi"))
                            .global(GLOBAL)
                            .session(SESSION)
                            .maxQueued(60)
                            .maxQueuedPerSession(20)
                            .build(),
                    scheduler)
            .executor(executor)
            .events(this::count)
            .build();

    /** How many are in flight at each level: counted by the holders themselves, not by the pool. */
    private final Map<String, AtomicInteger> inFlight = new ConcurrentHashMap<>();

    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final AtomicInteger open = new AtomicInteger();

    private void count(ExaiEvent event) {
        counts.computeIfAbsent(event.getClass().getSimpleName(), kind -> new LongAdder())
                .increment();
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
        stress(8, Duration.ofSeconds(60));
    }

    private void stress(int threads, Duration time) throws Exception {
        System.out.println("PermitPoolStress: seed " + seed);
        long end = System.nanoTime() + time.toNanos();
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Random random = new Random(seed + i);
            Thread worker = new Thread(() -> work(random, end), "stress-" + i);
            workers.add(worker);
        }
        workers.forEach(Thread::start);
        Random random = new Random(seed - 1);
        while (System.nanoTime() - end < 0) {
            workers.get(random.nextInt(threads)).interrupt();
            assertThat(pool.audit().problems()).isEmpty();
            LockSupport.parkNanos(random.nextInt(500_000));
        }
        for (Thread worker : workers) {
            worker.join(20_000);
            assertThat(worker.isAlive()).as(worker.getName()).isFalse();
        }
        await(() -> open.get() == 0);
        assertEverythingIsBack();
        System.out.println("PermitPoolStress: " + counts);
    }

    private void work(Random random, long end) {
        while (System.nanoTime() - end < 0) {
            try {
                step(random);
            } catch (InterruptedException | OverloadedException | PermitTimeoutException | SessionClosedException e) {
                count(e);
            } catch (Throwable e) {
                violations.add("unexpected: " + e);
            }
        }
    }

    private void count(Throwable thrown) {
        counts.computeIfAbsent(thrown.getClass().getSimpleName(), kind -> new LongAdder())
                .increment();
    }

    private void step(Random random) throws InterruptedException {
        String session = SESSIONS.get(random.nextInt(SESSIONS.size()));
        String provider = random.nextInt(3) == 0 ? "kimi" : "glm";
        PermitPath path = Desk.path(session, provider);
        Duration budget = Duration.ofNanos(random.nextInt(3_000_000));
        CallContext context = CallContext.create(SessionId.of(session), "x", Deadline.after(budget, scheduler));
        switch (random.nextInt(20)) {
            case 0 -> pool.closeSession(SessionId.of(session));
            case 1 -> pool.openSession(SessionId.of(session), 1 + random.nextInt(2));
            case 2, 3 -> {
                Optional<Permit> permit = pool.tryAcquire(path, context);
                permit.ifPresent(held -> use(held, random));
            }
            case 4, 5, 6, 7, 8, 9 -> use(pool.acquire(path, context), random);
            default -> {
                Owner owner = new Owner(random.nextInt(4), random.nextInt(50_000));
                PermitRequest request = pool.prepare(path, context, owner);
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
        }
    }

    private void use(Permit permit, Random random) {
        enter(permit.path());
        LockSupport.parkNanos(random.nextInt(50_000));
        leave(permit.path());
        permit.close();
        if (random.nextInt(4) == 0) {
            permit.close();
        }
    }

    private void enter(PermitPath path) {
        more("global", GLOBAL);
        more(path.provider().value(), PROVIDERS.get(path.provider().value()));
        more(path.session().value(), SESSION);
    }

    private void leave(PermitPath path) {
        less(path.session().value());
        less(path.provider().value());
        less("global");
    }

    private void more(String level, int limit) {
        int now = inFlight.computeIfAbsent(level, name -> new AtomicInteger()).incrementAndGet();
        if (now > limit) {
            violations.add(level + ": " + now + " in flight, limit " + limit);
        }
    }

    private void less(String level) {
        inFlight.get(level).decrementAndGet();
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
                if (state != PermitRequest.State.LEFT && state != PermitRequest.State.RETURNED) {
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
            switch (behaviour) {
                case 0 -> permit.close();
                case 1 -> {
                    permit.close();
                    permit.close();
                }
                case 2 -> request.cancel();
                default -> executor.execute(permit::close);
            }
            end();
        }

        @Override
        public void failed(ExaiException failure) {
            if (decided.compareAndSet(0, 1)) {
                end();
            }
        }
    }

    /** I1: nothing is out, nothing waits, and a full set of permits can be had at each level: the canary. */
    private void assertEverythingIsBack() {
        await(() -> pool.snapshot().isIdle());
        assertThat(violations).isEmpty();
        assertThat(pool.audit().problems()).isEmpty();
        PoolSnapshot snapshot = pool.snapshot();
        assertThat(snapshot.granted()).isEqualTo(snapshot.returned()).isPositive();
        await(() -> sum("PermitQueued") == sum("PermitLeft") && sum("PermitGranted") == sum("PermitReturned"));

        SESSIONS.forEach(session -> pool.closeSession(SessionId.of(session)));
        List<Permit> all = new ArrayList<>();
        for (String path : List.of("v glm", "w glm", "x glm", "y kimi")) {
            all.add(take(path).orElseThrow());
        }
        assertThat(take("z kimi")).as("global is full").isEmpty();
        all.forEach(Permit::close);
        List<Permit> kimi = List.of(take("v kimi").orElseThrow(), take("w kimi").orElseThrow());
        assertThat(take("x kimi")).as("kimi is full").isEmpty();
        kimi.forEach(Permit::close);
        List<Permit> session =
                List.of(take("v glm").orElseThrow(), take("v kimi").orElseThrow());
        assertThat(take("v kimi")).as("the session is full").isEmpty();
        session.forEach(Permit::close);
        assertThat(pool.snapshot().isIdle()).isTrue();
    }

    private Optional<Permit> take(String path) {
        String[] parts = path.split(" ");
        CallContext context =
                CallContext.create(SessionId.of(parts[0]), "x", Deadline.after(Duration.ofMinutes(1), scheduler));
        return pool.tryAcquire(PermitPath.of(SessionId.of(parts[0]), ProviderId.of(parts[1])), context);
    }

    private long sum(String kind) {
        LongAdder count = counts.get(kind);
        return count == null ? 0 : count.sum();
    }

    private static void await(BooleanSupplier condition) {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean() && System.nanoTime() - giveUp < 0) {
            LockSupport.parkNanos(100_000);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    // ---- pairs that race: two threads on a barrier, many rounds

    /** Something that happens to a waiting request in the moment in which it is granted. */
    private interface Rival {
        void act(PermitRequest request, Permit holder);
    }

    @Test // grant <- cancel
    void grantRacesCancel_nothingIsLost() throws Exception {
        race(500, Duration.ofMinutes(1), (request, holder) -> request.cancel());
    }

    @Test // grant <- session close
    void grantRacesSessionClose_nothingIsLost() throws Exception {
        race(500, Duration.ofMinutes(1), (request, holder) -> pool.closeSession(SessionId.of("b")));
    }

    @Test // grant <- timeout
    void grantRacesTimeout_nothingIsLost() throws Exception {
        race(500, Duration.ofNanos(60_000), (request, holder) -> {});
    }

    @Test // close <- close
    void closeRacesClose_freesOneUnit() throws Exception {
        race(500, Duration.ofMinutes(1), (request, holder) -> holder.close());
    }

    @Test
    @Tag("ci")
    void grantRacesAll_manyRounds_nothingIsLost() throws Exception {
        race(20_000, Duration.ofMinutes(1), (request, holder) -> request.cancel());
        race(20_000, Duration.ofMinutes(1), (request, holder) -> pool.closeSession(SessionId.of("b")));
        race(20_000, Duration.ofNanos(60_000), (request, holder) -> {});
        race(20_000, Duration.ofMinutes(1), (request, holder) -> holder.close());
    }

    /** The last unit of kimi is given back to a waiting request, while the rival acts on that request. */
    private void race(int rounds, Duration budget, Rival rival) throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(2);
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            for (int round = 0; round < rounds; round++) {
                Permit first = take("a kimi").orElseThrow();
                Permit holder = take("c kimi").orElseThrow();
                Owner owner = new Owner(0, 0);
                CallContext context = CallContext.create(SessionId.of("b"), "x", Deadline.after(budget, scheduler));
                PermitRequest request = pool.prepare(Desk.path("b", "kimi"), context, owner);
                owner.request = request;
                try {
                    request.submit();
                } catch (PermitTimeoutException late) {
                    // its budget was over before it was submitted: then it races nobody
                }
                Future<?> acting = other.submit(() -> {
                    barrier.await(10, TimeUnit.SECONDS);
                    rival.act(request, holder);
                    return null;
                });
                barrier.await(10, TimeUnit.SECONDS);
                holder.close();
                acting.get(10, TimeUnit.SECONDS);
                await(() ->
                        request.state() == PermitRequest.State.LEFT || request.state() == PermitRequest.State.RETURNED);
                first.close();
                assertThat(pool.audit().problems()).isEmpty();
                assertThat(pool.snapshot().isIdle()).as("round %d", round).isTrue();
            }
        } finally {
            other.shutdownNow();
        }
        assertThat(violations).isEmpty();
    }

    @Test // acquire <- interrupt | close
    void acquireRacesInterrupt_nothingIsLost() throws Exception {
        acquireAgainstInterrupt(500);
    }

    @Test // acquire <- interrupt | close
    @Tag("ci")
    void acquireRacesInterrupt_manyRounds_nothingIsLost() throws Exception {
        acquireAgainstInterrupt(20_000);
    }

    private void acquireAgainstInterrupt(int rounds) throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(2);
        for (int round = 0; round < rounds; round++) {
            Permit first = take("a kimi").orElseThrow();
            Permit holder = take("c kimi").orElseThrow();
            CallContext context =
                    CallContext.create(SessionId.of("b"), "x", Deadline.after(Duration.ofMinutes(1), scheduler));
            Thread waiter = new Thread(() -> {
                try (Permit permit = pool.acquire(Desk.path("b", "kimi"), context)) {
                    count("acquired");
                } catch (InterruptedException e) {
                    count("interrupted");
                } catch (Throwable e) {
                    violations.add("unexpected: " + e);
                }
            });
            waiter.start();
            await(() -> pool.snapshot().global().waiting() == 1);
            Thread interrupter = new Thread(() -> {
                try {
                    barrier.await(10, TimeUnit.SECONDS);
                } catch (Exception e) {
                    violations.add("barrier: " + e);
                }
                waiter.interrupt();
            });
            interrupter.start();
            barrier.await(10, TimeUnit.SECONDS);
            holder.close();
            waiter.join(10_000);
            interrupter.join(10_000);
            assertThat(waiter.isAlive()).isFalse();
            first.close();
            assertThat(pool.snapshot().isIdle()).as("round %d", round).isTrue();
        }
        assertThat(violations).isEmpty();
        System.out.println("PermitPoolStress: " + counts);
    }

    private void count(String what) {
        counts.computeIfAbsent(what, kind -> new LongAdder()).increment();
    }
}
