package dev.exai.examples.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A client of the HTTP endpoint that shows every byte. */
final class RawMcp {
    static final ObjectMapper JSON = new ObjectMapper();
    static final String INITIALIZE = """
            {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},
             "clientInfo":{"name":"raw","version":"1"}}}""";

    final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String url;
    String session = "";
    /** When it gives a request up, and its call is cancelled. */
    Duration patience = Duration.ofSeconds(30);

    RawMcp(Fixture fixture) {
        this(fixture.url("/mcp"));
    }

    RawMcp(String url) {
        this.url = url;
    }

    RawMcp initialize() throws Exception {
        HttpResponse<String> answer = post(INITIALIZE);
        session = answer.headers().firstValue("Mcp-Session-Id").orElseThrow();
        post("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
        return this;
    }

    HttpResponse<String> post(String body, String... headers) throws Exception {
        return http.send(
                request(headers).POST(HttpRequest.BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    HttpResponse<String> delete() throws Exception {
        return http.send(request().DELETE().build(), BodyHandlers.ofString());
    }

    /** Calls the tool chat; the future completes when the whole stream is there. */
    CompletableFuture<HttpResponse<String>> chat(int id, String prompt, String model) {
        return http.sendAsync(
                request()
                        .POST(HttpRequest.BodyPublishers.ofString(chatBody(id, prompt, model)))
                        .build(),
                BodyHandlers.ofString());
    }

    /** Calls any tool; the future completes when the whole stream is there. */
    CompletableFuture<HttpResponse<String>> call(int id, String tool, String arguments) {
        return http.sendAsync(
                request()
                        .POST(HttpRequest.BodyPublishers.ofString(callBody(id, tool, arguments)))
                        .build(),
                BodyHandlers.ofString());
    }

    /** Calls a tool and waits for its result. */
    JsonNode result(int id, String tool, String arguments) throws Exception {
        List<JsonNode> events = events(call(id, tool, arguments).get(30, TimeUnit.SECONDS));
        return events.get(events.size() - 1).path("result");
    }

    static String callBody(int id, String tool, String arguments) {
        return """
                {"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"%s","arguments":%s,
                 "_meta":{"progressToken":"t%d"}}}""".formatted(id, tool, arguments, id);
    }

    static String chatBody(int id, String prompt, String model) {
        return """
                {"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"chat",
                 "arguments":{"prompt":"%s","model":"%s"},"_meta":{"progressToken":"t%d"}}}""".formatted(id, prompt, model, id);
    }

    void cancel(int id) throws Exception {
        post("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":" + id + "}}");
    }

    HttpRequest.Builder request(String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                .timeout(patience)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream");
        if (!session.isEmpty()) {
            request.header("Mcp-Session-Id", session);
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        return request;
    }

    /** The messages of a stream of events. */
    static List<JsonNode> events(HttpResponse<String> answer) throws Exception {
        List<JsonNode> events = new ArrayList<>();
        for (String line : answer.body().split("\n")) {
            if (line.startsWith("data: ")) {
                events.add(JSON.readTree(line.substring("data: ".length())));
            }
        }
        return events;
    }
}
