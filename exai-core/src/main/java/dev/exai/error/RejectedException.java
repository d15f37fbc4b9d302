package dev.exai.error;

/** Thrown when a provider will not serve this request however often it is sent: a bad parameter, an unknown model, a prompt that is too long, content that its policy blocks. */
public final class RejectedException extends ProviderException {
    private static final long serialVersionUID = 1L;
    private static final int NOT_FOUND = 404;

    private final boolean modelGone;

    /**
     * Creates the exception.
     *
     * @param upstream what the provider said
     */
    public RejectedException(UpstreamError upstream) {
        super("The request was rejected", "Change the request: sending it again will not help", false, upstream, null);
        this.modelGone = upstream.status().orElse(0) == NOT_FOUND;
    }

    private RejectedException(String remedy, UpstreamError upstream) {
        super("The model was refused", remedy, false, upstream, null);
        this.modelGone = true;
    }

    private RejectedException(RejectedException that, ErrorContext context) {
        super(that, context);
        this.modelGone = that.modelGone;
    }

    /**
     * {@return a refusal because there is no such model, no longer, or not for this account}
     *
     * @param upstream what the provider said
     */
    public static RejectedException modelGone(UpstreamError upstream) {
        return new RejectedException("Ask for another model: this one is unknown there, or not in your plan", upstream);
    }

    /** {@return whether it is the model that is refused, so that another one may serve the same request} */
    public boolean isModelGone() {
        return modelGone;
    }

    @Override
    RejectedException copy(ErrorContext newContext) {
        return new RejectedException(this, newContext);
    }
}
