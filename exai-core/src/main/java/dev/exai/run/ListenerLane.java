package dev.exai.run;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells one listener one thing at a time, in order. What it has not taken yet is bounded; the end is never left out. */
final class ListenerLane {
    /*
     * State      waiting: what is still to be told. telling: a task that tells is on the executor.
     * Owner      lock guards both; the listener runs outside it.
     * Bound      A progress takes the place of one that waits right before it; beyond MOST the oldest is left out.
     */
    private static final Logger log = LoggerFactory.getLogger(ListenerLane.class);
    private static final int MOST = 1_000;

    private record Delivery(boolean isProgress, Consumer<RunListener> what) {}

    private final RunListener listener;
    private final Executor executor;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Deque<Delivery> waiting = new ArrayDeque<>();

    @GuardedBy("lock")
    private boolean telling;

    ListenerLane(RunListener listener, Executor executor) {
        this.listener = listener;
        this.executor = executor;
    }

    void progress(RunProgress progress) {
        add(new Delivery(true, told -> told.progress(progress)));
    }

    void tell(Consumer<RunListener> what) {
        add(new Delivery(false, what));
    }

    private void add(Delivery delivery) {
        synchronized (lock) {
            if (delivery.isProgress() && !waiting.isEmpty() && waiting.getLast().isProgress()) {
                waiting.removeLast();
            } else if (waiting.size() == MOST) {
                Iterator<Delivery> oldest = waiting.iterator();
                oldest.next();
                oldest.remove();
            }
            waiting.addLast(delivery);
            if (telling) {
                return;
            }
            telling = true;
        }
        try {
            executor.execute(this::drain);
        } catch (RejectedExecutionException | OutOfMemoryError noThread) {
            drain();
        }
    }

    private void drain() {
        while (true) {
            Delivery next;
            synchronized (lock) {
                next = waiting.poll();
                if (next == null) {
                    telling = false;
                    return;
                }
            }
            try {
                next.what().accept(listener);
            } catch (RuntimeException | Error e) {
                log.warn("A listener of a run threw; it is told on", e);
            }
        }
    }
}
