package dev.exai.testkit.http;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/** Accepts connections on the loopback interface and hands requests on, each on a thread that may block. */
interface Listener extends Closeable {
    /** Answers requests. */
    interface Handler {
        /**
         * Answers one request.
         *
         * @return whether the connection may be used again
         */
        boolean handle(HttpRequest request, Wire wire) throws IOException;

        /** Is told of each connection that is accepted. */
        void accepted();
    }

    int port();

    InetAddress address();

    /** {@return how many connections were accepted so far} */
    int accepted();

    /** {@return the connections that are open, one line each} */
    List<String> open();

    /** Closes all connections and waits for the threads to end. */
    @Override
    void close();
}
