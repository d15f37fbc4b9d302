package dev.exai.examples.daemon.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Whole answers to HTTP requests. */
public final class Answers {
    private Answers() {}

    /**
     * Answers with JSON.
     *
     * @param response the response
     * @param callback ends the request
     * @param status the status
     * @param json what to say
     */
    public static void json(Response response, Callback callback, int status, ObjectNode json) {
        text(response, callback, status, "application/json", json.toString());
    }

    /**
     * Answers with text.
     *
     * @param response the response
     * @param callback ends the request
     * @param status the status
     * @param type the content type
     * @param text what to say
     */
    public static void text(Response response, Callback callback, int status, String type, String text) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        Content.Sink.write(response, true, text, callback);
    }

    /**
     * Answers with a status alone.
     *
     * @param response the response
     * @param callback ends the request
     * @param status the status
     */
    public static void empty(Response response, Callback callback, int status) {
        response.setStatus(status);
        callback.succeeded();
    }

    /**
     * Refuses.
     *
     * @param response the response
     * @param callback ends the request
     * @param status the status
     * @param message why, for a person
     */
    public static void refuse(Response response, Callback callback, int status, String message) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putObject("error").put("status", status).put("message", message);
        json(response, callback, status, json);
    }
}
