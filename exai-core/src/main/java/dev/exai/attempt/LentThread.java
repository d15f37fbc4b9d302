package dev.exai.attempt;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Lends the thread that opens an exchange to its provider, for after that: one hand-over less for each exchange. */
final class LentThread implements Predicate<Runnable> {
    /*
     * Owner      The thread that made this. The others see nothing but that they are not it.
     * Invariant  What was taken is run exactly once, and nothing is taken after that.
     */
    private final Thread owner = Thread.currentThread();
    private boolean given;
    private @Nullable Runnable work;

    @Override
    @SuppressWarnings("ReferenceEquality") // a thread is itself only
    public boolean test(Runnable wanted) {
        if (Thread.currentThread() != owner || given) {
            return false;
        }
        given = true;
        work = wanted;
        return true;
    }

    /** Runs what was taken, if anything was, and takes nothing more. By the owner, once. */
    void run() {
        given = true;
        Runnable taken = work;
        work = null;
        if (taken != null) {
            taken.run();
        }
    }
}
