package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.CallContext;
import dev.exai.error.ExaiException;
import dev.exai.error.InternalErrorException;
import dev.exai.error.PermitRevokedException;
import dev.exai.error.PermitTimeoutException;
import dev.exai.error.SessionClosedException;
import dev.exai.permit.PermitRequest.State;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** One who asks for a permit, with a listener or on a thread that waits, and what it was told. */
final class RaceParty implements PermitRequest.Listener {
    /** What each takes of the budget, and what it has used of that when it closes in good order. */
    static final int TOKENS = 10;

    static final int USED = 4;

    final String name;
    final CallContext context;
    private final RaceScene scene;
    private final PermitPath path;
    private PermitRequest request;
    private Thread thread;

    private final List<Permit> granted = Collections.synchronizedList(new ArrayList<>());
    private final List<Throwable> failed = Collections.synchronizedList(new ArrayList<>());
    private final List<String> violations = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger overdue = new AtomicInteger();
    private volatile boolean gaveUp;
    private volatile boolean settled;
    private volatile long gaveUpAt = Long.MAX_VALUE;

    RaceParty(RaceScene scene, String name, PermitPath path, CallContext context) {
        this.scene = scene;
        this.name = name;
        this.path = path;
        this.context = context;
        this.request = scene.pool.prepare(path, context, TOKENS, this);
    }

    // What it does

    void ask() {
        try {
            request.submit();
        } catch (ExaiException refused) {
            failed.add(refused);
        }
    }

    /** Asks on a thread that waits, and returns when it does so. */
    void askAndWait() {
        request.cancel();
        thread = new Thread(this::acquire, "the thread of the " + name);
        thread.setDaemon(true);
        thread.start();
        RaceSweep.await(() -> LockSupport.getBlocker(thread) instanceof PermitRequest, thread);
        request = (PermitRequest) LockSupport.getBlocker(thread);
    }

    private void acquire() {
        try {
            granted.add(scene.pool.acquire(path, context, TOKENS));
        } catch (InterruptedException e) {
            gaveUp = true;
        } catch (Throwable e) {
            failed.add(e);
        }
    }

    /** Gives its permit back, in good order. */
    void close() {
        Permit permit = granted.get(0);
        settled = true;
        permit.settle(USED);
        permit.close();
    }

    /** Gives back what was revoked. */
    void giveBackLate() {
        if (granted.isEmpty()) {
            cancel();
        } else {
            close();
        }
    }

    void cancel() {
        gaveUp = true;
        request.cancel();
        gaveUpAt = scene.stamps.now();
    }

    void interrupt() {
        thread.interrupt();
    }

    void touch() {
        granted.get(0).touch();
    }

    void reportCongestion() {
        granted.get(0).reportCongestion();
    }

    void closesWhenOverdue() {
        granted.get(0).onOverdue(() -> {
            overdue.incrementAndGet();
            close();
        });
    }

    /** Has the collector find that nobody has its handle any more, without a collector. */
    void drop() {
        State seen = state();
        scene.pool.snapshot(); // so that what was written under the lock by then is seen
        Reference<?> reference = seen == State.HELD || seen == State.REVOKED ? request.entry.reference() : null;
        if (reference != null) {
            reference.enqueue();
        }
    }

    @Override
    public void granted(Permit permit) {
        boolean wasCancelled = gaveUpAt != Long.MAX_VALUE; // read before it is looked whether the permit is held
        if (wasCancelled && permit.isHeld()) {
            violations.add("was handed a permit that is held, after it had cancelled");
        }
        check();
        granted.add(permit);
    }

    @Override
    public void failed(ExaiException failure) {
        check();
        failed.add(failure);
    }

    /** I9: nothing begins to be told after cancel has returned. */
    private void check() {
        if (scene.stamps.asked() > gaveUpAt) {
            violations.add("was told after it had cancelled");
        }
    }

    // How it stands

    State state() {
        return request.state();
    }

    boolean isIn(State state) {
        return state() == state;
    }

    Thread thread() {
        return thread;
    }

    /** What of the budget it has taken for good. */
    long spent() {
        return granted.isEmpty() ? 0 : settled ? USED : TOKENS;
    }

    /** What it was told is what has come of it, and it was told once (I7). */
    void assertToldOnce() {
        assertThat(violations).as(name).isEmpty();
        assertThat(overdue).as("%s was told that it is overdue", name).hasValueLessThan(2);
        String told = name + " in " + state() + ", told: " + granted + failed;
        assertThat(granted.size() + failed.size()).as(told).isLessThan(2);
        boolean toldOfGrant = granted.size() == 1;
        Class<?> why = failed.isEmpty() ? null : failed.get(0).getClass();
        switch (state()) {
            case NEW, QUEUED ->
                assertThat(granted.size() + failed.size()).as(told).isZero();
            case HELD -> assertThat(toldOfGrant).as(told).isTrue();
            case LEFT ->
                assertThat(
                                gaveUp
                                        ? granted.isEmpty()
                                        : why == PermitTimeoutException.class || why == SessionClosedException.class)
                        .as(told)
                        .isTrue();
            case RETURNED ->
                assertThat(gaveUp || toldOfGrant || why == InternalErrorException.class)
                        .as(told)
                        .isTrue();
            case REVOKED ->
                assertThat(gaveUp || toldOfGrant || why == PermitRevokedException.class)
                        .as(told)
                        .isTrue();
            case RECLAIMED -> assertThat(failed).as(told).isEmpty();
        }
    }

    @Override
    public String toString() {
        return name + " " + state();
    }
}
