package dev.exai.session;

import dev.exai.call.CallOptions;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * How a session is to be. Immutable.
 *
 * <pre>{@code
 * Session session = exai.openSession(SessionOptions.named("editor").withLimit(2).withIdleExpiry(Duration.ofMinutes(30)));
 * }</pre>
 */
public final class SessionOptions {
    private final String name;
    private final int weight;
    private final @Nullable Integer limit;
    private final @Nullable Duration idleExpiry;
    private final @Nullable CallOptions defaults;

    private SessionOptions(
            String name,
            int weight,
            @Nullable Integer limit,
            @Nullable Duration idleExpiry,
            @Nullable CallOptions defaults) {
        this.name = name;
        this.weight = weight;
        this.limit = limit;
        this.idleExpiry = idleExpiry;
        this.defaults = defaults;
    }

    /**
     * {@return options with this name, weight 1, and otherwise what the library instance has}
     *
     * @param name what to call the session in audits, events and errors
     */
    public static SessionOptions named(String name) {
        if (Objects.requireNonNull(name, "name").isBlank()) {
            throw new IllegalArgumentException("a session's name must not be blank");
        }
        return new SessionOptions(name, 1, null, null, null);
    }

    /**
     * {@return these options with another weight} A session of weight 2 is served as if it had half of what it has in
     * use.
     *
     * @param value 1 or more
     */
    public SessionOptions withWeight(int value) {
        if (value < 1) {
            throw new IllegalArgumentException("weight < 1: " + value);
        }
        return new SessionOptions(name, value, limit, idleExpiry, defaults);
    }

    /**
     * {@return these options with a limit of the session's own, in place of that which all sessions have}
     *
     * @param value how many permits it may have at once, all providers together; 1 or more
     */
    public SessionOptions withLimit(int value) {
        if (value < 1) {
            throw new IllegalArgumentException("limit < 1: " + value);
        }
        return new SessionOptions(name, weight, value, idleExpiry, defaults);
    }

    /**
     * {@return these options with an expiry} A session in which no call is under way for so long closes itself.
     *
     * @param value for how long; more than zero
     */
    public SessionOptions withIdleExpiry(Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException("the idle expiry must be more than zero: " + value);
        }
        return new SessionOptions(name, weight, limit, value, defaults);
    }

    /**
     * {@return these options with other defaults for calls that are made without options}
     *
     * @param value the options of such calls
     */
    public SessionOptions withCallDefaults(CallOptions value) {
        return new SessionOptions(name, weight, limit, idleExpiry, Objects.requireNonNull(value, "value"));
    }

    /** {@return what to call it} */
    public String name() {
        return name;
    }

    /** {@return its weight} */
    public int weight() {
        return weight;
    }

    /** {@return the limit of its own, if it has one} */
    public OptionalInt limit() {
        return limit == null ? OptionalInt.empty() : OptionalInt.of(limit);
    }

    /** {@return after how long without calls it closes itself, if it does} */
    public Optional<Duration> idleExpiry() {
        return Optional.ofNullable(idleExpiry);
    }

    /** {@return the options of calls that are made without any, if they are not those of the library instance} */
    public Optional<CallOptions> callDefaults() {
        return Optional.ofNullable(defaults);
    }

    @Override
    public String toString() {
        return "SessionOptions[" + name + ", weight " + weight + (limit == null ? "" : ", limit " + limit)
                + (idleExpiry == null ? "" : ", idle expiry " + idleExpiry) + "]";
    }
}
