package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.event.ExaiEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("I6, I7, I9: work is aborted before its permit goes back, and never runs on without one")
@Timeout(60)
class AsyncBracketCancelTest {
    private Desk desk = Desk.glm(1);
    private final List<Integer> inUseAtAbort = new ArrayList<>();

    @AfterEach
    void poolIsWhole() {
        assertThat(desk.pool.audit().problems()).isEmpty();
        assertThat(desk.inUse()).isZero();
    }

    /** Work that is aborted by a hook of its own, as an exchange with a provider is. */
    private CompletableFuture<String> abortable() {
        CompletableFuture<String> work = new CompletableFuture<>();
        work.whenComplete((value, failure) -> inUseAtAbort.add(desk.inUse()));
        return work;
    }

    private CompletableFuture<String> call(CompletableFuture<String> work) {
        return desk.pool.callAsync(Desk.path("a", "glm"), desk.context("a", Duration.ofSeconds(10)), () -> work);
    }

    @Test // else the provider has more in flight than the pool says
    void cancel_whileItRuns_abortsWhileThePermitIsStillHeld() {
        CompletableFuture<String> result = call(abortable());

        assertThat(result.cancel(true)).isTrue();

        assertThat(inUseAtAbort).containsExactly(1);
        assertThat(result).isCancelled();
    }

    @Test
    void overdue_whileItRuns_abortsWhileThePermitIsStillHeld() {
        CompletableFuture<String> result = call(abortable());

        desk.clock.advance(Duration.ofSeconds(15));

        assertThat(inUseAtAbort).containsExactly(1);
        assertThat(result).isCancelled();
    }

    @Test
    void cancel_abortThrows_permitIsBackAllTheSame() {
        CompletableFuture<String> work = new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterruptIfRunning) {
                throw new IllegalStateException("an abort that throws");
            }
        };
        CompletableFuture<String> result = call(work);

        try {
            result.cancel(true);
        } catch (IllegalStateException expected) {
            assertThat(expected).hasMessage("an abort that throws");
        }

        assertThat(result).isCancelled();
        assertThat(desk.inUse()).isZero();
    }

    @Test
    void cancel_done_changesNothing() {
        CompletableFuture<String> work = new CompletableFuture<>();
        CompletableFuture<String> result = call(work);
        work.complete("done");

        assertThat(result.cancel(true)).isFalse();
        assertThat(result).isCompletedWithValue("done");
    }

    @Test // cancel | granted: the body returns its work in the midst of the cancel
    void cancel_whileTheBodyBegins_workIsCancelledToo() throws Exception {
        CountDownLatch inBody = new CountDownLatch(1);
        CountDownLatch cancelling = new CountDownLatch(1);
        AtomicReference<Thread> beginner = new AtomicReference<>();
        desk = Desk.of(
                Desk.limits().provider("glm", 1),
                builder -> builder.executor(task -> {
                            Thread thread = new Thread(task, "beginner");
                            thread.setDaemon(true);
                            beginner.set(thread);
                            thread.start();
                        })
                        .events(event -> {
                            if (event instanceof ExaiEvent.PermitReturned) { // cancel has given the permit back
                                cancelling.countDown();
                                join(beginner.get());
                            }
                        }));
        CompletableFuture<String> work = new CompletableFuture<>();
        CompletableFuture<String> result = desk.pool.callAsync(Desk.path("a", "glm"), desk.context("a"), () -> {
            inBody.countDown();
            await(cancelling);
            return work;
        });
        await(inBody);

        result.cancel(true);

        assertThat(result).isCancelled();
        assertThat(work).as("what began without a permit does not go on").isCancelled();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(20_000);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
