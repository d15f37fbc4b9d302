package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.context.CallContext;
import dev.exai.context.SessionId;
import dev.exai.error.NestedPermitException;
import dev.exai.error.PermitTimeoutException;
import dev.exai.error.SessionClosedException;
import dev.exai.permit.Desk.Asker;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("acquire and call: the forms that block")
@Timeout(60)
class PermitPoolBlockingTest {
    private final Desk desk = Desk.glm(1);

    @AfterEach
    void everyCountEqualsItsHolders() {
        assertThat(desk.pool.audit().problems()).isEmpty();
    }

    /** A thread that runs one thing. */
    private static final class Worker<T> {
        private final FutureTask<T> task;
        private final Thread thread;

        Worker(Callable<T> body) {
            task = new FutureTask<>(body);
            thread = new Thread(task, "worker");
            thread.setDaemon(true);
            thread.start();
        }

        T result() throws Exception {
            try {
                return task.get(10, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof Exception cause) {
                    throw cause;
                }
                throw e;
            }
        }
    }

    private Worker<Permit> acquiring(CallContext context) {
        int before = desk.waiting();
        Worker<Permit> worker = new Worker<>(
                () -> desk.pool.acquire(Desk.path(context.sessionId().value(), "glm"), context));
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (desk.waiting() == before && System.nanoTime() - giveUp < 0) {
            Thread.onSpinWait();
        }
        assertThat(desk.waiting()).isEqualTo(before + 1);
        return worker;
    }

    @Test
    void acquire_unitFree_returnsAtOnce() throws Exception {
        try (Permit permit = desk.pool.acquire(Desk.path("a", "glm"), desk.context("a"))) {
            assertThat(permit.isHeld()).isTrue();
        }
        assertThat(desk.inUse()).isZero();
    }

    @Test // acquire <- grant
    void acquire_full_waitsForTheUnit() throws Exception {
        Asker holder = desk.ask("a", "glm");
        Worker<Permit> worker = acquiring(desk.context("b"));

        holder.close();

        try (Permit permit = worker.result()) {
            assertThat(permit.isHeld()).isTrue();
        }
        assertThat(desk.pool.snapshot().isIdle()).isTrue();
    }

    @Test // acquire <- interrupt
    void acquire_interruptedWhileWaiting_holdsNothing() {
        desk.ask("a", "glm");
        Worker<Permit> worker = acquiring(desk.context("b"));

        worker.thread.interrupt();

        assertThatThrownBy(worker::result).isInstanceOf(InterruptedException.class);
        assertThat(desk.waiting()).isZero();
        assertThat(desk.inUse()).isEqualTo(1);
    }

    @Test
    void acquire_interruptedBefore_throwsEvenIfAUnitIsFree() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> desk.pool.acquire(Desk.path("a", "glm"), desk.context("a")))
                .isInstanceOf(InterruptedException.class);

        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(desk.pool.snapshot().granted()).isZero();
    }

    @Test // acquire <- timeout
    void acquire_deadlinePasses_throwsAndHoldsNothing() {
        desk.ask("a", "glm");
        CallContext context = desk.context("b", Duration.ofMinutes(2));
        Worker<Permit> worker = acquiring(context);

        desk.clock.advance(Duration.ofMinutes(2));

        assertThatThrownBy(worker::result).isInstanceOfSatisfying(PermitTimeoutException.class, timeout -> {
            assertThat(timeout.waited()).isEqualTo(Duration.ofMinutes(2));
            assertThat(timeout.callId()).contains(context.callId().value());
            assertThat(timeout.getStackTrace()[0].getMethodName())
                    .as("told from where it was asked")
                    .isEqualTo("acquire");
        });
        assertThat(desk.waiting()).isZero();
    }

    @Test // acquire <- session close
    void acquire_sessionCloses_throws() {
        desk.ask("a", "glm");
        Worker<Permit> worker = acquiring(desk.context("b"));

        desk.pool.closeSession(SessionId.of("b"));

        assertThatThrownBy(worker::result).isInstanceOf(SessionClosedException.class);
    }

    @Test // acquire <- close
    void acquire_poolCloses_throws() {
        desk.ask("a", "glm");
        Worker<Permit> worker = acquiring(desk.context("b"));

        desk.pool.close();

        assertThatThrownBy(worker::result).isInstanceOf(SessionClosedException.class);
    }

    @Test // acquire <- unpark: a stray wake-up is no grant
    void acquire_strayUnpark_goesOnWaiting() throws Exception {
        Asker holder = desk.ask("a", "glm");
        Worker<Permit> worker = acquiring(desk.context("b"));

        for (int i = 0; i < 100; i++) {
            LockSupport.unpark(worker.thread);
        }
        assertThatThrownBy(() -> worker.task.get(20, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);

        holder.close();
        worker.result().close();
    }

    @Test
    void acquire_onASimulationsOwnThread_failsAtOnce() {
        desk.clock.setMayBlock(false);

        assertThatIllegalStateException().isThrownBy(() -> desk.pool.acquire(Desk.path("a", "glm"), desk.context("a")));

        assertThat(desk.pool.snapshot().isIdle()).isTrue();
    }

    @Test
    void call_bodyReturns_permitIsBack() throws Exception {
        String answer = desk.pool.call(Desk.path("a", "glm"), desk.context("a"), () -> {
            assertThat(desk.inUse()).isEqualTo(1);
            return "answer";
        });

        assertThat(answer).isEqualTo("answer");
        assertThat(desk.pool.snapshot().isIdle()).isTrue();
    }

    @Test // I5
    void call_bodyThrows_permitIsBack() {
        IOException thrown = new IOException("expected by the test");

        assertThatThrownBy(() -> desk.pool.call(Desk.path("a", "glm"), desk.context("a"), () -> {
                    throw thrown;
                }))
                .isSameAs(thrown);

        assertThat(desk.pool.snapshot().isIdle()).isTrue();
    }

    @Test // I5
    void call_bodyThrowsAnError_permitIsBack() {
        assertThatThrownBy(() -> desk.pool.call(Desk.path("a", "glm"), desk.context("a"), () -> {
                    throw new StackOverflowError("expected by the test");
                }))
                .isInstanceOf(StackOverflowError.class);

        assertThat(desk.pool.snapshot().isIdle()).isTrue();
    }

    @Test // I2
    void call_nestedInItself_isRefusedInsteadOfWaitingForItself() throws Exception {
        CallContext context = desk.context("a");

        desk.pool.call(Desk.path("a", "glm"), context, () -> {
            assertThatThrownBy(() -> desk.pool.call(Desk.path("a", "glm"), context, () -> "never"))
                    .isInstanceOf(NestedPermitException.class);
            return "";
        });

        assertThat(desk.pool.snapshot().isIdle()).isTrue();
    }

    @Test // I10: a listener that blocks harms only itself, where it has a thread of its own
    void granted_listenerBlocks_othersGoOn() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        Desk threaded = Desk.of(
                Desk.limits().provider("glm", 2),
                builder -> builder.executor(task -> {
                    Thread thread = new Thread(task, "listener");
                    thread.setDaemon(true);
                    thread.start();
                }));
        threaded.ask(Desk.path("a", "glm"), threaded.context("a"), permit -> gate.join());
        CompletableFuture<Permit> other = new CompletableFuture<>();

        threaded.ask(Desk.path("b", "glm"), threaded.context("b"), other::complete);

        Future<Permit> granted = other;
        granted.get(10, TimeUnit.SECONDS).close();
        gate.complete(null);
        assertThat(threaded.inUse()).isEqualTo(1);
    }
}
