package dev.exai.providers.http;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Understands the header {@code Retry-After}: seconds, or a date.
 *
 * <p>An absurd value is kept as it is, for whoever waits to judge; only more than a century counts as a century.
 */
public final class RetryAfter {
    private static final Pattern SECONDS = Pattern.compile("\\d{1,18}(\\.\\d{1,9})?");
    private static final Pattern MORE_SECONDS = Pattern.compile("\\d{19,}(\\.\\d*)?");
    private static final Duration CENTURY = Duration.ofDays(365 * 100L);

    private final Clock clock;

    /**
     * Creates a parser.
     *
     * @param clock tells how far away a date is
     */
    public RetryAfter(Clock clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /**
     * {@return how long to wait, never negative; empty if the value cannot be understood}
     *
     * @param value the header's value
     */
    public Optional<Duration> parse(String value) {
        String text = value.strip();
        if (SECONDS.matcher(text).matches()) {
            int point = text.indexOf('.');
            long seconds = Long.parseLong(point < 0 ? text : text.substring(0, point));
            long nanos = point < 0 ? 0 : Long.parseLong((text.substring(point + 1) + "00000000").substring(0, 9));
            return Optional.of(atMostACentury(Duration.ofSeconds(seconds, nanos)));
        }
        if (MORE_SECONDS.matcher(text).matches()) {
            return Optional.of(CENTURY);
        }
        try {
            Instant until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT))
                    .toInstant();
            Duration left = Duration.between(clock.instant(), until);
            return Optional.of(left.isNegative() ? Duration.ZERO : atMostACentury(left));
        } catch (DateTimeException | ArithmeticException notADate) {
            return Optional.empty();
        }
    }

    /**
     * {@return the longest wait that any of these headers asks for}
     *
     * @param head where to look
     * @param names the headers
     */
    public Optional<Duration> longestOf(ResponseHead head, Iterable<String> names) {
        Optional<Duration> longest = Optional.empty();
        for (String name : names) {
            Optional<Duration> wait = head.header(name).flatMap(this::parse);
            if (wait.isPresent() && (longest.isEmpty() || wait.get().compareTo(longest.get()) > 0)) {
                longest = wait;
            }
        }
        return longest;
    }

    private static Duration atMostACentury(Duration wait) {
        return wait.compareTo(CENTURY) > 0 ? CENTURY : wait;
    }
}
