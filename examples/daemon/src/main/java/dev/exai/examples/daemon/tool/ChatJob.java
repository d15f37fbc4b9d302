package dev.exai.examples.daemon.tool;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.exai.call.CallListener;
import dev.exai.call.CallOutcome;
import dev.exai.call.CallState;
import dev.exai.call.ChatCall;
import dev.exai.error.ExaiException;
import dev.exai.message.ChatReply;
import dev.exai.message.Chunk;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A chat call as a job.
 *
 * <p>One that wants its pieces gets a thread when it holds its permit, not before: so there are never more of these
 * threads than permits, however many calls wait. Reading from the first piece on, it misses none.
 */
final class ChatJob implements Job {
    private final ChatCall call;
    private final JobListener listener;
    private final Executor readers;
    private final CompletableFuture<ToolResult> result = new CompletableFuture<>();
    private final AtomicBoolean reading = new AtomicBoolean();

    private ChatJob(ChatCall call, JobListener listener, Executor readers) {
        this.call = call;
        this.listener = listener;
        this.readers = readers;
    }

    static ChatJob of(ChatCall call, JobListener listener, Executor readers) {
        ChatJob job = new ChatJob(call, listener, readers);
        if (listener.wantsChunks()) {
            call.addListener(job.new States());
            if (call.state() == CallState.RUNNING) {
                job.read(); // it may have got its permit before there was a listener
            }
        } else {
            CompletableFuture<ChatReply> unused =
                    call.toCompletableFuture().whenComplete((reply, failure) -> job.end());
        }
        return job;
    }

    private final class States implements CallListener<ChatReply> {
        @Override
        public void stateChanged(CallState state) {
            if (state == CallState.RUNNING) {
                read();
            }
        }

        @Override
        public void ended(CallOutcome<? extends ChatReply> outcome) {
            if (outcome instanceof CallOutcome.Succeeded<? extends ChatReply>) {
                read();
            } else if (reading.compareAndSet(false, true)) {
                end();
            }
        }
    }

    private void read() {
        if (reading.compareAndSet(false, true)) {
            readers.execute(() -> {
                try {
                    listener.running();
                    for (Chunk chunk : call.chunks()) {
                        chunk.accept(new Chunk.Visitor() {
                            @Override
                            public void text(Chunk.Text piece) {
                                listener.chunk(piece.text());
                            }
                        });
                    }
                } catch (ExaiException failed) {
                    // the outcome says it
                } finally {
                    end();
                }
            });
        }
    }

    private void end() {
        result.complete(call.outcome()
                .map(this::toResult)
                .orElseGet(() -> ToolResult.failed(new ToolError(
                        ToolError.INTERNAL_ERROR,
                        "The answer could not be passed on; the daemon's log has more",
                        true,
                        null))));
        call.cancel("nobody reads its answer"); // of a call that has ended this changes nothing
    }

    private ToolResult toResult(CallOutcome<ChatReply> outcome) {
        if (outcome instanceof CallOutcome.Succeeded<ChatReply> well) {
            ChatReply reply = well.value();
            return ToolResult.of(reply.text(), structured(reply));
        }
        return ToolResult.failed(ToolError.of(outcome.error().orElseThrow()));
    }

    private ObjectNode structured(ChatReply reply) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("text", reply.text())
                .put("provider", reply.provider())
                .put("model", reply.model())
                .put("finish_reason", reply.finishReason().name().toLowerCase(Locale.ROOT));
        json.putObject("usage")
                .put("prompt_tokens", reply.usage().promptTokens())
                .put("cached_tokens", reply.usage().cachedTokens())
                .put("completion_tokens", reply.usage().completionTokens())
                .put("reasoning_tokens", reply.usage().reasoningTokens())
                .put("total_tokens", reply.usage().totalTokens());
        json.put("elapsed_ms", call.timeline().total().toMillis());
        return json;
    }

    @Override
    public CompletionStage<ToolResult> result() {
        return result;
    }

    @Override
    public void cancel(String reason) {
        call.cancel(reason);
    }

    @Override
    public String state() {
        return call.state().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
