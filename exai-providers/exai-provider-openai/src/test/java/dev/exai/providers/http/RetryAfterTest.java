package dev.exai.providers.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    private final RetryAfter parser =
            new RetryAfter(Clock.fixed(Instant.parse("2026-10-01T12:00:00Z"), ZoneOffset.UTC));

    @ParameterizedTest
    @CsvSource({"1, 1000", "0, 0", " 30 , 30000", "1.5, 1500", "0.25, 250", "86400, 86400000"})
    void parse_seconds_isThatLong(String value, long millis) {
        assertThat(parser.parse(value)).hasValue(Duration.ofMillis(millis));
    }

    @Test
    void parse_date_isTheTimeUntilThen() {
        assertThat(parser.parse("Thu, 01 Oct 2026 12:00:30 GMT")).hasValue(Duration.ofSeconds(30));
    }

    @Test
    void parse_dateInThePast_isZero() {
        assertThat(parser.parse("Thu, 01 Oct 2026 11:00:00 GMT")).hasValue(Duration.ZERO);
    }

    @ParameterizedTest
    @ValueSource(strings = {"999999999999999999", "99999999999999999999999999", "Fri, 01 Oct 9999 12:00:00 GMT"})
    void parse_absurd_isAtMostACentury(String value) {
        assertThat(parser.parse(value)).hasValue(Duration.ofDays(36_500));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-1", "1e9", "0x10", "NaN", "1.2.3", "Thu, 99 Oct 2026 12:00:00 GMT"})
    void parse_notUnderstood_isEmpty(String value) {
        assertThat(parser.parse(value)).isEmpty();
    }

    @Test
    void longestOf_severalHeaders_isTheLongest() {
        ResponseHead head = head(Map.of("a", "1", "b", "7", "c", "rubbish"));

        assertThat(parser.longestOf(head, List.of("c", "a", "b", "d"))).hasValue(Duration.ofSeconds(7));
        assertThat(parser.longestOf(head, List.of("d"))).isEmpty();
    }

    private static ResponseHead head(Map<String, String> headers) {
        return new ResponseHead() {
            @Override
            public int status() {
                return 429;
            }

            @Override
            public Optional<String> header(String name) {
                return Optional.ofNullable(headers.get(name));
            }
        };
    }
}
