package dev.exai.error;

import org.jspecify.annotations.Nullable;

/** Thrown when a provider, or the way to it, is out of order: no connection, a server error, an overload. */
public final class UnavailableException extends ProviderException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param upstream what the provider said
     * @param cause the I/O error behind it, or null
     */
    public UnavailableException(UpstreamError upstream, @Nullable Throwable cause) {
        super("The provider is unavailable", "Try again later, or another provider", true, upstream, cause);
    }

    private UnavailableException(UnavailableException that, ErrorContext context) {
        super(that, context);
    }

    @Override
    UnavailableException copy(ErrorContext newContext) {
        return new UnavailableException(this, newContext);
    }
}
