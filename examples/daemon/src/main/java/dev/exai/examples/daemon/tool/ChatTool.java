package dev.exai.examples.daemon.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.exai.call.CallOptions;
import dev.exai.call.ChatCall;
import dev.exai.message.ChatRequest;
import dev.exai.message.WebSearch;
import dev.exai.session.Session;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;

/** Asks a model one thing. */
public final class ChatTool implements DaemonTool {
    private final Duration deadline;
    private final Executor readers;
    private final BiConsumer<ChatCall, ChatRequest> observer;

    /**
     * Creates the tool.
     *
     * @param deadline the time that a call has in all; a client may ask for less
     * @param readers has a thread for each call whose answer is read piece by piece
     * @param observer is shown each call, for metrics
     */
    public ChatTool(Duration deadline, Executor readers, BiConsumer<ChatCall, ChatRequest> observer) {
        this.deadline = Objects.requireNonNull(deadline, "deadline");
        this.readers = Objects.requireNonNull(readers, "readers");
        this.observer = Objects.requireNonNull(observer, "observer");
    }

    @Override
    public String name() {
        return "chat";
    }

    @Override
    public String description() {
        return "Asks a large language model (GLM or Kimi) and returns its answer.";
    }

    @Override
    public ObjectNode inputSchema() {
        return Schema.object()
                .required("prompt", "string", "what to ask")
                .property("model", "string", "a model's id or alias, or 'auto', which is the default")
                .property("system", "string", "instructions that stand above the prompt")
                .property("temperature", "number", "how freely the model may choose its words")
                .property("max_output_tokens", "integer", "the most tokens of the answer")
                .property("thinking", "boolean", "whether the model should think first, where it can")
                .property("web_search", "boolean", "whether the provider may search the web, where it can")
                .property("timeout_secs", "number", "the most seconds it may take in all")
                .json();
    }

    @Override
    public ObjectNode outputSchema() {
        return Schema.result()
                .property("text", "string", "the answer")
                .property("provider", "string", "who answered")
                .property("model", "string", "the model that answered")
                .property("finish_reason", "string", "why the answer ended")
                .property("usage", "object", "tokens")
                .property("elapsed_ms", "integer", "milliseconds from the request to the end")
                .json();
    }

    @Override
    public Job start(Session session, JsonNode json, JobListener listener) {
        Arguments arguments = new Arguments(json);
        ChatRequest.Builder request = ChatRequest.builder(arguments.required("prompt"));
        arguments.text("model").filter(model -> !model.isBlank()).ifPresent(request::model);
        arguments.text("system").ifPresent(request::system);
        arguments.number("temperature").ifPresent(request::temperature);
        arguments.wholeNumber("max_output_tokens").ifPresent(request::maxOutputTokens);
        arguments.flag("thinking").ifPresent(request::thinking);
        arguments.flag("web_search").filter(Boolean::booleanValue).ifPresent(on -> request.webSearch(WebSearch.on()));
        ChatRequest built = request.build();
        CallOptions options = CallOptions.builder()
                .deadline(arguments.timeout(deadline))
                .label("chat")
                .build();
        ChatCall call = session.chat(built, options);
        observer.accept(call, built);
        return ChatJob.of(call, listener, readers);
    }
}
