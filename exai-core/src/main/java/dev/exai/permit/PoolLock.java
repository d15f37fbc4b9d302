package dev.exai.permit;

import java.util.concurrent.locks.AbstractQueuedSynchronizer;
import org.jspecify.annotations.Nullable;

/**
 * The lock of a pool: for changes that take less time than a thread needs to fall asleep. Virtual threads that wait for it
 * do not pin their carriers.
 */
final class PoolLock extends AbstractQueuedSynchronizer {
    /*
     * Invariant  One thread at a time is between lock() and unlock(); the state is 1 then, else 0. It is not reentrant: no
     *            code that could come back runs under it.
     * Owner      Who has it is noted only where assertions are on, since to note a thread in an object that is old costs a
     *            barrier of the collector each time.
     */
    private static final long serialVersionUID = 1L;

    private static final int FREE = 0;
    private static final int TAKEN = 1;

    /**
     * How long the longest pause between two looks at the lock is, in spins: some microseconds in all. With one processor
     * nobody can free it meanwhile, and one look is enough.
     */
    private static final int LONGEST_PAUSE = Runtime.getRuntime().availableProcessors() > 1 ? 256 : 1;

    /**
     * Takes it. Whoever has it mostly gives it back sooner than a thread can fall asleep: so this looks again before it
     * does. Each pause is twice as long as the one before, so that a thread whose processor has the ledger in its cache can
     * make many changes before another processor fetches it.
     */
    void lock() {
        assert !isHeldByCurrentThread() : "taken again by the thread that has it: it would wait for itself";
        for (int pause = 1; pause <= LONGEST_PAUSE; pause *= 2) {
            if (tryAcquire(TAKEN)) {
                return;
            }
            for (int i = 0; i < pause; i++) {
                Thread.onSpinWait();
            }
        }
        acquire(TAKEN);
    }

    void unlock() {
        release(FREE);
    }

    /** {@return whether this thread has it} Known where assertions are on. */
    @SuppressWarnings("ReferenceEquality") // a thread is itself only
    boolean isHeldByCurrentThread() {
        return getExclusiveOwnerThread() == Thread.currentThread();
    }

    @Override
    protected boolean tryAcquire(int taken) {
        boolean first = getState() == FREE && compareAndSetState(FREE, TAKEN);
        assert !first || noteOwner(Thread.currentThread());
        return first;
    }

    @Override
    protected boolean tryRelease(int free) {
        assert isHeldByCurrentThread() && noteOwner(null) : "given back by a thread that does not have it";
        setState(FREE);
        return true;
    }

    private boolean noteOwner(@Nullable Thread owner) {
        setExclusiveOwnerThread(owner);
        return true;
    }
}
