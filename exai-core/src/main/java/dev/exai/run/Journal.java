package dev.exai.run;

import dev.exai.context.Scheduler;
import dev.exai.run.store.RunRecord;
import dev.exai.run.store.RunStore;
import dev.exai.run.store.RunStoreException;
import dev.exai.run.store.RunTask;
import dev.exai.run.store.RunWrite;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the records of one run to its store, behind it, in order, one write at a time; and says when they are kept.
 *
 * <p>All of it is the run's own: every method is called, and every callback runs, by whoever empties the run's mailbox.
 */
final class Journal {
    /** What a journal needs of its run. */
    interface Host {
        /** Has something done in the run's turn. */
        void post(Runnable event);

        /** The task as it is once this record is kept. */
        RunTask taskAt(RunRecord last);

        /** Says that the store is well or unwell. */
        void storeChanged(StoreState state);

        /** Says that nothing will be kept any more, and why: the run stops, or goes on without. */
        void storeLost(String why, boolean mustStop);
    }

    private record Waiter(long number, Runnable then) {}

    private static final Logger log = LoggerFactory.getLogger(Journal.class);
    private static final int MOST_AT_ONCE = 256;
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(5);

    private final RunStore store;
    private final long writer;
    private final RunSettings settings;
    private final Scheduler scheduler;
    private final Host host;
    private final Deque<RunRecord> waiting = new ArrayDeque<>();
    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private long added;
    private long kept;
    private boolean writing;
    private boolean lost;

    /** Grows whenever the timers are stopped: what one of an earlier trial has to say comes too late. */
    private long trial;

    private Duration backoff = FIRST_BACKOFF;
    private StoreState state = StoreState.good();
    private Scheduler.@Nullable Scheduled patience;
    private Scheduler.@Nullable Scheduled slow;
    private Scheduler.@Nullable Scheduled retry;
    private String lastFailure = "it has not answered";

    /** @param kept the number of the last record that the store has */
    Journal(RunStore store, long writer, RunSettings settings, Scheduler scheduler, Host host, long kept) {
        this.store = store;
        this.writer = writer;
        this.settings = settings;
        this.scheduler = scheduler;
        this.host = host;
        this.added = kept;
        this.kept = kept;
    }

    void add(RunRecord record) {
        added = record.number();
        if (lost) {
            return;
        }
        waiting.add(record);
        if (waiting.size() > settings.mostBehind()) {
            giveUp("more than " + settings.mostBehind() + " records wait, and " + lastFailure, false);
            return;
        }
        write();
    }

    /** Has something done once everything that was added so far is kept, or it is known that nothing will be. */
    void whenKept(Runnable then) {
        if (lost || kept == added) {
            host.post(then);
        } else {
            waiters.add(new Waiter(added, then));
        }
    }

    StoreState state() {
        return state.isGood() || state.health() == StoreState.Health.LOST
                ? state
                : new StoreState(state.health(), waiting.size(), state.why().orElse(null));
    }

    private void write() {
        if (writing || waiting.isEmpty() || retry != null) {
            return;
        }
        List<RunRecord> batch = new ArrayList<>();
        for (RunRecord record : waiting) {
            if (batch.size() == MOST_AT_ONCE) {
                break;
            }
            batch.add(record);
        }
        RunRecord last = batch.get(batch.size() - 1);
        writing = true;
        if (patience == null) { // before the store is asked: it may throw, again and again
            patience = timer(settings.patience(), this::outOfPatience);
        }
        if (slow == null) {
            slow = timer(settings.behindAfter(), this::behind);
        }
        CompletionStage<Void> written;
        try {
            written = Objects.requireNonNull(
                    store.write(RunWrite.of(host.taskAt(last), writer, batch)), "the store returned null");
        } catch (RuntimeException | Error broken) {
            written = CompletableFuture.failedFuture(broken);
        }
        written.whenComplete((nothing, failure) -> host.post(() -> {
            if (failure == null) {
                written(last.number());
            } else {
                failed(failure);
            }
        }));
    }

    private Scheduler.Scheduled timer(Duration delay, Runnable then) {
        long mine = trial;
        return scheduler.schedule(
                delay,
                () -> host.post(() -> {
                    if (mine == trial) {
                        then.run();
                    }
                }));
    }

    private void written(long number) {
        writing = false;
        if (lost) {
            return;
        }
        while (!waiting.isEmpty() && waiting.getFirst().number() <= number) {
            waiting.removeFirst();
        }
        kept = number;
        backoff = FIRST_BACKOFF;
        stopTimers();
        change(StoreState.good());
        wake();
        write();
    }

    private void failed(Throwable thrown) {
        writing = false;
        if (lost) {
            return;
        }
        Throwable failure = LiveRun.unwrap(thrown);
        lastFailure = "it failed with: " + failure.getMessage();
        if (failure instanceof RunStoreException known && !known.isRetryable()) {
            giveUp(lastFailure, known.kind() == RunStoreException.Kind.TAKEN_OVER);
            return;
        }
        change(new StoreState(StoreState.Health.DOWN, waiting.size(), failure.getMessage()));
        retry = timer(backoff, this::again);
        Duration doubled = backoff.multipliedBy(2);
        backoff = doubled.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : doubled;
    }

    private void again() {
        retry = null;
        write();
    }

    private void behind() {
        if (writing && state.isGood()) {
            change(new StoreState(StoreState.Health.BEHIND, waiting.size(), null));
        }
    }

    private void outOfPatience() {
        giveUp("nothing was written for " + settings.patience().toMillis() + " ms, and " + lastFailure, false);
    }

    /** Keeps nothing any more. */
    void giveUp(String why, boolean mustStop) {
        if (lost) {
            return;
        }
        lost = true;
        stopTimers();
        int dropped = waiting.size();
        waiting.clear();
        log.warn("The store of a run was given up, {} records were not written: {}", dropped, why);
        change(new StoreState(StoreState.Health.LOST, 0, why));
        host.storeLost(why, mustStop);
        wake();
    }

    private void wake() {
        while (!waiters.isEmpty() && (lost || waiters.getFirst().number() <= kept)) {
            host.post(waiters.removeFirst().then());
        }
    }

    private void stopTimers() {
        for (Scheduler.@Nullable Scheduled timer : new Scheduler.@Nullable Scheduled[] {patience, slow, retry}) {
            if (timer != null) {
                timer.cancel();
            }
        }
        trial++;
        patience = null;
        slow = null;
        retry = null;
    }

    private void change(StoreState next) {
        boolean same = state.health() == next.health() && state.why().equals(next.why());
        state = next;
        if (!same) {
            host.storeChanged(next);
        }
    }
}
