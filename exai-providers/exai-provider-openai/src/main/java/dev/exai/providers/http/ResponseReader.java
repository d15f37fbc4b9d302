package dev.exai.providers.http;

import dev.exai.error.AttemptTimeoutException;
import java.io.IOException;

/**
 * Takes what comes back over HTTP.
 *
 * <p>All methods are called one at a time: {@link #head} at most once, then {@link #body} any number of times, then
 * exactly one end: {@link #over}, {@link #broken}, {@link #timedOut} or {@link #aborted}. At the end the connection has
 * been given back or closed.
 */
public interface ResponseReader {
    /** How much more a reader wants. */
    enum Demand {
        /** Whatever comes, however long it takes. */
        MORE,
        /** What comes within a few seconds, counted from the first such answer; then it is over. */
        LINGER,
        /** Nothing: it is over. */
        ENOUGH
    }

    /**
     * Takes status and headers.
     *
     * @param head the status and headers
     * @return how much of the body is wanted
     */
    Demand head(ResponseHead head);

    /**
     * Takes bytes of the body.
     *
     * @param bytes holds them; not to be changed, and used again after this call
     * @param offset where they start
     * @param length how many there are, at least 1
     * @return how much more is wanted
     */
    Demand body(byte[] bytes, int offset, int length);

    /** Says that the body ended, or that the reader had enough. */
    void over();

    /**
     * Says that no connection came about, or that it broke.
     *
     * @param cause why
     */
    void broken(IOException cause);

    /**
     * Says that no connection stood in time.
     *
     * @param failure the limit
     */
    void timedOut(AttemptTimeoutException failure);

    /** Says that the exchange was aborted before its end. */
    void aborted();

    /**
     * Says that this library failed at its own work. It may come after another end, if that threw.
     *
     * @param cause what was thrown
     */
    void crashed(Throwable cause);
}
