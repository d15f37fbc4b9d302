package dev.exai.examples.daemon.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.exai.examples.daemon.tool.PermitsReport;
import dev.exai.examples.daemon.tool.Toolbox;
import java.util.Objects;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Answers /health/live, /health/ready, /health/permits and /metrics. A daemon that is busy is healthy. */
public final class HealthHandler extends Handler.Abstract.NonBlocking {
    private final Toolbox toolbox;
    private final PermitsReport permits;
    private final Supplier<String> metrics;

    /**
     * Creates the handler.
     *
     * @param toolbox says whether jobs are taken
     * @param permits says who holds what
     * @param metrics the text that Prometheus reads
     */
    public HealthHandler(Toolbox toolbox, PermitsReport permits, Supplier<String> metrics) {
        this.toolbox = Objects.requireNonNull(toolbox, "toolbox");
        this.permits = Objects.requireNonNull(permits, "permits");
        this.metrics = Objects.requireNonNull(metrics, "metrics");
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        if (!HttpMethod.GET.is(request.getMethod()) && !HttpMethod.HEAD.is(request.getMethod())) {
            response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
            Answers.refuse(response, callback, 405, "only GET");
            return true;
        }
        // the whole path: what Request.getPathInContext has is what the mapping left of it
        switch (request.getHttpURI().getCanonicalPath()) {
            case "/health/live" -> Answers.json(response, callback, 200, status("ok"));
            case "/health/ready" -> {
                boolean open = toolbox.isOpen();
                Answers.json(response, callback, open ? 200 : 503, status(open ? "ok" : "stopping"));
            }
            case "/health/permits" -> Answers.json(response, callback, 200, permits.json());
            case "/metrics" ->
                Answers.text(response, callback, 200, "text/plain; version=0.0.4; charset=utf-8", metrics.get());
            default -> Answers.refuse(response, callback, 404, "there is nothing here");
        }
        return true;
    }

    private static ObjectNode status(String word) {
        return JsonNodeFactory.instance.objectNode().put("status", word);
    }
}
