package dev.exai.providers.kimi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.ProviderException;
import dev.exai.message.Chunk;
import dev.exai.spi.ReplyEnd;
import dev.exai.spi.ReplySink;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A sink that keeps what it is told, and holds the provider to the rules. */
final class Recorder implements ReplySink {
    static final String ABORTED = "aborted";

    final CountDownLatch opened = new CountDownLatch(1);
    final CountDownLatch firstChunk = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicInteger inside = new AtomicInteger();
    private final List<String> broken = new ArrayList<>();
    private final List<Object> ends = new ArrayList<>();
    private final List<String> pieces = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();

    @Override
    public void opened() {
        serially(() -> {
            if (opened.getCount() == 0 || !pieces.isEmpty()) {
                broken.add("opened late or twice");
            }
            opened.countDown();
        });
    }

    @Override
    public void chunk(Chunk chunk) {
        serially(() -> {
            if (!ends.isEmpty() || opened.getCount() != 0) {
                broken.add("chunk outside the answer");
            }
            chunk.accept(new Chunk.Visitor() {
                @Override
                public void text(Chunk.Text piece) {
                    text.append(piece.text());
                }

                @Override
                public void reasoning(Chunk.Reasoning piece) {
                    reasoning.append(piece.text());
                }

                @Override
                public void functionPiece(Chunk.FunctionPiece piece) {
                    pieces.add(piece.index() + " " + piece.id().orElse("-") + " "
                            + piece.name().orElse("-") + " " + piece.arguments());
                }
            });
            firstChunk.countDown();
        });
    }

    @Override
    public void completed(ReplyEnd end) {
        end(end);
    }

    @Override
    public void failed(ProviderException failure) {
        end(failure);
    }

    @Override
    public void timedOut(AttemptTimeoutException failure) {
        end(failure);
    }

    @Override
    public void aborted() {
        end(ABORTED);
    }

    private void end(Object end) {
        serially(() -> ends.add(end));
        ended.countDown();
    }

    private void serially(Runnable body) {
        if (inside.incrementAndGet() != 1) {
            broken.add("two calls at a time");
        }
        synchronized (this) {
            body.run();
        }
        inside.decrementAndGet();
    }

    /** Waits for the end. */
    Object end() throws InterruptedException {
        assertThat(ended.await(10, TimeUnit.SECONDS))
                .describedAs("the exchange ends")
                .isTrue();
        synchronized (this) {
            assertThat(broken).isEmpty();
            assertThat(ends).hasSize(1);
            return ends.get(0);
        }
    }

    ReplyEnd completed() throws InterruptedException {
        Object end = end();
        assertThat(end).isInstanceOf(ReplyEnd.class);
        return (ReplyEnd) end;
    }

    <T extends Throwable> T failed(Class<T> type) throws InterruptedException {
        Object end = end();
        assertThat(end).isExactlyInstanceOf(type);
        return type.cast(end);
    }

    synchronized String text() {
        return text.toString();
    }

    synchronized String reasoning() {
        return reasoning.toString();
    }

    synchronized List<String> pieces() {
        return List.copyOf(pieces);
    }
}
