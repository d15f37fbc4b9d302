package dev.exai.error;

import org.jspecify.annotations.Nullable;

/** Thrown when a provider refused a request or broke off its answer. */
public abstract sealed class ProviderException extends ExaiException
        permits AuthenticationException,
                MalformedReplyException,
                QuotaExhaustedException,
                RateLimitedException,
                RejectedException,
                UnavailableException {
    private static final long serialVersionUID = 1L;

    private final UpstreamError upstream;

    ProviderException(
            String what, String advice, boolean retryable, UpstreamError upstream, @Nullable Throwable cause) {
        super(what + ": " + upstream, advice, retryable, ErrorContext.ofProvider(upstream.provider()), cause);
        this.upstream = upstream;
    }

    ProviderException(ProviderException that, ErrorContext context) {
        super(that, context);
        this.upstream = that.upstream;
    }

    @Override
    abstract ProviderException copy(ErrorContext newContext);

    /** {@return what the provider said} */
    public final UpstreamError upstream() {
        return upstream;
    }
}
