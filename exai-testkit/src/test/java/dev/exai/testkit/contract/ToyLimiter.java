package dev.exai.testkit.contract;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A plain limiter that keeps every rule, but for the bugs that it is made with. Each use of {@link #has} is a place
 * where a real limiter went wrong.
 */
final class ToyLimiter implements LimiterUnderTest {
    private final LimiterSpec spec;
    private final Set<Bug> bugs;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Deque<Waiting>> queues = new LinkedHashMap<>();
    private final Map<String, Integer> inUse = new HashMap<>();
    private final List<Held> holders = new ArrayList<>();
    private final ThreadLocal<Deque<Runnable>> told = new ThreadLocal<>();
    private volatile int limit;
    private volatile int used;
    private final AtomicBoolean wakeIsSet = new AtomicBoolean();
    private int releases;
    private long arrivals;

    private ToyLimiter(LimiterSpec spec, Set<Bug> bugs) {
        this.spec = spec;
        this.bugs = bugs;
        this.limit = spec.limit();
    }

    static LimiterFactory factory(Bug... bugs) {
        Set<Bug> set = EnumSet.noneOf(Bug.class);
        set.addAll(List.of(bugs));
        return new LimiterFactory() {
            @Override
            public String name() {
                return "toy " + set;
            }

            @Override
            public Set<LimiterFeature> features() {
                return EnumSet.allOf(LimiterFeature.class);
            }

            @Override
            public LimiterUnderTest create(LimiterSpec spec) {
                return new ToyLimiter(spec, set);
            }
        };
    }

    private boolean has(Bug bug) {
        return bugs.contains(bug);
    }

    // ---- asking

    @Override
    public Optional<Holding> tryAcquire(String tenant, String part) {
        boolean seenFree = used < limit;
        if (has(Bug.REFUSED_ATTEMPT_WAITS) && !seenFree) {
            pause(50_000);
        }
        if (has(Bug.CHECKS_THEN_TAKES) && seenFree) {
            pause(100);
        }
        if (has(Bug.TAKES_LEVEL_BY_LEVEL) && !takePoolForAMoment()) {
            return Optional.empty();
        }
        lock.lock();
        try {
            used -= has(Bug.TAKES_LEVEL_BY_LEVEL) ? 1 : 0;
            if (fits(part) || (has(Bug.CHECKS_THEN_TAKES) && seenFree)) {
                return Optional.of(take(tenant, part));
            }
            used += has(Bug.REFUSED_ATTEMPT_TAKES) ? 1 : 0;
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private boolean takePoolForAMoment() {
        lock.lock();
        try {
            if (used >= limit) {
                return false;
            }
            used++;
        } finally {
            lock.unlock();
        }
        Thread.onSpinWait();
        return true;
    }

    @Override
    public Optional<Holding> acquire(String tenant, String part) throws InterruptedException {
        lock.lock();
        try {
            if (fits(part)) {
                return Optional.of(take(tenant, part));
            }
            Waiting waiting = enqueue(tenant, part, null);
            try {
                return Optional.ofNullable(waiting.await());
            } catch (InterruptedException e) {
                if (waiting.held != null && !has(Bug.INTERRUPT_DROPS_GRANT)) {
                    waiting.held.release(); // granted as it was interrupted
                } else if (!has(Bug.INTERRUPTED_STAYS_QUEUED)) {
                    waiting.leave();
                }
                throw e;
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Request request(String tenant, String part, Listener listener) {
        List<Runnable> effects = new ArrayList<>();
        Waiting waiting;
        lock.lock();
        try {
            waiting = enqueue(tenant, part, listener);
            grantAll(effects);
        } finally {
            lock.unlock();
        }
        run(effects);
        return waiting;
    }

    @Override
    public <T> T call(String tenant, String part, Callable<T> work) throws Exception {
        Holding held = acquire(tenant, part).orElseThrow();
        if (has(Bug.FORGETS_IF_WORK_THROWS)) {
            T answer = work.call();
            held.release();
            return answer;
        }
        try {
            return work.call();
        } finally {
            held.release();
        }
    }

    @Override
    public void setLimit(int value) {
        while (has(Bug.SHRINK_WAITS) && used > value && !Thread.currentThread().isInterrupted()) {
            pause(100);
        }
        List<Runnable> effects = new ArrayList<>();
        lock.lock();
        try {
            limit = value;
            if (!has(Bug.GROWS_IN_SILENCE)) {
                grantAll(effects);
            }
        } finally {
            lock.unlock();
        }
        run(effects);
    }

    @Override
    public List<String> holders() {
        lock.lock();
        try {
            return holders.stream().map(held -> held.tenant).toList();
        } finally {
            lock.unlock();
        }
    }

    // ---- under the lock

    private boolean fits(String part) {
        return used < limit
                && (spec.partLimit().isEmpty() || inUse(part) < spec.partLimit().getAsInt());
    }

    private int inUse(String part) {
        return inUse.getOrDefault(part, 0);
    }

    private Held take(String tenant, String part) {
        Held held = new Held(tenant, part);
        used++;
        inUse.merge(part, 1, Integer::sum);
        holders.add(held);
        return held;
    }

    private Waiting enqueue(String tenant, String part, Listener listener) {
        Waiting waiting = new Waiting(tenant, part, listener);
        queues.computeIfAbsent(tenant, any -> new ArrayDeque<>()).add(waiting);
        if (has(Bug.HOLDS_AND_WAITS) && used < limit) {
            waiting.holdsPool = true;
            used++;
        }
        return waiting;
    }

    private void grantAll(List<Runnable> effects) {
        for (Waiting next = next(); next != null; next = next()) {
            queues.get(next.tenant).remove(next);
            if (next.left) {
                return; // only with the bug STOPS_AT_ONE_THAT_LEFT
            }
            used -= next.holdsPool ? 1 : 0;
            next.holdsPool = false;
            next.held = take(next.tenant, next.part);
            used -= has(Bug.HAND_OVER_DOES_NOT_COUNT) ? 1 : 0;
            if (next.listener == null) {
                next.granted.signal();
            } else {
                Waiting waiting = next;
                effects.add(() -> deliver(waiting));
            }
        }
    }

    /** The head that fits, of the tenant that holds least; among those, who came first. */
    private Waiting next() {
        Comparator<Waiting> order = Comparator.comparingLong(waiting -> waiting.arrival);
        if (!has(Bug.SERVES_IN_ORDER_OF_ARRIVAL)) {
            order = Comparator.<Waiting>comparingLong(waiting -> holders.stream()
                            .filter(held -> held.tenant.equals(waiting.tenant))
                            .count())
                    .thenComparing(order);
        }
        return queues.values().stream()
                .filter(queue -> !queue.isEmpty())
                .map(queue -> has(Bug.LAST_COME_FIRST_SERVED) ? queue.getLast() : queue.getFirst())
                .filter(waiting -> fits(waiting.part) || (waiting.holdsPool && inUse(waiting.part) == 0))
                .min(order)
                .orElse(null);
    }

    // ---- telling, outside the lock

    private void deliver(Waiting waiting) {
        try {
            spec.executor().execute(() -> tell(waiting));
        } catch (RuntimeException e) {
            if (!has(Bug.FORGETS_IF_EXECUTOR_REFUSES)) {
                waiting.held.release();
            }
            if (!has(Bug.SILENT_IF_EXECUTOR_REFUSES)) {
                waiting.listener.failed(e);
            }
        }
    }

    private void tell(Waiting waiting) {
        lock.lock();
        try {
            if (waiting.left && !has(Bug.DELIVERS_WHAT_WAS_CANCELLED)) {
                return;
            }
            waiting.delivered = true;
        } finally {
            lock.unlock();
        }
        try {
            waiting.listener.granted(waiting.held);
        } catch (RuntimeException e) {
            if (!has(Bug.FORGETS_IF_LISTENER_THROWS)) {
                waiting.held.release();
            }
        }
    }

    /** Runs effects one after another, also those that they cause, so that the stack does not grow. */
    private void run(List<Runnable> effects) {
        if (has(Bug.RECURSES)) {
            effects.forEach(Runnable::run);
            return;
        }
        Deque<Runnable> line = told.get();
        if (line != null) {
            line.addAll(effects);
            return;
        }
        line = new ArrayDeque<>(effects);
        told.set(line);
        try {
            while (!line.isEmpty()) {
                line.poll().run();
            }
        } finally {
            told.remove();
        }
    }

    private static void pause(long micros) {
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(micros));
    }

    /** Someone who waits: a thread, or a listener. */
    private final class Waiting implements Request {
        final String tenant;
        final String part;
        final Listener listener;
        final long arrival = arrivals++;
        final Condition granted = lock.newCondition();
        Held held;
        boolean holdsPool;
        boolean left;
        boolean delivered;

        Waiting(String tenant, String part, Listener listener) {
            this.tenant = tenant;
            this.part = part;
            this.listener = listener;
        }

        Held await() throws InterruptedException {
            long nanos = spec.patience().toNanos();
            while (held == null && nanos > 0) {
                nanos = granted.awaitNanos(nanos);
            }
            if (nanos <= 0 && has(Bug.TIME_OUT_DROPS_GRANT)) {
                held = null;
            }
            if (held == null && !has(Bug.TIMED_OUT_STAYS_QUEUED)) {
                leave();
            }
            return held;
        }

        void leave() {
            left = true;
            used -= holdsPool ? 1 : 0;
            holdsPool = false;
            if (!has(Bug.STOPS_AT_ONE_THAT_LEFT)) {
                queues.get(tenant).remove(this);
            }
        }

        @Override
        public void cancel() {
            boolean undelivered;
            lock.lock();
            try {
                leave();
                undelivered = held != null && !delivered;
            } finally {
                lock.unlock();
            }
            if (undelivered && !has(Bug.CANCEL_DROPS_GRANT)) {
                held.release(); // granted as it was cancelled
            }
        }
    }

    private final class Held implements Holding {
        final String tenant;
        final String part;
        final AtomicBoolean released = new AtomicBoolean();

        Held(String tenant, String part) {
            this.tenant = tenant;
            this.part = part;
        }

        @Override
        public void release() {
            if (released.getAndSet(true) && !has(Bug.RELEASES_TWICE)) {
                return;
            }
            List<Runnable> effects = new ArrayList<>();
            lock.lock();
            try {
                free();
                if (has(Bug.WAKES_INSTEAD_OF_HANDING_OVER)) {
                    wakeLater();
                } else {
                    grantAll(effects);
                }
                if (has(Bug.TELLS_UNDER_LOCK)) {
                    run(effects);
                    effects.clear();
                }
            } finally {
                lock.unlock();
            }
            run(effects);
        }

        private void free() {
            releases++;
            if (!has(Bug.LOSES_SOME_RELEASES) || releases % 20 != 0) {
                used--;
                inUse.merge(part, -1, Integer::sum);
            }
            if (!has(Bug.NAMES_WHO_NO_LONGER_HOLDS)) {
                holders.remove(this);
            }
        }

        private void wakeLater() {
            if (!wakeIsSet.getAndSet(true)) {
                Thread waking = new Thread(() -> {
                    pause(20_000);
                    wakeIsSet.set(false);
                    setLimit(limit);
                });
                waking.setDaemon(true);
                waking.start();
            }
        }
    }
}
