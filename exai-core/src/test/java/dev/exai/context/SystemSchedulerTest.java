package dev.exai.context;

import static com.google.common.util.concurrent.Uninterruptibles.awaitUninterruptibly;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SystemSchedulerTest {
    private final SystemScheduler scheduler = SystemScheduler.create("the-timer");

    @Test
    void schedule_due_runsOnTheNamedDaemonThreadNotBefore() throws Exception {
        CompletableFuture<Thread> ran = new CompletableFuture<>();
        long before = scheduler.nanoTime();
        scheduler.schedule(Duration.ofMillis(20), () -> ran.complete(Thread.currentThread()));

        Thread thread = ran.get(10, TimeUnit.SECONDS);

        assertThat(scheduler.nanoTime() - before).isGreaterThanOrEqualTo(20_000_000);
        assertThat(thread.getName()).isEqualTo("the-timer");
        assertThat(thread.isDaemon()).isTrue();
        assertThat(scheduler.mayBlock()).isTrue();
    }

    @Test
    void schedule_taskThrows_laterOnesRun() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        scheduler.schedule(Duration.ZERO, () -> {
            throw new AssertionError("its own");
        });
        scheduler.schedule(Duration.ofMillis(1), ran::countDown);

        assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void cancel_beforeItIsDue_isTrueOnceAndItNeverRuns() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch cancelled = new CountDownLatch(1);
        CountDownLatch later = new CountDownLatch(1);
        scheduler.schedule(Duration.ZERO, () -> awaitUninterruptibly(cancelled)); // nothing is due before the cancel
        Scheduler.Scheduled task = scheduler.schedule(Duration.ofMillis(10), runs::incrementAndGet);

        assertThat(task.cancel()).isTrue();
        assertThat(task.cancel()).isFalse();
        cancelled.countDown();
        scheduler.schedule(Duration.ofMillis(20), later::countDown);

        assertThat(later.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(runs).hasValue(0);
    }

    @Test
    void schedule_oddDelays_areTaken() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        scheduler.schedule(Duration.ofSeconds(-5), ran::countDown);

        assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(scheduler
                        .schedule(ChronoUnit.FOREVER.getDuration(), () -> {})
                        .cancel())
                .isTrue();
    }

    @Test
    void close_twice_dropsWhatIsLeftAndRefusesQuietly() {
        AtomicInteger runs = new AtomicInteger();
        scheduler.schedule(Duration.ofMinutes(1), runs::incrementAndGet);
        scheduler.close();
        scheduler.close();

        assertThat(scheduler.schedule(Duration.ZERO, runs::incrementAndGet).cancel())
                .isFalse();
        assertThat(runs).hasValue(0);
    }
}
