package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.error.PermitTimeoutException;
import dev.exai.permit.Desk.Asker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** I5, I6, I7: asynchronous work under a permit. */
class AsyncBracketTest {
    private final Desk desk = Desk.glm(1);
    private final CompletableFuture<String> work = new CompletableFuture<>();

    @AfterEach
    void poolIsWhole() {
        assertThat(desk.pool.audit().problems()).isEmpty();
    }

    private CompletableFuture<String> call(Supplier<CompletionStage<String>> body) {
        return desk.pool.callAsync(Desk.path("a", "glm"), desk.context("a", Duration.ofSeconds(10)), body);
    }

    @Test // I7
    void work_thatEnds_isSeenAfterThePermitIsBack() {
        List<Integer> inUseWhenSeen = new ArrayList<>();
        CompletableFuture<String> result = call(() -> work);
        result.whenComplete((value, failure) -> inUseWhenSeen.add(desk.inUse()));
        assertThat(desk.inUse()).isEqualTo(1);

        work.complete("done");

        assertThat(result).isCompletedWithValue("done");
        assertThat(inUseWhenSeen).containsExactly(0);
    }

    @Test
    void work_thatFails_givesThePermitBack() {
        CompletableFuture<String> result = call(() -> work);

        work.completeExceptionally(new IllegalStateException("broken"));

        assertThatThrownBy(result::join).hasRootCauseMessage("broken");
        assertThat(desk.inUse()).isZero();
    }

    @Test
    void body_thatThrowsOrReturnsNothing_givesThePermitBack() {
        assertThatThrownBy(() -> call(() -> {
                            throw new IllegalStateException("broken");
                        })
                        .join())
                .hasRootCauseMessage("broken");
        assertThat(call(() -> null)).isCompletedExceptionally();

        assertThat(desk.inUse()).isZero();
    }

    @Test // peers strand the grant here
    void cancel_whileQueued_neverBegins() {
        Asker holder = desk.ask("b", "glm");
        AtomicInteger begun = new AtomicInteger();
        CompletableFuture<String> result = call(() -> {
            begun.incrementAndGet();
            return work;
        });

        result.cancel(true);
        holder.close();

        assertThat(begun).hasValue(0);
        assertThat(desk.inUse()).isZero();
        assertThat(desk.waiting()).isZero();
    }

    @Test
    void cancel_whileItRuns_givesThePermitBackAndCancelsTheWork() {
        CompletableFuture<String> result = call(() -> work);

        result.cancel(true);

        assertThat(desk.inUse()).isZero();
        assertThat(work).isCancelled();
        assertThat(result).isCancelled();
    }

    @Test // cancelling a stage that depends on it must not strand the permit either
    void cancel_ofADependentStage_changesNothing() {
        CompletableFuture<String> result = call(() -> work);
        result.thenApply(String::length).cancel(true);
        assertThat(desk.inUse()).isEqualTo(1);

        work.complete("done");

        assertThat(desk.inUse()).isZero();
    }

    @Test // I8
    void deadline_whileQueued_failsWithWhoWasInTheWay() {
        desk.ask("b", "glm");
        CompletableFuture<String> result = call(() -> work);

        desk.clock.advance(Duration.ofSeconds(10));

        assertThatThrownBy(result::join).hasCauseInstanceOf(PermitTimeoutException.class);
    }

    @Test // I6
    void work_thatNeverEnds_isCancelledWhenItIsOverdue() {
        CompletableFuture<String> result = call(() -> work);

        desk.clock.advance(Duration.ofSeconds(15));

        assertThat(work).isCancelled();
        assertThat(result).isCompletedExceptionally();
        assertThat(desk.inUse()).isZero();
        assertThat(desk.pool.snapshot().revoked()).isZero();
    }
}
