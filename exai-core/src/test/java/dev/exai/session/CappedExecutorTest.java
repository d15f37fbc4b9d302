package dev.exai.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("I12: one session's tools take no more than its cap")
class CappedExecutorTest {
    private final Queue<Runnable> threads = new ArrayDeque<>();
    private final List<String> ran = new ArrayList<>();
    private final CappedExecutor executor = new CappedExecutor("tools", threads::add, 2, 2);

    private Runnable task(String name) {
        return () -> ran.add(name);
    }

    @Test
    void execute_beyondTheCap_waitsInOrder() {
        for (String name : List.of("a", "b", "c", "d")) {
            executor.execute(task(name));
        }
        assertThat(threads).hasSize(2);

        threads.remove().run();

        assertThat(ran).containsExactly("a", "c", "d");
        threads.remove().run();
        assertThat(ran).containsExactly("a", "c", "d", "b");
        executor.execute(task("e"));
        assertThat(threads).hasSize(1);
    }

    @Test
    void execute_queueFull_isRefused() {
        for (String name : List.of("a", "b", "c", "d")) {
            executor.execute(task(name));
        }

        assertThatThrownBy(() -> executor.execute(task("e"))).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void remove_waitingTask_leavesItsPlaceAndIsNotRun() {
        Runnable cancelled = task("c");
        executor.execute(task("a"));
        executor.execute(task("b"));
        executor.execute(cancelled);
        executor.execute(task("d"));

        executor.remove(cancelled);
        executor.execute(task("e"));
        threads.forEach(Runnable::run);

        assertThat(ran).containsExactly("a", "d", "e", "b");
    }

    @Test
    void run_taskThrows_nextIsRun() {
        executor.execute(() -> {
            throw new IllegalStateException("its own");
        });
        executor.execute(task("b"));
        executor.execute(task("c"));

        threads.forEach(Runnable::run);

        assertThat(ran).containsExactly("c", "b");
    }

    @Test
    void execute_sharedExecutorRefuses_holdsNoPlace() {
        boolean[] closed = {true};
        CappedExecutor tools = new CappedExecutor(
                "tools",
                task -> {
                    if (closed[0]) {
                        throw new RejectedExecutionException("closed");
                    }
                    task.run();
                },
                1,
                1);

        assertThatThrownBy(() -> tools.execute(task("a"))).isInstanceOf(RejectedExecutionException.class);
        closed[0] = false;
        tools.execute(task("b"));

        assertThat(ran).containsExactly("b");
    }
}
