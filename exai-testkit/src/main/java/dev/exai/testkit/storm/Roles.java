package dev.exai.testkit.storm;

import dev.exai.context.Scheduler;
import dev.exai.testkit.internal.Wrapping;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Knows which of the library's own roles the task has that is running: its timer's, or that of its effects; or none. */
final class Roles {
    private @Nullable String current;

    /** {@return the role of what runs now, or null if it has none of these} */
    @Nullable
    String current() {
        return current;
    }

    Executor effects(Executor inner) {
        return task -> inner.execute(new InRole("its effects", task));
    }

    Scheduler timer(Scheduler inner) {
        return new Timer(inner);
    }

    private final class InRole implements Wrapping {
        private final String role;
        private final Runnable inner;

        InRole(String role, Runnable inner) {
            this.role = role;
            this.inner = inner;
        }

        @Override
        public Runnable inner() {
            return inner;
        }

        @Override
        public void run() {
            current = role;
            try {
                inner.run();
            } finally {
                current = null;
            }
        }
    }

    private final class Timer implements Scheduler {
        private final Scheduler inner;

        Timer(Scheduler inner) {
            this.inner = inner;
        }

        @Override
        public long nanoTime() {
            return inner.nanoTime();
        }

        @Override
        public Scheduled schedule(Duration delay, Runnable task) {
            return inner.schedule(delay, new InRole("its timer", task));
        }

        @Override
        public boolean mayBlock() {
            return inner.mayBlock();
        }
    }
}
