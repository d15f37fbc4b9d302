package dev.exai.testkit.http;

import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Starts a listener that speaks HTTP/2, if the libraries for it are there. */
final class Http2 {
    private static final String MISSING = "HTTP/2 needs org.eclipse.jetty.http2:jetty-http2-server, and with TLS"
            + " org.eclipse.jetty:jetty-alpn-java-server, which the testkit does not bring along";

    private Http2() {}

    static Listener start(String name, int port, @Nullable SSLContext tls, Listener.Handler handler) {
        try {
            return Http2Listener.start(name, port, tls, handler);
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(MISSING, e);
        }
    }
}
