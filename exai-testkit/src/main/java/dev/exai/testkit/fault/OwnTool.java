package dev.exai.testkit.fault;

import dev.exai.call.CallState;
import dev.exai.call.Tool;
import dev.exai.call.ToolContext;
import dev.exai.spi.Provider;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** A tool that asks a model, and then waits to be told how to end. */
final class OwnTool {
    private final FaultCell cell;
    private final CompletableFuture<String> end = new CompletableFuture<>();

    OwnTool(FaultCell cell) {
        this.cell = cell;
    }

    ToolCase<String, String> using(Provider provider) {
        Tool<String, String> tool = cell.subject() == Subject.ASYNC_TOOL
                ? Tool.async("async-tool", (input, context) -> {
                    begin(provider, context);
                    return end;
                })
                : Tool.blocking("blocking-tool", (input, context) -> {
                    begin(provider, context);
                    return await();
                });
        return new ToolCase<>(tool, "input");
    }

    private void begin(Provider provider, ToolContext context) {
        if (cell.fault().isThrown() && cell.from() == CallState.QUEUED) {
            throw Thrown.by(cell.fault());
        }
        context.chat(Peer.request(Peer.STEP, provider));
    }

    private String await() throws Exception {
        while (true) {
            try {
                return end.get();
            } catch (ExecutionException e) {
                throw rethrown(e.getCause());
            } catch (InterruptedException e) {
                if (cell.fault().isThrown()) {
                    throw Thrown.by(cell.fault());
                }
                if (cell.fault() != Fault.HANG) {
                    throw e;
                }
            }
        }
    }

    private static Exception rethrown(@Nullable Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof Exception exception ? exception : new IllegalStateException(cause);
    }

    void succeed() {
        end.complete("done");
    }

    /** Fails, with what the cell has it throw. */
    void fail() {
        try {
            end.completeExceptionally(Thrown.by(cell.fault()));
        } catch (LinkageError error) {
            end.completeExceptionally(error);
        }
    }
}
