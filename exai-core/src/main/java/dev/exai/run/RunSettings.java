package dev.exai.run;

import java.time.Duration;
import java.util.Objects;

/** How runs deal with their store. Immutable. */
public final class RunSettings {
    /** What a run does when its store fails for longer than its patience. */
    public enum WhenStoreFails {
        /** It ends as {@link RunOutcome.Suspended}, and can be taken up again from what was kept. */
        SUSPEND,
        /** It goes on without being kept; its listeners are told, and {@link RunProgress#store()} says so. */
        GO_ON
    }

    private static final RunSettings DEFAULTS = builder().build();

    private final WhenStoreFails whenStoreFails;
    private final Duration patience;
    private final Duration behindAfter;
    private final int mostBehind;
    private final Duration drainLimit;

    private RunSettings(Builder builder) {
        this.whenStoreFails = builder.whenStoreFails;
        this.patience = builder.patience;
        this.behindAfter = builder.behindAfter;
        this.mostBehind = builder.mostBehind;
        this.drainLimit = builder.drainLimit;
    }

    /** {@return the settings unless somebody changes them} */
    public static RunSettings defaults() {
        return DEFAULTS;
    }

    /** {@return a builder that starts with the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return what a run does when its store fails for longer than its patience} */
    public WhenStoreFails whenStoreFails() {
        return whenStoreFails;
    }

    /** {@return how long a write is tried} */
    public Duration patience() {
        return patience;
    }

    /** {@return after what time of one write the listeners are told that the store is behind} */
    public Duration behindAfter() {
        return behindAfter;
    }

    /** {@return how many records of one run may wait to be written} */
    public int mostBehind() {
        return mostBehind;
    }

    /** {@return how long closing waits for what is still to be written} */
    public Duration drainLimit() {
        return drainLimit;
    }

    @Override
    public String toString() {
        return "RunSettings[" + whenStoreFails + " after " + patience + ", behind after " + behindAfter + " or "
                + mostBehind + " records]";
    }

    /** Builds {@link RunSettings}; each setter checks at once. Not safe for use by several threads. */
    public static final class Builder {
        private WhenStoreFails whenStoreFails = WhenStoreFails.SUSPEND;
        private Duration patience = Duration.ofSeconds(30);
        private Duration behindAfter = Duration.ofSeconds(5);
        private int mostBehind = 1_000;
        private Duration drainLimit = Duration.ofSeconds(10);

        private Builder() {}

        /**
         * Sets what a run does when its store fails for longer than its patience; it suspends by default.
         *
         * @param value what it does
         * @return this builder
         */
        public Builder whenStoreFails(WhenStoreFails value) {
            this.whenStoreFails = Objects.requireNonNull(value, "whenStoreFails");
            return this;
        }

        /**
         * Sets how long a write is tried; 30 s by default.
         *
         * @param value more than zero
         * @return this builder
         */
        public Builder patience(Duration value) {
            this.patience = positive("patience", value);
            return this;
        }

        /**
         * Sets after what time of one write the listeners are told that the store is behind; 5 s by default.
         *
         * @param value more than zero
         * @return this builder
         */
        public Builder behindAfter(Duration value) {
            this.behindAfter = positive("behindAfter", value);
            return this;
        }

        /**
         * Sets how many records of one run may wait to be written, beyond which the store counts as failed; 1,000 by default.
         *
         * @param records 1 or more
         * @return this builder
         */
        public Builder mostBehind(int records) {
            if (records < 1) {
                throw new IllegalArgumentException("mostBehind < 1: " + records);
            }
            this.mostBehind = records;
            return this;
        }

        /**
         * Sets how long closing waits for what is still to be written; 10 s by default.
         *
         * @param value more than zero
         * @return this builder
         */
        public Builder drainLimit(Duration value) {
            this.drainLimit = positive("drainLimit", value);
            return this;
        }

        /** {@return the settings} */
        public RunSettings build() {
            return new RunSettings(this);
        }

        private static Duration positive(String name, Duration value) {
            if (Objects.requireNonNull(value, name).isZero() || value.isNegative()) {
                throw new IllegalArgumentException(name + " must be more than zero: " + value);
            }
            return value;
        }
    }
}
