package dev.exai.providers.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.error.AuthenticationException;
import dev.exai.error.ProviderException;
import dev.exai.error.QuotaExhaustedException;
import dev.exai.error.RateLimitedException;
import dev.exai.error.RejectedException;
import dev.exai.error.UnavailableException;
import dev.exai.error.UpstreamError;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StatusMapperTest {
    private static final Map<Integer, Class<? extends ProviderException>> EXPECTED = Map.ofEntries(
            Map.entry(200, UnavailableException.class),
            Map.entry(307, RejectedException.class),
            Map.entry(400, RejectedException.class),
            Map.entry(401, AuthenticationException.class),
            Map.entry(402, QuotaExhaustedException.class),
            Map.entry(403, AuthenticationException.class),
            Map.entry(404, RejectedException.class),
            Map.entry(408, UnavailableException.class),
            Map.entry(409, UnavailableException.class),
            Map.entry(413, RejectedException.class),
            Map.entry(422, RejectedException.class),
            Map.entry(425, UnavailableException.class),
            Map.entry(429, RateLimitedException.class),
            Map.entry(499, RejectedException.class),
            Map.entry(500, UnavailableException.class),
            Map.entry(503, UnavailableException.class),
            Map.entry(504, UnavailableException.class),
            Map.entry(529, UnavailableException.class));

    @Test
    void toException_knownStatus_isItsClass() {
        EXPECTED.forEach((status, type) ->
                assertThat(toException(status)).describedAs("status %s", status).isExactlyInstanceOf(type));
    }

    @Test
    void toException_anyStatus_isSomeException() {
        assertThat(IntStream.range(0, 1_000).mapToObj(StatusMapperTest::toException))
                .doesNotContainNull();
    }

    @Test
    void toException_tooMany_keepsTheWait() {
        RateLimitedException limited = (RateLimitedException) toException(429);

        assertThat(limited.retryAfter()).hasValue(Duration.ofSeconds(3));
        assertThat(limited.scope()).isEqualTo(RateLimitedException.Scope.UNKNOWN);
    }

    private static ProviderException toException(int status) {
        return StatusMapper.toException(status, UpstreamError.of("p").withStatus(status), Duration.ofSeconds(3));
    }
}
