package dev.exai.run;

import dev.exai.call.CallOptions;
import dev.exai.call.ChatCall;
import dev.exai.call.ToolContext;
import dev.exai.context.CallId;
import dev.exai.context.Deadline;
import dev.exai.context.RunId;
import dev.exai.context.SessionId;
import dev.exai.message.ChatRequest;
import java.util.Optional;

/** What a function or a step of a run may do as a part of it. Safe for use by many threads. */
public final class RunContext {
    private final Invocation invocation;
    private final ToolContext context;

    RunContext(Invocation invocation, ToolContext context) {
        this.invocation = invocation;
        this.context = context;
    }

    /** {@return the run} */
    public RunId runId() {
        return invocation.run();
    }

    /** {@return the session that it runs in} */
    public SessionId sessionId() {
        return context.sessionId();
    }

    /** {@return the call that this is} */
    public CallId callId() {
        return context.callId();
    }

    /**
     * {@return a key of this one thing to be done, the same if it is done again after a crash} Services that take such keys do
     * the work once.
     */
    public String idempotencyKey() {
        return invocation.run() + ":" + invocation.ref();
    }

    /** {@return what a step is told because the ones before went in circles or gave an empty answer} */
    public Optional<String> notice() {
        return invocation.notice().isEmpty() ? Optional.empty() : Optional.of(invocation.notice());
    }

    /** {@return until when this must have ended} */
    public Deadline deadline() {
        return context.deadline();
    }

    /** {@return whether the run goes on} */
    public boolean isActive() {
        return context.isActive();
    }

    /**
     * Checks that the run goes on.
     *
     * @throws dev.exai.error.ExaiException why it does not
     * @throws IllegalStateException if this function or step has ended
     */
    public void ensureActive() {
        context.ensureActive();
    }

    /**
     * Has something done when the run ends before this function or step does.
     *
     * @param action what to do, once
     */
    public void onCancel(Runnable action) {
        context.onCancel(action);
    }

    /**
     * Asks a model, at the run's expense: as a call of its own, with its own permit, cancelled with the run.
     *
     * @param request what to ask
     * @return the call, which is under way
     */
    public ChatCall chat(ChatRequest request) {
        ChatCall call = context.chat(request);
        invocation.made(call);
        return call;
    }

    /**
     * Asks a model, at the run's expense.
     *
     * @param request what to ask
     * @param options how
     * @return the call, which is under way
     */
    public ChatCall chat(ChatRequest request, CallOptions options) {
        ChatCall call = context.chat(request, options);
        invocation.made(call);
        return call;
    }
}
