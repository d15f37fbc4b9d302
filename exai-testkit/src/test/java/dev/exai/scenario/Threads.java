package dev.exai.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.Exai;
import dev.exai.call.ToolCall;
import dev.exai.context.SystemScheduler;
import dev.exai.testkit.script.ScriptedProvider;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** A library with its own threads and the real clock, over two scripted providers. */
final class Threads implements AutoCloseable {
    static final long LIMIT_SECONDS = 20;

    final SystemScheduler clock = SystemScheduler.create("scripts");
    final ScriptedProvider glm = ScriptedProvider.named("glm", clock);
    final ScriptedProvider kimi = ScriptedProvider.named("kimi", clock);
    final Exai exai;

    Threads() {
        this(builder -> builder);
    }

    Threads(UnaryOperator<Exai.Builder> settings) {
        exai = settings.apply(Exai.builder(glm, kimi)).build();
    }

    static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .as("in time")
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    /** Waits for an end, whatever it is. */
    static void await(ToolCall<?> call) throws InterruptedException {
        try {
            call.toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException ended) {
            assertThat(call.isDone()).isTrue();
        } catch (TimeoutException late) {
            throw new AssertionError("has not ended: " + call, late);
        }
    }

    /** Waits for something that no latch tells, by looking. */
    static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            Thread.onSpinWait();
            Thread.yield();
        }
    }

    static Duration millis(long count) {
        return Duration.ofMillis(count);
    }

    void assertIdle() {
        assertThat(exai.audit().isWhole()).as("%s", exai.audit()).isTrue();
        assertThat(exai.audit().holders()).isEmpty();
        assertThat(exai.snapshot().isIdle()).as("%s", exai.snapshot()).isTrue();
    }

    @Override
    public void close() {
        exai.close();
        assertIdle();
        clock.close();
    }
}
