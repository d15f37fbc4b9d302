package dev.exai.interop.openai;

import static dev.exai.testkit.http.WireFormat.GLM;
import static dev.exai.testkit.http.WireFormat.KIMI;
import static dev.exai.testkit.http.WireFormat.OPENAI;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.PermissionDeniedException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletionChunk;
import dev.exai.testkit.http.HttpScript;
import dev.exai.testkit.http.Refusal;
import dev.exai.testkit.http.WireFormat;
import java.time.Duration;
import java.util.Iterator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each refusal becomes the exception that the SDK has for it, and tries again are those that the SDK makes. */
@Tag("ci")
final class ErrorsTest {
    private static final int TRIES = 3;

    static Arguments[] refusals() {
        return new Arguments[] {
            refusal(OPENAI, Refusal.BAD_KEY, UnauthorizedException.class, 401, "invalid_api_key", 1),
            refusal(OPENAI, Refusal.FORBIDDEN, PermissionDeniedException.class, 403, "invalid_request_error", 1),
            refusal(OPENAI, Refusal.BAD_PARAMETER, BadRequestException.class, 400, "invalid_value", 1),
            refusal(OPENAI, Refusal.PROMPT_TOO_LONG, BadRequestException.class, 400, "context_length_exceeded", 1),
            refusal(OPENAI, Refusal.MODEL_NOT_FOUND, NotFoundException.class, 404, "model_not_found", 1),
            refusal(OPENAI, Refusal.REQUEST_RATE, RateLimitException.class, 429, "rate_limit_exceeded", TRIES),
            // Hopeless, and tried again all the same: the SDK goes by the status alone.
            refusal(OPENAI, Refusal.QUOTA_EXHAUSTED, RateLimitException.class, 429, "insufficient_quota", TRIES),
            refusal(OPENAI, Refusal.SERVER_ERROR, InternalServerException.class, 500, "server_error", TRIES),
            refusal(OPENAI, Refusal.OVERLOADED, InternalServerException.class, 503, "server_error", TRIES),
            refusal(OPENAI, Refusal.GATEWAY_TIMEOUT, InternalServerException.class, 504, "", TRIES),
            refusal(GLM, Refusal.BAD_KEY, UnauthorizedException.class, 401, "1002", 1),
            refusal(GLM, Refusal.BAD_PARAMETER, BadRequestException.class, 400, "1210", 1),
            refusal(GLM, Refusal.MODEL_NOT_FOUND, BadRequestException.class, 400, "1211", 1),
            refusal(GLM, Refusal.CONCURRENCY, RateLimitException.class, 429, "1302", TRIES),
            refusal(GLM, Refusal.OVERLOADED, RateLimitException.class, 429, "1305", TRIES),
            refusal(GLM, Refusal.QUOTA_EXHAUSTED, RateLimitException.class, 429, "1113", TRIES),
            refusal(GLM, Refusal.SERVER_ERROR, InternalServerException.class, 500, "1234", TRIES),
            refusal(KIMI, Refusal.BAD_KEY, UnauthorizedException.class, 401, "invalid_authentication_error", 1),
            refusal(KIMI, Refusal.BAD_PARAMETER, BadRequestException.class, 400, "invalid_request_error", 1),
            refusal(KIMI, Refusal.CONTENT_FILTER, BadRequestException.class, 400, "content_filter", 1),
            refusal(KIMI, Refusal.MODEL_NOT_FOUND, NotFoundException.class, 404, "resource_not_found_error", 1),
            refusal(KIMI, Refusal.REQUEST_RATE, RateLimitException.class, 429, "rate_limit_reached_error", TRIES),
            refusal(KIMI, Refusal.OVERLOADED, RateLimitException.class, 429, "engine_overloaded_error", TRIES),
            refusal(
                    KIMI,
                    Refusal.QUOTA_EXHAUSTED,
                    RateLimitException.class,
                    429,
                    "exceeded_current_quota_error",
                    TRIES),
            refusal(KIMI, Refusal.SERVER_ERROR, InternalServerException.class, 500, "server_error", TRIES),
            refusal(KIMI, Refusal.GATEWAY_TIMEOUT, InternalServerException.class, 504, "", TRIES),
        };
    }

    private static Arguments refusal(
            WireFormat format,
            Refusal refusal,
            Class<? extends OpenAIServiceException> exception,
            int status,
            String codeOrType,
            int requests) {
        return Arguments.of(format, refusal, exception, status, codeOrType, requests);
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void create_refused_isTheExceptionForIt(
            WireFormat format,
            Refusal refusal,
            Class<? extends OpenAIServiceException> exception,
            int status,
            String codeOrType,
            int requests) {
        try (Peer peer = Peer.of(format)) {
            peer.server.script(HttpScript.refuse(refusal));

            OpenAIServiceException thrown = catchThrowableOfType(exception, () -> peer.chat("hello"));

            assertThat(thrown.statusCode()).isEqualTo(status);
            assertThat(thrown.code().or(thrown::type).orElse("")).isEqualTo(codeOrType);
            assertThat(peer.server.requests()).hasSize(requests);
            assertThat(peer.tally()).isEqualTo(requests + " failed");
        }
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void createStreaming_refused_isTheExceptionForIt(
            WireFormat format,
            Refusal refusal,
            Class<? extends OpenAIServiceException> exception,
            int status,
            String codeOrType,
            int requests) {
        try (Peer peer = Peer.of(format)) {
            peer.server.script(HttpScript.refuse(refusal));

            OpenAIServiceException thrown = catchThrowableOfType(exception, () -> peer.streamed(peer.ask("hello")));

            assertThat(thrown.statusCode()).isEqualTo(status);
            assertThat(peer.server.requests()).hasSize(requests);
            assertThat(peer.tally()).isEqualTo(requests + " failed");
        }
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void create_wrongKey_isRefusedAtTheDoor(WireFormat format) {
        try (Peer peer = Peer.of(format, settings -> settings.apiKey("sk-of-somebody-else"))) {
            assertThat(catchThrowableOfType(UnauthorizedException.class, () -> peer.chat("hello")))
                    .isNotNull();

            assertThat(peer.server.requests()).hasSize(1);
            assertThat(peer.tally()).isEqualTo("1 refused");
        }
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void create_oneTooManyInFlight_isRefusedLikeByTheRealOne(WireFormat format) throws Exception {
        try (Peer peer = Peer.of(format, settings -> settings.maxRetries(0))) {
            peer.server
                    .limitInFlight(1)
                    .script(1, HttpScript.text("slow").hang())
                    .script(3, HttpScript.text("free again").complete());

            try (StreamResponse<ChatCompletionChunk> first = peer.stream(peer.ask("first"))) {
                Iterator<ChatCompletionChunk> chunks = first.stream().iterator();
                assertThat(chunks.next().choices()).isNotEmpty();
                assertThat(catchThrowableOfType(RateLimitException.class, () -> peer.chat("second")))
                        .isNotNull();
            }

            peer.server.awaitNoOpenExchanges(Duration.ofSeconds(10));
            assertThat(Peer.textOf(peer.chat("third"))).isEqualTo("free again");
            assertThat(peer.server.maxInFlight()).isEqualTo(1);
            assertThat(peer.tally()).isEqualTo("1 completed, 1 left by the client, 1 refused");
        }
    }
}
