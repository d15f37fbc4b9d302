package dev.exai.spi;

import dev.exai.context.CallContext;
import dev.exai.message.ChatRequest;
import java.time.Duration;
import java.util.Objects;

/** One attempt that a provider is asked to make. Immutable. */
public final class ProviderCall {
    private final CallContext context;
    private final ModelInfo model;
    private final ChatRequest request;
    private final int attempt;
    private final LivenessLimits limits;

    private ProviderCall(
            CallContext context, ModelInfo model, ChatRequest request, int attempt, LivenessLimits limits) {
        this.context = Objects.requireNonNull(context, "context");
        this.model = Objects.requireNonNull(model, "model");
        this.request = Objects.requireNonNull(request, "request");
        this.limits = Objects.requireNonNull(limits, "limits");
        if (attempt < 1) {
            throw new IllegalArgumentException("attempt < 1: " + attempt);
        }
        this.attempt = attempt;
    }

    /**
     * {@return an attempt}
     *
     * @param context who asks, and until when
     * @param model the model to ask; the request's own model selector has been resolved into it
     * @param request what to ask
     * @param attempt the number of this attempt within the call, from 1
     * @param limits the limits of this attempt; the library keeps them all but the connect limit
     */
    public static ProviderCall of(
            CallContext context, ModelInfo model, ChatRequest request, int attempt, LivenessLimits limits) {
        return new ProviderCall(context, model, request, attempt, limits);
    }

    /** {@return who asks, and until when} */
    public CallContext context() {
        return context;
    }

    /** {@return the model to ask} */
    public ModelInfo model() {
        return model;
    }

    /** {@return what to ask} */
    public ChatRequest request() {
        return request;
    }

    /** {@return the number of this attempt within the call, from 1} */
    public int attempt() {
        return attempt;
    }

    /**
     * {@return an id that no other attempt of any call of this process has, safe in a header or a JSON field, and
     * without the session's name, which is nobody's business but the caller's}
     */
    public String attemptId() {
        return "call-" + context.number() + "-" + attempt;
    }

    /** {@return the most time that connecting may take, name look-up and TLS included} */
    public Duration connectLimit() {
        return limits.connect();
    }

    /** {@return the limits of this attempt} */
    public LivenessLimits limits() {
        return limits;
    }

    /** {@return the output-token limit to send: the request's own, never above the model's, or the model's default} */
    public int maxOutputTokens() {
        int wanted = request.maxOutputTokens().orElse(model.defaultOutputTokens());
        return Math.min(wanted, model.maxOutputTokens());
    }

    @Override
    public String toString() {
        return "ProviderCall[" + context.callId() + ", " + model.id() + ", attempt " + attempt + "]";
    }
}
