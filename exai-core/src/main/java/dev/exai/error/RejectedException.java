package dev.exai.error;

/** Thrown when a provider will not serve this request however often it is sent: a bad parameter, an unknown model, a prompt that is too long, content that its policy blocks. */
public final class RejectedException extends ProviderException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param upstream what the provider said
     */
    public RejectedException(UpstreamError upstream) {
        super("The request was rejected", "Change the request: sending it again will not help", false, upstream, null);
    }

    private RejectedException(RejectedException that, ErrorContext context) {
        super(that, context);
    }

    @Override
    RejectedException copy(ErrorContext newContext) {
        return new RejectedException(this, newContext);
    }
}
