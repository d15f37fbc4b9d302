package dev.exai.providers.openai;

import dev.exai.error.UpstreamError;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An error as a vendor told it, already free of keys and account ids. Immutable. */
public final class ErrorReply {
    private final int status;
    private final @Nullable String code;
    private final @Nullable String type;
    private final @Nullable Duration retryAfter;
    private final UpstreamError upstream;

    private ErrorReply(
            int status,
            @Nullable String code,
            @Nullable String type,
            @Nullable Duration retryAfter,
            UpstreamError upstream) {
        this.status = status;
        this.code = code;
        this.type = type;
        this.retryAfter = retryAfter;
        this.upstream = upstream;
    }

    /**
     * {@return an error}
     *
     * @param status the HTTP status, or what the error's body gives as one
     * @param code the vendor's own code, or null
     * @param type the vendor's own type of error, or null
     * @param retryAfter when it says to come back, or null
     * @param upstream the same for people to read
     */
    public static ErrorReply of(
            int status,
            @Nullable String code,
            @Nullable String type,
            @Nullable Duration retryAfter,
            UpstreamError upstream) {
        return new ErrorReply(status, code, type, retryAfter, Objects.requireNonNull(upstream, "upstream"));
    }

    /**
     * {@return the HTTP status, or what the error's body gives as one} It is one of success if the error came in the
     * body of an answer.
     */
    public int status() {
        return status;
    }

    /** {@return the vendor's own code, if it gave one} */
    public Optional<String> code() {
        return Optional.ofNullable(code);
    }

    /** {@return the vendor's own type of error, if it gave one} */
    public Optional<String> type() {
        return Optional.ofNullable(type);
    }

    /** {@return the vendor's words, or an empty text} */
    public String message() {
        return upstream.message().orElse("");
    }

    /** {@return when the vendor says to come back, if it said so} */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** {@return the same for people to read: what the exception will show} */
    public UpstreamError upstream() {
        return upstream;
    }

    @Override
    public String toString() {
        return "ErrorReply[" + upstream + "]";
    }
}
