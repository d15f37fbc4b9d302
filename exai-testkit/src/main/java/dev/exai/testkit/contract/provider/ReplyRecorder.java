package dev.exai.testkit.contract.provider;

import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.ProviderException;
import dev.exai.message.Chunk;
import dev.exai.spi.ReplyEnd;
import dev.exai.spi.ReplySink;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Keeps what a provider tells it, and holds the provider to the rules: one thing at a time, pieces within the answer, one
 * end. For tests of a provider that look closer than its conformance suite does.
 *
 * <pre>{@code
 * ReplyRecorder reply = new ReplyRecorder();
 * provider.open(call, reply);
 * reply.completed();            // waits for the end, which must be a good one
 * assertEquals("hi", reply.text());
 * }</pre>
 *
 * <p>Whatever waits does so for ten seconds at the most. Safe for use by many threads.
 */
public final class ReplyRecorder implements ReplySink {
    /** What {@link #end} returns of an exchange that was aborted. */
    public static final Object ABORTED = Witness.ABORTED;

    private static final long LIMIT_SECONDS = 10;

    private final CountDownLatch firstChunk = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Witness witness = new Witness().onPiece(firstChunk::countDown).onEnd(ended::countDown);

    /** Creates a recorder, for one exchange. */
    public ReplyRecorder() {}

    @Override
    public void opened() {
        witness.opened();
    }

    @Override
    public void chunk(Chunk chunk) {
        witness.chunk(chunk);
    }

    @Override
    public void completed(ReplyEnd end) {
        witness.completed(end);
    }

    @Override
    public void failed(ProviderException failure) {
        witness.failed(failure);
    }

    @Override
    public void timedOut(AttemptTimeoutException failure) {
        witness.timedOut(failure);
    }

    @Override
    public void aborted() {
        witness.aborted();
    }

    /** What the provider did that it may not, so far. */
    private List<String> broken() {
        List<String> broken = new ArrayList<>();
        if (witness.timesOpened() > 1 || witness.wasOpenedLate()) {
            broken.add("it was opened late or twice");
        }
        if (!witness.afterEnd().isEmpty() || (witness.pieces() > 0 && witness.timesOpened() == 0)) {
            broken.add("a piece came outside the answer");
        }
        if (witness.mostAtOnce() > 1) {
            broken.add("it was told two things at a time");
        }
        return broken;
    }

    /**
     * Waits for the end, of whatever kind.
     *
     * @return a {@link ReplyEnd}, the exception, or {@link #ABORTED}
     * @throws AssertionError if there was none, or the provider broke a rule
     * @throws InterruptedException if this thread is interrupted
     */
    public Object end() throws InterruptedException {
        await(ended, "the exchange has not ended");
        List<String> broken = broken();
        List<Object> ends = witness.ends();
        if (!broken.isEmpty() || ends.size() != 1) {
            throw new AssertionError("the provider broke the rules: " + broken + ", its ends: " + ends);
        }
        return ends.get(0);
    }

    private static void await(CountDownLatch latch, String otherwise) throws InterruptedException {
        if (!latch.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError(otherwise + " after " + LIMIT_SECONDS + " s");
        }
    }

    /** {@return whether it was told that the exchange is open} */
    public boolean isOpened() {
        return witness.timesOpened() > 0;
    }

    /**
     * Waits for the first piece.
     *
     * @throws InterruptedException if this thread is interrupted
     */
    public void awaitFirstChunk() throws InterruptedException {
        await(firstChunk, "no piece has come");
    }

    /**
     * Waits for the end, which must be a good one.
     *
     * @return the end
     * @throws InterruptedException if this thread is interrupted
     */
    public ReplyEnd completed() throws InterruptedException {
        return ended(ReplyEnd.class);
    }

    /**
     * Waits for the end, which must be a failure or a time-out of one class.
     *
     * @param type exactly this one
     * @param <T> the class
     * @return the failure
     * @throws InterruptedException if this thread is interrupted
     */
    public <T extends Throwable> T failed(Class<T> type) throws InterruptedException {
        return ended(type);
    }

    /**
     * Waits for the end, which must be that of an exchange that was aborted.
     *
     * @throws InterruptedException if this thread is interrupted
     */
    public void assertAborted() throws InterruptedException {
        Object end = end();
        if (!end.equals(ABORTED)) {
            throw otherwise("as aborted", end);
        }
    }

    private <T> T ended(Class<T> type) throws InterruptedException {
        Object end = end();
        if (end.getClass() != type) {
            throw otherwise("with " + type.getSimpleName(), end);
        }
        return type.cast(end);
    }

    private static AssertionError otherwise(String expected, Object end) {
        return new AssertionError(
                "it must end " + expected + ", and ended with " + end,
                end instanceof Throwable failure ? failure : null);
    }

    /** {@return the text so far} */
    public String text() {
        return witness.text();
    }

    /** {@return the reasoning so far} */
    public String reasoning() {
        return witness.reasoning();
    }

    /** {@return the pieces of function calls so far: index, id, name and arguments, with "-" for what is not there} */
    public List<String> functionPieces() {
        return witness.functionPieces().stream()
                .map(piece -> piece.index() + " " + piece.id().orElse("-") + " "
                        + piece.name().orElse("-") + " " + piece.arguments())
                .toList();
    }
}
