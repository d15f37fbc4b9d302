package dev.exai.error;

/** Thrown when a provider does not accept the key, or the key may not do this. */
public final class AuthenticationException extends ProviderException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param upstream what the provider said
     */
    public AuthenticationException(UpstreamError upstream) {
        super(
                "The key was refused",
                "Check the key, and that it belongs to this provider's region and plan",
                false,
                upstream,
                null);
    }

    private AuthenticationException(AuthenticationException that, ErrorContext context) {
        super(that, context);
    }

    @Override
    AuthenticationException copy(ErrorContext newContext) {
        return new AuthenticationException(this, newContext);
    }
}
