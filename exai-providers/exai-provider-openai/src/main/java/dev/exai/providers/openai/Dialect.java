package dev.exai.providers.openai;

import dev.exai.error.ProviderException;
import dev.exai.message.FinishReason;
import dev.exai.spi.ModelInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How one vendor differs from the common form: in what it wants to be sent, and in what its errors mean.
 *
 * <p>Implementations are safe for use by many threads.
 */
public interface Dialect {
    /** {@return the common form, as most compatible endpoints understand it} */
    static Dialect standard() {
        return StandardDialect.INSTANCE;
    }

    /**
     * Changes the request that is about to be sent, and notes each change that the caller would not expect.
     *
     * <p>The body has {@code model}, {@code messages}, {@code stream} and {@code max_tokens}, and if they are asked for
     * {@code temperature}, {@code top_p}, {@code seed}, {@code frequency_penalty}, {@code presence_penalty},
     * {@code stop}, {@code tools}, {@code tool_choice} and {@code response_format}; a message has {@code role} and
     * {@code content}, and if there are any {@code tool_calls} or {@code tool_call_id}, but never the reasoning. All
     * else that the request asks for is the dialect's to add, or to note as left out.
     *
     * @param draft the request
     * @throws IllegalArgumentException if it cannot be sent to this vendor, in words that show no content
     */
    default void adapt(RequestDraft draft) {}

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

    /**
     * {@return the marks that a model leaves in the text of its answers, to be taken out, or empty if it leaves none}
     *
     * @param model the model that is asked
     */
    default Optional<TextTags> textTags(ModelInfo model) {
        return Optional.empty();
    }

    /** {@return headers to send besides the common ones} */
    default Map<String, String> headers() {
        return Map.of();
    }

    /** {@return response headers that hold the vendor's ids of the request; those that are there are all told} */
    default List<String> requestIdHeaders() {
        return List.of("x-request-id");
    }

    /** {@return response headers that may say when to come back; the longest wait counts} */
    default List<String> retryAfterHeaders() {
        return List.of("Retry-After");
    }
}
