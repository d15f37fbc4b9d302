package dev.exai.resilience;

import dev.exai.context.Deadline;
import java.time.Duration;
import java.util.Objects;

/**
 * When a provider or model is no longer asked, and how much is tried again. Immutable; the defaults suit most.
 *
 * <pre>{@code
 * Exai.builder(glm, kimi).resilience(Resilience.builder().openFor(Duration.ofSeconds(10)).retryShare(0.1).build());
 * }</pre>
 */
public final class Resilience {
    private static final Resilience DEFAULTS = builder().build();

    private final int failuresInARow;
    private final double failureShare;
    private final int leastResults;
    private final Duration openFor;
    private final Duration longestOpen;
    private final Duration parkFor;
    private final Duration longestPark;
    private final int maxZombies;
    private final double retryShare;
    private final int retriesPerMinute;

    private Resilience(Builder builder) {
        this.failuresInARow = builder.failuresInARow;
        this.failureShare = builder.failureShare;
        this.leastResults = builder.leastResults;
        this.openFor = builder.openFor;
        this.longestOpen = longer(builder.openFor, builder.longestOpen);
        this.parkFor = builder.parkFor;
        this.longestPark = longer(builder.parkFor, builder.longestPark);
        this.maxZombies = builder.maxZombies;
        this.retryShare = builder.retryShare;
        this.retriesPerMinute = builder.retriesPerMinute;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** {@return the defaults} */
    public static Resilience defaults() {
        return DEFAULTS;
    }

    /** {@return a builder that starts with the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return after how many failures in a row a model is no longer asked, while it has few results} */
    public int failuresInARow() {
        return failuresInARow;
    }

    /** {@return at which share of failures a model is no longer asked, once it has enough results} */
    public double failureShare() {
        return failureShare;
    }

    /** {@return how many results of the last half minute are enough to go by their share} */
    public int leastResults() {
        return leastResults;
    }

    /** {@return for how long it is not asked then} */
    public Duration openFor() {
        return openFor;
    }

    /** {@return for how long at most, after probes that failed, each of which doubles the time} */
    public Duration longestOpen() {
        return longestOpen;
    }

    /** {@return for how long a provider out of balance is parked, or a model that is gone} */
    public Duration parkFor() {
        return parkFor;
    }

    /** {@return for how long at most, after probes that failed} */
    public Duration longestPark() {
        return longestPark;
    }

    /** {@return above how many exchanges that were aborted and have not ended a provider is no longer asked} */
    public int maxZombies() {
        return maxZombies;
    }

    /** {@return how many retries there may be for each call of the last minute} */
    public double retryShare() {
        return retryShare;
    }

    /** {@return how many retries a minute there may be in any case} */
    public int retriesPerMinute() {
        return retriesPerMinute;
    }

    @Override
    public String toString() {
        return "Resilience[open after " + failuresInARow + " in a row or " + failureShare + " of " + leastResults
                + " for "
                + openFor + " to " + longestOpen + ", park for " + parkFor + " to " + longestPark + ", " + maxZombies
                + " zombies, retries " + retryShare + " a call and " + retriesPerMinute + " a minute]";
    }

    /** Builds a {@link Resilience}; each setter checks at once. Not safe for use by several threads. */
    public static final class Builder {
        private int failuresInARow = 5;
        private double failureShare = 0.5;
        private int leastResults = 20;
        private Duration openFor = Duration.ofSeconds(5);
        private Duration longestOpen = Duration.ofMinutes(1);
        private Duration parkFor = Duration.ofMinutes(10);
        private Duration longestPark = Duration.ofHours(2);
        private int maxZombies = 32;
        private double retryShare = 0.2;
        private int retriesPerMinute = 10;

        private Builder() {}

        /**
         * Sets after how many failures in a row a model is no longer asked, while it has few results; 5 by default.
         *
         * @param value 1 or more
         * @return this builder
         */
        public Builder failuresInARow(int value) {
            this.failuresInARow = atLeast(1, "failuresInARow", value);
            return this;
        }

        /**
         * Sets at which share of failures a model is no longer asked, once it has enough results; a half by default.
         *
         * @param value more than 0, at most 1
         * @return this builder
         */
        public Builder failureShare(double value) {
            if (!(value > 0 && value <= 1)) {
                throw new IllegalArgumentException("failureShare not in (0, 1]: " + value);
            }
            this.failureShare = value;
            return this;
        }

        /**
         * Sets how many results of the last half minute are enough to go by their share; 20 by default.
         *
         * @param value 1 or more
         * @return this builder
         */
        public Builder leastResults(int value) {
            this.leastResults = atLeast(1, "leastResults", value);
            return this;
        }

        /**
         * Sets for how long a model is not asked once it has failed too often; 5 s by default.
         *
         * @param value more than zero
         * @return this builder
         */
        public Builder openFor(Duration value) {
            this.openFor = positive("openFor", value);
            return this;
        }

        /**
         * Sets for how long at most, after probes that failed, each of which doubles the time; a minute by default.
         *
         * @param value more than zero
         * @return this builder
         */
        public Builder longestOpen(Duration value) {
            this.longestOpen = positive("longestOpen", value);
            return this;
        }

        /**
         * Sets for how long a provider out of balance is parked, or a model that is gone; 10 minutes by default.
         *
         * @param value more than zero
         * @return this builder
         */
        public Builder parkFor(Duration value) {
            this.parkFor = positive("parkFor", value);
            return this;
        }

        /**
         * Sets for how long at most, after probes that failed; 2 hours by default.
         *
         * @param value more than zero
         * @return this builder
         */
        public Builder longestPark(Duration value) {
            this.longestPark = positive("longestPark", value);
            return this;
        }

        /**
         * Sets above how many exchanges that were aborted and have not ended a provider is no longer asked; 32 by default.
         *
         * @param value 0 or more
         * @return this builder
         */
        public Builder maxZombies(int value) {
            this.maxZombies = atLeast(0, "maxZombies", value);
            return this;
        }

        /**
         * Sets how many retries there may be for each call of the last minute, at a provider and of a session; a fifth by
         * default.
         *
         * @param value 0 or more
         * @return this builder
         */
        public Builder retryShare(double value) {
            if (!(value >= 0 && value < 1_000)) {
                throw new IllegalArgumentException("retryShare < 0: " + value);
            }
            this.retryShare = value;
            return this;
        }

        /**
         * Sets how many retries a minute there may be in any case, at a provider and of a session; 10 by default.
         *
         * @param value 0 or more
         * @return this builder
         */
        public Builder retriesPerMinute(int value) {
            this.retriesPerMinute = atLeast(0, "retriesPerMinute", value);
            return this;
        }

        /** {@return the rules} */
        public Resilience build() {
            return new Resilience(this);
        }

        private static int atLeast(int least, String name, int value) {
            if (value < least) {
                throw new IllegalArgumentException(name + " < " + least + ": " + value);
            }
            return value;
        }

        private static Duration positive(String name, Duration value) {
            if (Objects.requireNonNull(value, name).isZero() || value.isNegative()) {
                throw new IllegalArgumentException(name + " must be more than zero: " + value);
            }
            return value.compareTo(Deadline.LONGEST) > 0 ? Deadline.LONGEST : value;
        }
    }
}
