package dev.exai.testkit.fault;

import dev.exai.context.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Where a cell is played: its time and its threads. Time goes on only when it is told to. */
abstract class Ground implements AutoCloseable {
    static Ground of(Subject subject, long seed, Duration patience) {
        return subject.isVirtual() ? new VirtualGround(seed) : new ThreadGround(patience);
    }

    abstract Scheduler scheduler();

    /** Runs what it is given, soon, and never inside {@code execute}. */
    abstract Executor executor();

    /** Runs one thing as a step of its own, and what follows from it at once. */
    abstract void run(Runnable action);

    /** Runs something that may never return. */
    abstract void launch(Runnable action);

    /** Lets time go on. */
    abstract void passTo(long nanoTime);

    /** Lets two things happen at the same moment, in any order. */
    abstract void together(Runnable one, Runnable other, long nanoTime);

    /** Waits until something is so, without letting time go on. */
    abstract void until(Supplier<String> what, BooleanSupplier condition);

    final void until(String what, BooleanSupplier condition) {
        until(() -> what, condition);
    }

    /** The tasks that still wait for their time. */
    abstract List<String> pending();

    /** Sets the flag of the thread that takes the next steps, or interrupts the thread that waits for the call. */
    abstract void interrupt(Thread waiter);

    final void take(Push push) {
        if (push.at().isPresent()) {
            passTo(push.at().getAsLong());
        } else {
            run(push.action());
        }
    }

    final void take(Push one, Push other) {
        long now = scheduler().nanoTime();
        long moment = one.at().orElse(other.at().orElse(now));
        together(one.action(), other.action(), moment);
    }

    final void pass(Duration time) {
        passTo(scheduler().nanoTime() + time.toNanos());
    }

    final boolean isAhead(OptionalLong moment) {
        return moment.isPresent() && moment.getAsLong() - scheduler().nanoTime() > 0;
    }

    @Override
    public abstract void close();
}
