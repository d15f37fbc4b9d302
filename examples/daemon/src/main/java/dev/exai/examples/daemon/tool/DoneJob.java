package dev.exai.examples.daemon.tool;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A job that was over as soon as it began. */
record DoneJob(ToolResult outcome) implements Job {
    @Override
    public CompletionStage<ToolResult> result() {
        return CompletableFuture.completedFuture(outcome);
    }

    @Override
    public void cancel(String reason) {}

    @Override
    public String state() {
        return "ended";
    }
}
