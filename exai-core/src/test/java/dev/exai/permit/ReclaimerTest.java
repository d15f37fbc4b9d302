package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.FakeScheduler;
import dev.exai.context.SessionId;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@DisplayName("I6: a permit that nobody has any more comes back in a pool that nobody uses")
@Timeout(120)
class ReclaimerTest {
    private static final Logger LOG = (Logger) LoggerFactory.getLogger("dev.exai.permit");

    private final FakeScheduler clock = new FakeScheduler();
    private final LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();
    private Thread thread;
    private final PermitPool pool = PermitPool.builder(
                    Desk.limits().provider("glm", 1).build(), clock)
            .events(event -> events.add(event.getClass().getSimpleName() + " " + event.detail()))
            .reclaimThread(task -> {
                thread = new Thread(task, "reclaimer");
                thread.setDaemon(true);
                return thread;
            })
            .build();

    @BeforeEach
    void expectWarnings() {
        LOG.setLevel(Level.ERROR);
    }

    @AfterEach
    void stop() throws InterruptedException {
        pool.close();
        thread.join(10_000);
        LOG.setLevel(null);
        assertThat(thread.isAlive()).as("closing the pool ends its thread").isFalse();
        assertThat(pool.audit().problems()).isEmpty();
    }

    private PermitRequest take() {
        SessionId session = SessionId.of("a");
        CallContext context = CallContext.create(session, "x", Deadline.after(Duration.ofHours(1), clock));
        Permit permit = pool.tryAcquire(Desk.path("a", "glm"), context).orElseThrow();
        return permit.request;
    }

    private boolean isReclaimed() {
        return pool.snapshot().reclaimed() == 1;
    }

    @Test
    void dropped_nobodyAsks_isReclaimedByTheThread() throws Exception {
        PermitRequest request = take();
        HandleRef reference = Objects.requireNonNull(request.entry.reference());
        reference.clear();
        reference.enqueue();

        assertThat(awaitReturn(Duration.ofSeconds(10))).isEqualTo("PermitReturned reclaimed");
        assertThat(isReclaimed()).isTrue();
        assertThat(request.state()).isEqualTo(PermitRequest.State.RECLAIMED);
    }

    /** The one test that needs the garbage collector: nothing of the pool may keep the handle that it looks for. */
    @Test
    void dropped_inEarnest_isFoundByTheCollector() throws Exception {
        take();

        for (int i = 0; i < 20 && !isReclaimed(); i++) {
            System.gc();
            awaitReturn(Duration.ofMillis(250));
        }

        assertThat(pool.snapshot().isIdle()).isTrue();
    }

    @Test
    void held_collectorRuns_isNotReclaimed() {
        PermitRequest request = take();

        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        pool.reclaimDropped();

        assertThat(isReclaimed()).isFalse();
        request.cancel();
        assertThat(pool.snapshot().returned()).isEqualTo(1);
    }

    /** Waits for a permit to be back, until a bound. */
    private String awaitReturn(Duration bound) throws InterruptedException {
        long giveUp = System.nanoTime() + bound.toNanos();
        String event = "";
        while (event != null && !event.startsWith("PermitReturned")) {
            event = events.poll(giveUp - System.nanoTime(), TimeUnit.NANOSECONDS);
        }
        return event == null ? "" : event;
    }
}
