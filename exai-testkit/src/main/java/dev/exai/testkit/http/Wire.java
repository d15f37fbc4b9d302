package dev.exai.testkit.http;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one request came in on and its answer goes back on, whichever HTTP that is. All methods belong to the thread
 * that answers the request; each throws if the client has left, or the server was closed.
 */
interface Wire {
    /** The length of a body that nobody knows yet. */
    long UNKNOWN = -1;

    /** Lets time pass while the client stays; there is no answer to somebody who has left. */
    void pause(Duration time) throws IOException;

    /** Waits until the client leaves. */
    void awaitLeaving() throws IOException;

    /** Sets how bytes are written from now on: at once, or one by one with a delay. */
    void writeWith(@Nullable Duration delay);

    /** Sends status and headers; they may wait for the body if its length is known. */
    void head(int status, Map<String, String> headers, long length) throws IOException;

    void body(byte[] part) throws IOException;

    /** Sends the last part of the body, which may be empty, and its end in one piece. */
    void end(byte[] last) throws IOException;

    /** Breaks off by a reset: of the connection, or of the stream where a connection has several. */
    void reset() throws IOException;

    /** Closes the connection in the middle of the answer. */
    void halfClose() throws IOException;

    /** Sends what is no HTTP, and closes the connection. */
    void nonsense() throws IOException;
}
