package dev.exai.providers.openai;

import dev.exai.error.ProviderException;
import dev.exai.message.ChatMessage;
import dev.exai.message.FinishReason;
import dev.exai.spi.ProviderCall;
import java.util.List;
import java.util.Map;

/**
 * How one vendor differs from the common form: in what it wants to be sent, and in what its errors mean.
 *
 * <p>JSON objects are maps here, and arrays lists; a map keeps the order in which it was filled. Implementations are
 * safe for use by many threads.
 */
public interface Dialect {
    /** {@return the common form, as most compatible endpoints understand it} */
    static Dialect standard() {
        return StandardDialect.INSTANCE;
    }

    /**
     * Changes one message that is about to be sent. It has {@code role} and {@code content}, and {@code tool_calls} or
     * {@code tool_call_id} if there are any, but never the reasoning.
     *
     * @param call the attempt
     * @param message the message
     * @param json the message as it will be sent; may be changed
     */
    default void adaptMessage(ProviderCall call, ChatMessage message, Map<String, Object> json) {}

    /**
     * Changes the request that is about to be sent. It has {@code model}, {@code messages}, {@code stream} and
     * {@code max_tokens}, and {@code temperature}, {@code top_p}, {@code stop} and {@code tools} if they are asked for.
     *
     * @param call the attempt
     * @param body the request as it will be sent; may be changed
     */
    default void adaptBody(ProviderCall call, Map<String, Object> body) {}

    /**
     * {@return the exception that stands for an error, by the vendor's own code first and the status second}
     *
     * @param error what the vendor said
     */
    default ProviderException toException(ErrorReply error) {
        return standard().toException(error);
    }

    /**
     * {@return why the model stopped}
     *
     * @param reason the vendor's word for it
     */
    default FinishReason finishReason(String reason) {
        return standard().finishReason(reason);
    }

    /**
     * {@return whether an answer that ends so is none, because the vendor failed}
     *
     * @param reason the vendor's word for why the model stopped
     */
    default boolean isFailure(String reason) {
        return false;
    }

    /** {@return headers to send besides the common ones} */
    default Map<String, String> headers() {
        return Map.of();
    }

    /** {@return response headers that may hold the vendor's id of the request, the best first} */
    default List<String> requestIdHeaders() {
        return List.of("x-request-id");
    }

    /** {@return response headers that may say when to come back; the longest wait counts} */
    default List<String> retryAfterHeaders() {
        return List.of("Retry-After");
    }
}
