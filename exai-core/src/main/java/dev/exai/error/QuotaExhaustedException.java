package dev.exai.error;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Thrown when the account has no balance or has used up its plan: a retry cannot help until that changes. */
public final class QuotaExhaustedException extends ProviderException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String resets;

    /**
     * Creates the exception.
     *
     * @param upstream what the provider said
     * @param resets when the quota resets, in the provider's words, or null
     */
    public QuotaExhaustedException(UpstreamError upstream, @Nullable String resets) {
        super(
                "The account's quota is used up",
                resets == null
                        ? "Top up the account, or use another provider"
                        : "It resets at " + resets + "; until then use another provider",
                false,
                upstream,
                null);
        this.resets = resets;
    }

    private QuotaExhaustedException(QuotaExhaustedException that, ErrorContext context) {
        super(that, context);
        this.resets = that.resets;
    }

    @Override
    QuotaExhaustedException copy(ErrorContext newContext) {
        return new QuotaExhaustedException(this, newContext);
    }

    /** {@return when the quota resets, in the provider's own words and time zone, if it said so} */
    public Optional<String> resets() {
        return Optional.ofNullable(resets);
    }
}
