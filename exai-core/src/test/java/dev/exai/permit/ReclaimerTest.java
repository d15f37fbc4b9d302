package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.CallContext;
import dev.exai.permit.Desk.Asker;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("I6: a permit that nobody has any more comes back, also in a pool that nobody uses")
@Timeout(120)
class ReclaimerTest {
    private final AtomicReference<Thread> thread = new AtomicReference<>();
    private final Desk desk = Desk.of(
            Desk.limits().provider("glm", 1),
            builder -> builder.reclaimThread(task -> {
                Thread reclaimer = new Thread(task, "reclaimer");
                reclaimer.setDaemon(true);
                thread.set(reclaimer);
                return reclaimer;
            }));

    @AfterEach
    void poolIsWholeAndItsThreadEnds() throws InterruptedException {
        assertThat(desk.pool.audit().problems()).isEmpty();
        desk.pool.close();
        thread.get().join(TimeUnit.SECONDS.toMillis(30));
        assertThat(thread.get().isAlive()).isFalse();
    }

    @Test // the hook of a collector, without one
    void handle_dropped_goesToTheNextWithoutTraffic() {
        Asker holder = desk.ask("a", "glm");
        Asker next = desk.ask("b", "glm");

        holder.request.entry.reference().enqueue();

        await(() -> !next.granted.isEmpty());
        assertThat(holder.request.state()).isEqualTo(PermitRequest.State.RECLAIMED);
        assertThat(desk.pool.snapshot().reclaimed()).isEqualTo(1);
        holder.close();
        assertThat(next.holds()).as("what was reclaimed frees nothing more").isTrue();
        next.close();
        assertThat(desk.pool.snapshot().isIdle()).isTrue();
    }

    @Test // the one test with a collector
    @Tag("ci")
    void handle_droppedForReal_isFoundByTheCollector() {
        takeAndDrop(desk.context("a"));
        Asker next = desk.ask("b", "glm");
        assertThat(next.waits()).isTrue();

        await(() -> {
            System.gc();
            return !next.granted.isEmpty();
        });

        assertThat(desk.pool.snapshot().reclaimed()).isEqualTo(1);
        assertThat(desk.eventKinds()).containsSubsequence("PermitGranted", "PermitReturned", "PermitGranted");
        next.close();
        assertThat(desk.pool.snapshot().isIdle()).isTrue();
    }

    /** In a method of its own, so that no frame keeps the permit. */
    private void takeAndDrop(CallContext context) {
        assertThat(desk.pool.tryAcquire(Desk.path("a", "glm"), context)).isPresent();
    }

    private static void await(BooleanSupplier condition) {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean() && System.nanoTime() - giveUp < 0) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }
}
