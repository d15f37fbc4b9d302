package dev.exai.providers.openai;

import dev.exai.error.MalformedReplyException;
import dev.exai.error.ProviderException;
import dev.exai.error.UnavailableException;
import dev.exai.error.UpstreamError;
import dev.exai.providers.http.Redactor;
import dev.exai.providers.http.ResponseHead;
import dev.exai.providers.http.RetryAfter;
import java.io.IOException;
import java.net.ProtocolException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Tells what went wrong with one exchange, in exceptions that show no secret. */
final class Upstream {
    private static final int MAX_NAME = 80;

    /** What OkHttp says of a body that is shorter than its declared length. */
    private static final String TRUNCATED = "unexpected end of stream";

    private final String provider;
    private final Dialect dialect;
    private final Redactor redactor;
    private final RetryAfter retryAfter;
    private @Nullable ResponseHead head;

    Upstream(String provider, Dialect dialect, Redactor redactor, RetryAfter retryAfter) {
        this.provider = provider;
        this.dialect = dialect;
        this.redactor = redactor;
        this.retryAfter = retryAfter;
    }

    /** Remembers the head of the response, which the errors of its body belong to. */
    void setHead(ResponseHead newHead) {
        head = newHead;
    }

    /** {@return how many bytes the body has, as the head says; -1 if it does not say} */
    long bodyLength() {
        return head == null ? -1 : head.bodyLength();
    }

    /** {@return the vendor's ids of the request: from headers, or else the one that stood in the body} */
    @Nullable
    String requestId(@Nullable String fromBody) {
        String found = null;
        if (head != null) {
            for (String name : dialect.requestIdHeaders()) {
                String value = head.header(name).orElse("");
                if (!value.isBlank()) {
                    found = found == null ? cleanName(value) : found + " " + cleanName(value);
                }
            }
        }
        return found != null || fromBody == null ? found : cleanName(fromBody);
    }

    /** {@return the exception for an error that the vendor told} */
    ProviderException refused(ErrorBody body) {
        int http = head == null ? 0 : head.status();
        boolean success = head == null || head.isSuccess();
        int status = success && body.statusInCode() != 0 ? body.statusInCode() : http;
        String code = body.code() == null ? null : cleanName(body.code());
        String type = body.type() == null ? null : cleanName(body.type());
        UpstreamError upstream = error(body.requestId())
                .withCode(code != null ? code : type)
                .withMessage(body.message() == null ? null : redactor.clean(body.message()));
        Duration wait = head == null
                ? null
                : retryAfter.longestOf(head, dialect.retryAfterHeaders()).orElse(null);
        return dialect.toException(ErrorReply.of(status, code, type, wait, upstream));
    }

    /** {@return the exception for an answer that cannot be understood; {@code what} must show none of it} */
    MalformedReplyException malformed(String what) {
        return new MalformedReplyException(error(null).withMessage(what), null);
    }

    /** {@return the exception for an answer that the vendor itself called failed} */
    UnavailableException failed(String reason, @Nullable String requestId) {
        return new UnavailableException(
                error(requestId).withCode(cleanName(reason)).withMessage("the model failed"), null);
    }

    /** {@return the exception for a connection that did not come about, or broke} */
    ProviderException broken(IOException cause) {
        String what = head == null ? "no answer" : "connection lost in mid-answer";
        if (cause instanceof ProtocolException && !TRUNCATED.equals(cause.getMessage())) {
            // Its message quotes what the server sent.
            return malformed(what + ": not HTTP as it should be");
        }
        return new UnavailableException(
                error(null).withMessage(what + " (" + cause.getClass().getSimpleName() + ")"), cause);
    }

    /** {@return the exception for a fault of our own} */
    UnavailableException crashed(Throwable cause) {
        return new UnavailableException(
                error(null)
                        .withMessage("reading the answer failed with "
                                + cause.getClass().getSimpleName()),
                null);
    }

    private UpstreamError error(@Nullable String requestId) {
        return UpstreamError.of(provider)
                .withStatus(head == null ? 0 : head.status())
                .withRequestId(requestId(requestId));
    }

    private String cleanName(String name) {
        String cleaned = redactor.clean(name);
        return cleaned.length() <= MAX_NAME ? cleaned : cleaned.substring(0, MAX_NAME);
    }
}
