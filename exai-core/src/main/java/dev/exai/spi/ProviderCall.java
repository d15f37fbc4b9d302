package dev.exai.spi;

import dev.exai.context.CallContext;
import dev.exai.message.ChatRequest;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One attempt that a provider is asked to make. Immutable, but for the thread that it lends: see {@link #runAfterOpen}. */
public final class ProviderCall {
    private final CallContext context;
    private final ModelInfo model;
    private final ChatRequest request;
    private final int attempt;
    private final LivenessLimits limits;
    private final @Nullable Predicate<Runnable> lender;

    private ProviderCall(
            CallContext context,
            ModelInfo model,
            ChatRequest request,
            int attempt,
            LivenessLimits limits,
            @Nullable Predicate<Runnable> lender) {
        this.context = Objects.requireNonNull(context, "context");
        this.model = Objects.requireNonNull(model, "model");
        this.request = Objects.requireNonNull(request, "request");
        this.limits = Objects.requireNonNull(limits, "limits");
        if (attempt < 1) {
            throw new IllegalArgumentException("attempt < 1: " + attempt);
        }
        this.attempt = attempt;
        this.lender = lender;
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
        return new ProviderCall(context, model, request, attempt, limits, null);
    }

    /**
     * {@return the same, opened by a thread that may be lent to the provider}
     *
     * @param lender is given work while {@link Provider#open} runs; says whether it will run it, on the thread that opens,
     *     once open has returned
     */
    public ProviderCall lending(Predicate<Runnable> lender) {
        return new ProviderCall(context, model, request, attempt, limits, Objects.requireNonNull(lender, "lender"));
    }

    /**
     * Lends the thread that runs {@link Provider#open} to the provider: the work is run on it as soon as open has returned,
     * and may block until the exchange is over. That saves the time to hand it to another thread.
     *
     * <p>It can be had once, and only while open runs, on its thread. The work must run to its end, whatever open does: so
     * it is best given last.
     *
     * @param work reads the answer, and tells the sink; does not throw
     * @return whether the work will be run; if not, it needs a thread of the provider's
     */
    public boolean runAfterOpen(Runnable work) {
        return lender != null && lender.test(Objects.requireNonNull(work, "work"));
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
