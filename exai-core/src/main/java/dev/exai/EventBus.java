package dev.exai;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.event.ExaiEvent;
import dev.exai.event.ExaiListener;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries events to listeners: a bounded queue for each, drained on the executor for user code. Never blocks. */
final class EventBus implements Consumer<ExaiEvent> {
    private static final Logger log = LoggerFactory.getLogger(EventBus.class);
    private static final int MOST_WAITING = 10_000;

    private final List<Subscriber> subscribers;
    private final Executor executor;
    private final AtomicLong dropped = new AtomicLong();

    EventBus(List<ExaiListener> listeners, Executor executor) {
        this.executor = executor;
        this.subscribers = listeners.stream().map(Subscriber::new).toList();
    }

    @Override
    public void accept(ExaiEvent event) {
        for (Subscriber subscriber : subscribers) {
            subscriber.offer(event);
        }
    }

    /** How many events found a listener's queue full. */
    long dropped() {
        return dropped.get();
    }

    private final class Subscriber {
        private final ExaiListener listener;
        private final Object lock = new Object();

        @GuardedBy("lock")
        private final Queue<ExaiEvent> waiting = new ArrayDeque<>();

        @GuardedBy("lock")
        private boolean draining;

        Subscriber(ExaiListener listener) {
            this.listener = listener;
        }

        void offer(ExaiEvent event) {
            synchronized (lock) {
                if (waiting.size() == MOST_WAITING) {
                    dropped.incrementAndGet();
                    return;
                }
                waiting.add(event);
                if (draining) {
                    return;
                }
                draining = true;
            }
            try {
                executor.execute(this::drain);
            } catch (RejectedExecutionException | OutOfMemoryError noThread) {
                synchronized (lock) {
                    dropped.addAndGet(waiting.size());
                    waiting.clear();
                    draining = false;
                }
            }
        }

        private void drain() {
            while (true) {
                ExaiEvent event;
                synchronized (lock) {
                    event = waiting.poll();
                    if (event == null) {
                        draining = false;
                        return;
                    }
                }
                try {
                    event.tell(listener);
                } catch (RuntimeException | Error e) {
                    log.warn("A listener threw at {}", event, e);
                }
            }
        }
    }
}
