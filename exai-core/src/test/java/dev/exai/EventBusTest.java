package dev.exai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.SessionId;
import dev.exai.context.SystemScheduler;
import dev.exai.event.ExaiEvent;
import dev.exai.event.ExaiListener;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;

@DisplayName("I10 I12: listeners of events harm only themselves")
class EventBusTest {
    private static final int MOST_WAITING = 10_000;

    private final Queue<Runnable> executor = new ArrayDeque<>();
    private final ExaiListener first = mock(ExaiListener.class);
    private final ExaiListener second = mock(ExaiListener.class);
    private final EventBus bus = new EventBus(List.of(first, second), executor::add);
    private final CallContext context = CallContext.create(
            SessionId.of("s"), "chat", Deadline.after(Duration.ofSeconds(1), SystemScheduler.create("unused")));
    private final ExaiEvent.CallStarted started = new ExaiEvent.CallStarted(1, context, null, "");
    private final ExaiEvent.CallEnded ended = new ExaiEvent.CallEnded(2, context, null, "SUCCEEDED");

    private void drain() {
        for (Runnable task = executor.poll(); task != null; task = executor.poll()) {
            task.run();
        }
    }

    @Test
    void accept_events_toldInOrderOnTheExecutor() {
        bus.accept(started);
        bus.accept(ended);
        assertThat(executor).as("one task for each listener").hasSize(2);

        drain();

        for (ExaiListener listener : List.of(first, second)) {
            InOrder order = inOrder(listener);
            order.verify(listener).callStarted(started);
            order.verify(listener).callEnded(ended);
            order.verifyNoMoreInteractions();
        }
    }

    @Test
    void accept_listenerThrows_itAndOthersAreToldOn() {
        doThrow(new AssertionError("its own")).when(first).callStarted(any());

        bus.accept(started);
        bus.accept(ended);
        drain();

        verify(first).callEnded(ended);
        verify(second).callEnded(ended);
        assertThat(bus.dropped()).isZero();
    }

    @Test
    void accept_nobodyDrains_dropsAndCountsBeyondTheBound() {
        for (int i = 0; i < MOST_WAITING + 3; i++) {
            bus.accept(started);
        }

        assertThat(bus.dropped()).isEqualTo(2 * 3);
        drain();
        verify(first, times(MOST_WAITING)).callStarted(started);
        bus.accept(ended);
        drain();
        verify(first).callEnded(ended);
    }

    @Test
    void accept_noThreadOnce_dropsAndTellsWhatComesLater() {
        AtomicBoolean noThread = new AtomicBoolean(true);
        EventBus scarce = new EventBus(List.of(first), task -> {
            if (noThread.getAndSet(false)) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            task.run();
        });

        scarce.accept(started);
        scarce.accept(ended);

        assertThat(scarce.dropped()).isEqualTo(1);
        verify(first).callEnded(ended);
    }

    @Test
    void accept_executorClosed_dropsAndCounts() {
        EventBus closed = new EventBus(List.of(first), task -> {
            throw new RejectedExecutionException("closed");
        });

        closed.accept(started);
        closed.accept(ended);

        assertThat(closed.dropped()).isEqualTo(2);
    }
}
