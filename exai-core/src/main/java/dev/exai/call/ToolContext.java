package dev.exai.call;

import dev.exai.context.CallId;
import dev.exai.context.Deadline;
import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import dev.exai.message.ChatRequest;
import java.util.concurrent.Callable;

/**
 * What a tool's code may do as part of its call. Of a call that has ended, everything but the questions is refused.
 * Safe for use by many threads.
 */
public final class ToolContext {
    private final DefaultToolCall<?, ?> call;

    ToolContext(DefaultToolCall<?, ?> call) {
        this.call = call;
    }

    /** {@return the call} */
    public CallId callId() {
        return call.id();
    }

    /** {@return the session that made it} */
    public SessionId sessionId() {
        return call.sessionId();
    }

    /** {@return the call's deadline} */
    public Deadline deadline() {
        return call.deadline();
    }

    /** {@return whether the call goes on: neither cancelled nor past its deadline} */
    public boolean isActive() {
        return call.isUndecided();
    }

    /**
     * Checks that the call goes on.
     *
     * @throws dev.exai.error.ExaiException what the call ended with
     * @throws IllegalStateException if the call has ended well
     */
    public void ensureActive() {
        call.ensureActive();
    }

    /**
     * Has something done when the call is cancelled or its deadline passes; at once if that has happened. It runs on
     * the executor for user code.
     *
     * @param action what to do, once
     * @throws dev.exai.error.ExaiException if the call has failed
     * @throws IllegalStateException if the call has ended well
     */
    public void onCancel(Runnable action) {
        call.onCancel(action);
    }

    /**
     * Tells the call's listeners how far this is. A listener that is slow is told the latest and not all; after the end
     * nobody is told.
     *
     * @param progress how far
     */
    public void progress(ToolProgress progress) {
        call.progress(progress);
    }

    /**
     * Asks a model, as a child call: with the session's options, a permit of its own, a deadline no later than this
     * call's, and cancelled with it.
     *
     * @param request what to ask
     * @return the child call, which is under way
     * @throws dev.exai.error.ExaiException if this call has failed, or was ended
     * @throws IllegalStateException if this call has ended well
     */
    public ChatCall chat(ChatRequest request) {
        return call.chat(request);
    }

    /**
     * Asks a model, as a child call.
     *
     * @param request what to ask
     * @param options how
     * @return the child call, which is under way
     * @throws dev.exai.error.ExaiException if this call has failed, or was ended
     * @throws IllegalStateException if this call has ended well
     */
    public ChatCall chat(ChatRequest request, CallOptions options) {
        return call.chat(request, options);
    }

    /**
     * Runs a piece of work under a permit of this call: for a tool that talks to a provider with a client of its own.
     * The permit goes back when the work ends, or when the call does.
     *
     * @param provider the provider that the work uses
     * @param body the work; it may not ask for another permit through this context
     * @param <R> what it returns
     * @return what the work returned
     * @throws InterruptedException if this thread is interrupted while it waits for the permit; nothing is held
     * @throws Exception whatever the work throws, or why there is no permit
     */
    public <R> R withPermit(ProviderId provider, Callable<R> body) throws Exception {
        return call.withPermit(provider, body);
    }
}
