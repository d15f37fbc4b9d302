package dev.exai.error;

import java.io.Serializable;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a provider said when it refused: its HTTP status, its own code, its words, and its id of the request.
 *
 * <p>The words must already be free of keys and account ids: whoever builds this has scrubbed them. Immutable.
 */
public final class UpstreamError implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String provider;
    private final int status;
    private final @Nullable String code;
    private final @Nullable String message;
    private final @Nullable String requestId;

    private UpstreamError(
            String provider, int status, @Nullable String code, @Nullable String message, @Nullable String requestId) {
        this.provider = Objects.requireNonNull(provider, "provider");
        this.status = status;
        this.code = code;
        this.message = message;
        this.requestId = requestId;
    }

    /**
     * {@return an error of a provider of which nothing more is known}
     *
     * @param provider the provider's id as text
     */
    public static UpstreamError of(String provider) {
        return new UpstreamError(provider, 0, null, null, null);
    }

    /**
     * {@return this error with an HTTP status}
     *
     * @param newStatus the status, or 0 for none
     */
    public UpstreamError withStatus(int newStatus) {
        return new UpstreamError(provider, newStatus, code, message, requestId);
    }

    /**
     * {@return this error with the provider's own code}
     *
     * @param newCode the code or type as the provider writes it, or null
     */
    public UpstreamError withCode(@Nullable String newCode) {
        return new UpstreamError(provider, status, newCode, message, requestId);
    }

    /**
     * {@return this error with the provider's words}
     *
     * @param newMessage the words, free of secrets, or null
     */
    public UpstreamError withMessage(@Nullable String newMessage) {
        return new UpstreamError(provider, status, code, newMessage, requestId);
    }

    /**
     * {@return this error with the provider's id of the request}
     *
     * @param newRequestId the id that the provider's support asks for, or null
     */
    public UpstreamError withRequestId(@Nullable String newRequestId) {
        return new UpstreamError(provider, status, code, message, newRequestId);
    }

    /** {@return the provider's id as text} */
    public String provider() {
        return provider;
    }

    /** {@return the HTTP status, if there was one} */
    public OptionalInt status() {
        return status == 0 ? OptionalInt.empty() : OptionalInt.of(status);
    }

    /** {@return the provider's own code, if it gave one} */
    public Optional<String> code() {
        return Optional.ofNullable(code);
    }

    /** {@return the provider's words, free of secrets, if it gave any} */
    public Optional<String> message() {
        return Optional.ofNullable(message);
    }

    /** {@return the provider's id of the request, if it gave one} */
    public Optional<String> requestId() {
        return Optional.ofNullable(requestId);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(provider);
        if (status != 0) {
            text.append(" answered ").append(status);
        }
        if (code != null) {
            text.append(" [").append(code).append(']');
        }
        if (message != null) {
            text.append(": ").append(message);
        }
        if (requestId != null) {
            text.append(" (request ").append(requestId).append(')');
        }
        return text.toString();
    }
}
