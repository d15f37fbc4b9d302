package dev.exai.permit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * How many requests and tokens a provider takes in a span of time: its RPM, TPM and the like. Immutable.
 *
 * <p>A grant takes from it, in the same step in which it takes its units, so a request that gives up in the queue costs
 * nothing. No span of a window's length ever has more granted than the window allows. Amounts are whole numbers and
 * exact; what was taken comes free again after the window's length and at most a 256th of it.
 *
 * <pre>{@code
 * RateBudget kimi = RateBudget.builder().requestsPerMinute(20).tokensPerMinute(500_000).build();
 * }</pre>
 */
public final class RateBudget {
    /** What tokens a request is charged for. */
    public enum Charge {
        /** What it asked for when it was let in: the prompt, and the most that the answer may have. */
        RESERVED,
        /** What it used in the end; until that is known, what it asked for. */
        ACTUAL
    }

    /** What a window counts. */
    enum Kind {
        REQUESTS,
        TOKENS
    }

    /** One limit over one length of time. */
    record Window(Kind kind, long limit, Duration length) {
        @Override
        public String toString() {
            return limit + (kind == Kind.REQUESTS ? " requests in " : " tokens in ") + length;
        }
    }

    private final List<Window> windows;
    private final Charge charge;

    private RateBudget(Builder builder) {
        this.windows = List.copyOf(builder.windows);
        this.charge = builder.charge;
    }

    /** {@return a builder of a budget without any limit} */
    public static Builder builder() {
        return new Builder();
    }

    List<Window> windows() {
        return windows;
    }

    Charge charge() {
        return charge;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RateBudget that && windows.equals(that.windows) && charge == that.charge;
    }

    @Override
    public int hashCode() {
        return Objects.hash(windows, charge);
    }

    @Override
    public String toString() {
        return windows + " charged as " + charge;
    }

    /** Builds a {@link RateBudget}; each setter checks at once. Not safe for use by several threads. */
    public static final class Builder {
        private final List<Window> windows = new ArrayList<>();
        private Charge charge = Charge.RESERVED;

        private Builder() {}

        /**
         * Allows so many requests a minute.
         *
         * @param limit 1 or more
         * @return this builder
         */
        public Builder requestsPerMinute(int limit) {
            return requests(limit, Duration.ofMinutes(1));
        }

        /**
         * Allows so many tokens a minute.
         *
         * @param limit 1 or more
         * @return this builder
         */
        public Builder tokensPerMinute(long limit) {
            return tokens(limit, Duration.ofMinutes(1));
        }

        /**
         * Allows so many tokens a day.
         *
         * @param limit 1 or more
         * @return this builder
         */
        public Builder tokensPerDay(long limit) {
            return tokens(limit, Duration.ofDays(1));
        }

        /**
         * Allows so many requests in any span of a length.
         *
         * @param limit 1 or more
         * @param length from a millisecond to 31 days
         * @return this builder
         */
        public Builder requests(int limit, Duration length) {
            return add(Kind.REQUESTS, limit, length);
        }

        /**
         * Allows so many tokens in any span of a length. A request that asks for more than that takes all of it.
         *
         * @param limit 1 or more
         * @param length from a millisecond to 31 days
         * @return this builder
         */
        public Builder tokens(long limit, Duration length) {
            return add(Kind.TOKENS, limit, length);
        }

        private Builder add(Kind kind, long limit, Duration length) {
            if (limit < 1) {
                throw new IllegalArgumentException(kind + " < 1: " + limit);
            }
            if (length.compareTo(Duration.ofMillis(1)) < 0 || length.compareTo(Duration.ofDays(31)) > 0) {
                throw new IllegalArgumentException("a window is from a millisecond to 31 days long: " + length);
            }
            windows.removeIf(known -> known.kind() == kind && known.length().equals(length));
            windows.add(new Window(kind, limit, length));
            return this;
        }

        /**
         * Sets what tokens a request is charged for; {@link Charge#RESERVED} by default, which is never too little.
         *
         * @param value what
         * @return this builder
         */
        public Builder charge(Charge value) {
            this.charge = Objects.requireNonNull(value, "charge");
            return this;
        }

        /** {@return the budget} */
        public RateBudget build() {
            return new RateBudget(this);
        }
    }
}
