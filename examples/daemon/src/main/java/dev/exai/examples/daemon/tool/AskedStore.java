package dev.exai.examples.daemon.tool;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A question to the store as a job; the store holds nothing for it, so a cancel only ends the waiting. */
record AskedStore(CompletableFuture<ToolResult> answer) implements Job {
    @Override
    public CompletionStage<ToolResult> result() {
        return answer;
    }

    @Override
    public void cancel(String reason) {
        answer.complete(ToolResult.failed(new ToolError(ToolError.CANCELLED, "Cancelled: " + reason, false, null)));
    }

    @Override
    public String state() {
        return "reading";
    }
}
