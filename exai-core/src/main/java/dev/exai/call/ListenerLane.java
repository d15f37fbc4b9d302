package dev.exai.call;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells one listener one thing at a time, in order, on an executor.
 *
 * <p>A listener that blocks holds one of its session's threads for listeners, and its own queue, whose size the call's
 * reply buffer bounds; a listener that throws is logged and told on.
 */
final class ListenerLane {
    /*
     * State      waiting: what is still to be told. telling: a task that tells is on the executor. hasEnd: the end is
     *            among what was to be told.
     * Owner      lock guards both; listeners run outside it.
     * Progress   A task tells until the queue is empty, in a loop, so the stack does not grow.
     */
    private static final Logger log = LoggerFactory.getLogger(ListenerLane.class);

    private final Executor executor;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Queue<Runnable> waiting = new ArrayDeque<>(4);

    @GuardedBy("lock")
    private boolean telling;

    @GuardedBy("lock")
    private boolean hasEnd;

    @GuardedBy("lock")
    private boolean hasThrown;

    ListenerLane(Executor executor) {
        this.executor = executor;
    }

    /** Tells something in mid-call. Where the executor refuses it waits, to be told with what comes next. */
    void tell(Runnable delivery) {
        if (add(delivery, false) && !start()) {
            boolean endCameToo;
            synchronized (lock) {
                endCameToo = hasEnd;
                telling = endCameToo;
            }
            if (endCameToo) {
                run();
            }
        }
    }

    /** Tells the end. Where the executor is closed or full, or finds no thread, it is told here, so that it is told. */
    void tellEnd(Runnable delivery) {
        if (add(delivery, true) && !start()) {
            run();
        }
    }

    /** Puts a delivery in line; returns whether nobody is telling yet, so that the caller has to see to it. */
    private boolean add(Runnable delivery, boolean isEnd) {
        synchronized (lock) {
            waiting.add(delivery);
            hasEnd |= isEnd;
            boolean first = !telling;
            telling = true;
            return first;
        }
    }

    private boolean start() {
        try {
            executor.execute(this::run);
            return true;
        } catch (RejectedExecutionException | OutOfMemoryError noThread) {
            return false;
        }
    }

    /** The first throw of a listener is worth a trace; more of the same are not. */
    private void report(Throwable thrown) {
        boolean first;
        synchronized (lock) {
            first = !hasThrown;
            hasThrown = true;
        }
        if (first) {
            log.warn("A listener of a call threw; it is told on, and more throws of it are not shown", thrown);
        } else {
            log.debug("A listener of a call threw again", thrown);
        }
    }

    private void run() {
        while (true) {
            Runnable delivery;
            synchronized (lock) {
                delivery = waiting.poll();
                if (delivery == null) {
                    telling = false;
                    return;
                }
            }
            try {
                delivery.run();
            } catch (RuntimeException | Error e) {
                report(e);
            }
        }
    }
}
