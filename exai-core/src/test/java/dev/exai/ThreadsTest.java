package dev.exai;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ThreadsTest {
    @Test
    @DisplayName("I12: no task waits behind another; threads are named daemons")
    void threadPerTask_manyThatBlock_allRunAtOnce() throws Exception {
        ExecutorService executor = Threads.threadPerTask("exai-test");
        CountDownLatch together = new CountDownLatch(100);
        List<Future<Thread>> futures = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                futures.add(executor.submit(() -> {
                    together.countDown();
                    assertThat(together.await(10, TimeUnit.SECONDS)).isTrue();
                    return Thread.currentThread();
                }));
            }
            for (Future<Thread> future : futures) {
                Thread thread = future.get(10, TimeUnit.SECONDS);
                assertThat(thread.getName()).startsWith("exai-test-");
                assertThat(thread.isDaemon()).isTrue();
            }
        } finally {
            executor.shutdownNow();
        }
    }
}
