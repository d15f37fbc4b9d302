package dev.exai.examples.daemon.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Lets through what comes from this machine's own programs: the Host must be one of ours, so that a web page cannot reach
 * us under a name of its own (DNS rebinding), and an Origin, if there is one, must be the same. Then the token, where one
 * is needed. Stands before every endpoint.
 */
public final class Guard extends Handler.Wrapper {
    /** Say whether the daemon is there, and nothing else. */
    private static final Set<String> WITHOUT_TOKEN = Set.of("/health/live", "/health/ready");

    private final IntSupplier port;
    private final List<String> moreHosts;
    private final Optional<byte[]> token;
    private final Set<String> tokenElsewhere;

    /**
     * Creates the guard.
     *
     * @param port the port that we listen on
     * @param moreHosts more values of Host to accept, in lower case
     * @param token what clients must show, if anything
     * @param tokenElsewhere paths whose protocol has the token in a message of its own
     */
    public Guard(IntSupplier port, List<String> moreHosts, Optional<String> token, Set<String> tokenElsewhere) {
        this.port = Objects.requireNonNull(port, "port");
        this.moreHosts = List.copyOf(moreHosts);
        this.token = token.map(text -> text.getBytes(StandardCharsets.UTF_8));
        this.tokenElsewhere = Set.copyOf(tokenElsewhere);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        List<String> hosts = request.getHeaders().getValuesList("Host");
        if (hosts.size() != 1 || !isOurs(hosts.get(0))) {
            Answers.refuse(response, callback, 403, "this Host is not served");
            return true;
        }
        List<String> origins = request.getHeaders().getValuesList("Origin");
        if (!origins.isEmpty() && !isSame(origins, hosts.get(0))) {
            Answers.refuse(response, callback, 403, "this Origin is not served");
            return true;
        }
        String path = String.valueOf(request.getHttpURI().getCanonicalPath()); // CONNECT has none
        if (token.isPresent()
                && !WITHOUT_TOKEN.contains(path)
                && !tokenElsewhere.contains(path)
                && !hasToken(request)) {
            response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
            Answers.refuse(response, callback, 401, "the token is missing or wrong: Authorization: Bearer ...");
            return true;
        }
        return super.handle(request, response, callback);
    }

    private boolean isOurs(String host) {
        String asked = host.toLowerCase(Locale.ROOT);
        Set<String> ours = new HashSet<>(moreHosts);
        for (String name : List.of("127.0.0.1", "localhost", "[::1]")) {
            ours.add(name + ":" + port.getAsInt());
        }
        return ours.contains(asked);
    }

    private static boolean isSame(List<String> origins, String host) {
        String origin = origins.get(0).toLowerCase(Locale.ROOT);
        String same = host.toLowerCase(Locale.ROOT);
        return origins.size() == 1 && (origin.equals("http://" + same) || origin.equals("https://" + same));
    }

    private boolean hasToken(Request request) {
        String shown = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        return shown != null && shown.startsWith("Bearer ") && matches(shown.substring("Bearer ".length()));
    }

    /**
     * {@return whether a token is the right one; always, where none is needed} Takes the same time however much of it is
     * right.
     *
     * @param shown what a client showed
     */
    public boolean matches(String shown) {
        return token.isEmpty() || MessageDigest.isEqual(token.get(), shown.getBytes(StandardCharsets.UTF_8));
    }
}
