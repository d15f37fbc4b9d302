package dev.exai.examples.daemon.tool;

import java.util.concurrent.CompletionStage;

/** A tool at work for one session. Safe for use by many threads. */
public interface Job {
    /** {@return how it ends: errors are results too, so the stage never fails} */
    CompletionStage<ToolResult> result();

    /**
     * Ends it. When this returns it holds nothing any more.
     *
     * @param reason why, for whoever waits for the result
     */
    void cancel(String reason);

    /** {@return where it stands, in a word or two: "queued", "running"} */
    String state();
}
