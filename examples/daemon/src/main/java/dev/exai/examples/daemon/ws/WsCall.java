package dev.exai.examples.daemon.ws;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.examples.daemon.tool.Job;
import dev.exai.examples.daemon.tool.JobListener;
import dev.exai.examples.daemon.tool.JobSlot;
import dev.exai.examples.daemon.tool.ToolResult;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * One call of a client: acknowledged when it holds its permit, answered once, and nothing said after that. What it says
 * goes into an outbox, so saying it under the lock waits for nobody.
 */
final class WsCall implements JobListener {
    private final String requestId;
    private final String name;
    private final Duration timeout;
    private final Consumer<ObjectNode> out;

    @GuardedBy("this")
    private boolean acknowledged;

    @GuardedBy("this")
    private boolean streamed;

    @GuardedBy("this")
    private boolean over;

    private final JobSlot job = new JobSlot();

    WsCall(String requestId, String name, Duration timeout, Consumer<ObjectNode> out) {
        this.requestId = requestId;
        this.name = name;
        this.timeout = timeout;
        this.out = out;
    }

    /** Notes the job; one that was cancelled before it began is cancelled now. */
    void attach(Job begun) {
        job.attach(begun);
    }

    /** Cancels the job, which holds nothing when this returns; its answer follows. */
    void cancel(String reason) {
        job.cancel(reason);
    }

    @Override
    public synchronized void running() {
        if (!over && !acknowledged) {
            acknowledged = true;
            out.accept(WsFrames.ack(requestId, name, timeout.toSeconds()));
        }
    }

    @Override
    public synchronized void chunk(String text) {
        if (!over) {
            streamed = true;
            out.accept(WsFrames.chunk(requestId, text));
        }
    }

    /** Tells the client that its call goes on. */
    synchronized void signOfLife() {
        Job begun = job.job();
        if (!over && begun != null) {
            out.accept(WsFrames.progress(requestId, name, begun.state()));
        }
    }

    synchronized void duplicate() {
        if (!over) {
            out.accept(WsFrames.progress(requestId, name, "duplicate request; still processing"));
        }
    }

    synchronized void answer(ToolResult result) {
        if (over) {
            return;
        }
        if (result.error().isEmpty()) {
            running(); // a tool that holds nothing was never told to run
            if (streamed) {
                out.accept(WsFrames.streamComplete(requestId));
            }
        }
        over = true;
        out.accept(WsFrames.result(requestId, result));
    }
}
