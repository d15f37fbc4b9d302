package dev.exai.interop.openai;

import com.openai.core.Sleeper;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes no time between two attempts, and keeps how long the client would have slept. */
final class RecordingSleeper implements Sleeper {
    private final List<Duration> slept = new CopyOnWriteArrayList<>();

    List<Duration> slept() {
        return slept;
    }

    @Override
    public void sleep(Duration duration) {
        slept.add(duration);
    }

    @Override
    public CompletableFuture<Void> sleepAsync(Duration duration) {
        slept.add(duration);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {}
}
