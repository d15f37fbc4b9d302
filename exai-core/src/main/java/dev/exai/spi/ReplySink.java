package dev.exai.spi;

import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.ProviderException;
import dev.exai.message.Chunk;

/**
 * Takes what comes back from one exchange.
 *
 * <p>The provider calls these methods one at a time (from any threads, each call happening before the next):
 * {@link #opened} at most once, then {@link #chunk} any number of times, then exactly one end: {@link #completed},
 * {@link #failed}, {@link #timedOut} or {@link #aborted}. None of them blocks or throws. What comes after the end is
 * ignored.
 */
public interface ReplySink {
    /** Says that the provider has accepted the request: response headers are there. Not progress in the answer. */
    void opened();

    /**
     * Takes one piece of the answer. Keep-alives and comments are not pieces and are not reported.
     *
     * @param chunk the piece
     */
    void chunk(Chunk chunk);

    /**
     * Says that the answer is whole and the exchange is over.
     *
     * @param end how it ended
     */
    void completed(ReplyEnd end);

    /**
     * Says that the provider refused or broke off, and the exchange is over.
     *
     * @param failure what the provider said
     */
    void failed(ProviderException failure);

    /**
     * Says that the exchange is over because it met a limit that the transport keeps, such as the connect limit.
     *
     * @param failure the limit
     */
    void timedOut(AttemptTimeoutException failure);

    /**
     * Says that the exchange is over because it was aborted. After an abort a provider may report any end; this is
     * the plain one.
     */
    void aborted();
}
