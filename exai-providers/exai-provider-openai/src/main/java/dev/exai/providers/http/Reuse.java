package dev.exai.providers.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import javax.net.ssl.SSLException;
import okhttp3.Connection;
import okhttp3.Interceptor;
import okhttp3.Protocol;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Tells an exchange whether its connection served another one before, and whether a failure is that of a connection
 * which the server had closed meanwhile.
 *
 * <p>OkHttp looks whether a pooled connection is still open before it sends on it. What is left is the moment between
 * that look and the request's arrival. Safe for use by many threads.
 */
final class Reuse implements Interceptor {
    /** What okio says of a stream that ended before there was anything in it. */
    private static final String NOTHING_READ = "limit=0 ";

    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Set<Connection> used = Collections.newSetFromMap(new WeakHashMap<>());

    @Override
    public Response intercept(Chain chain) throws IOException {
        HttpExchange exchange = chain.request().tag(HttpExchange.class);
        Connection connection = chain.connection();
        if (exchange != null && connection != null) {
            exchange.setReused(wasUsed(connection));
        }
        return chain.proceed(chain.request());
    }

    /** Over HTTP/2 many exchanges share a connection, and one that breaks is no news of a pooled socket. */
    boolean wasUsed(Connection connection) {
        if (connection.protocol() != Protocol.HTTP_1_1) {
            return false;
        }
        synchronized (lock) {
            return !used.add(connection);
        }
    }

    /** {@return whether the connection ended, as far as can be told before any byte of an answer came over it} */
    static boolean isDead(IOException failure) {
        if (failure instanceof SocketException) {
            return true; // reset, or a broken pipe
        }
        Throwable cause = failure.getCause();
        if (failure instanceof SSLException) {
            return cause instanceof SocketException || cause instanceof EOFException;
        }
        return cause instanceof EOFException && nothingRead(cause.getMessage());
    }

    private static boolean nothingRead(@Nullable String message) {
        return message != null && message.contains(NOTHING_READ);
    }
}
