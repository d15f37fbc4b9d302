package dev.exai.call;

import dev.exai.message.Chunk;
import dev.exai.model.ModelRequest;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How one call is made. Immutable.
 *
 * <pre>{@code
 * CallOptions quick = CallOptions.builder().deadline(Duration.ofSeconds(30)).maxAttempts(2).build();
 * }</pre>
 */
public final class CallOptions {
    private static final CallOptions DEFAULTS = builder().build();

    private final Duration deadline;
    private final int maxAttempts;
    private final @Nullable Duration connect;
    private final @Nullable Duration firstEvent;
    private final @Nullable Duration silence;
    private final @Nullable Duration attempt;
    private final @Nullable String label;
    private final @Nullable ModelRequest models;
    private final boolean restartAfterOutput;

    private CallOptions(Builder builder) {
        this.deadline = builder.deadline;
        this.maxAttempts = builder.maxAttempts;
        this.connect = builder.connect;
        this.firstEvent = builder.firstEvent;
        this.silence = builder.silence;
        this.attempt = builder.attempt;
        this.label = builder.label;
        this.models = builder.models;
        this.restartAfterOutput = builder.restartAfterOutput;
    }

    /** {@return the defaults: a deadline of 20 minutes, three attempts, the limits of the model} */
    public static CallOptions defaults() {
        return DEFAULTS;
    }

    /**
     * {@return the defaults with another deadline}
     *
     * @param deadline the time that the call has in all, more than zero
     */
    public static CallOptions within(Duration deadline) {
        return builder().deadline(deadline).build();
    }

    /** {@return a builder that starts with the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts as a copy of these options} */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.deadline = deadline;
        builder.maxAttempts = maxAttempts;
        builder.connect = connect;
        builder.firstEvent = firstEvent;
        builder.silence = silence;
        builder.attempt = attempt;
        builder.label = label;
        builder.models = models;
        builder.restartAfterOutput = restartAfterOutput;
        return builder;
    }

    /** {@return the time that the call has in all: queue, attempts and back-off} */
    public Duration deadline() {
        return deadline;
    }

    /** {@return the most attempts, the first included} */
    public int maxAttempts() {
        return maxAttempts;
    }

    /** {@return the limit until a connection stands, if not the model's} */
    public Optional<Duration> connect() {
        return Optional.ofNullable(connect);
    }

    /** {@return the limit until the first piece of an answer, if not the model's} */
    public Optional<Duration> firstEvent() {
        return Optional.ofNullable(firstEvent);
    }

    /** {@return the limit of silence in mid-answer, if not the model's} */
    public Optional<Duration> silence() {
        return Optional.ofNullable(silence);
    }

    /** {@return the limit of one attempt, if not the model's} */
    public Optional<Duration> attempt() {
        return Optional.ofNullable(attempt);
    }

    /** {@return what the call is called in audits and events, if not by what it does} */
    public Optional<String> label() {
        return Optional.ofNullable(label);
    }

    /** {@return how the model is chosen, if anything was said of that} */
    public Optional<ModelRequest> models() {
        return Optional.ofNullable(models);
    }

    /** {@return whether an attempt that fails may be followed by another even if output of it has reached the caller} */
    public boolean restartAfterOutput() {
        return restartAfterOutput;
    }

    @Override
    public String toString() {
        return "CallOptions[deadline " + deadline + ", " + maxAttempts + " attempts]";
    }

    /** Builds {@link CallOptions}; each setter checks at once. Not safe for use by several threads. */
    public static final class Builder {
        private Duration deadline = Duration.ofMinutes(20);
        private int maxAttempts = 3;
        private @Nullable Duration connect;
        private @Nullable Duration firstEvent;
        private @Nullable Duration silence;
        private @Nullable Duration attempt;
        private @Nullable String label;
        private @Nullable ModelRequest models;
        private boolean restartAfterOutput;

        private Builder() {}

        /**
         * Sets the time that the call has in all; 20 minutes by default.
         *
         * @param value more than zero
         * @return this builder
         */
        public Builder deadline(Duration value) {
            this.deadline = positive("deadline", value);
            return this;
        }

        /**
         * Sets the most attempts, the first included; 3 by default. 1 turns retries off.
         *
         * @param value 1 or more
         * @return this builder
         */
        public Builder maxAttempts(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("maxAttempts < 1: " + value);
            }
            this.maxAttempts = value;
            return this;
        }

        /**
         * Sets the limit until a connection stands.
         *
         * @param value more than zero
         * @return this builder
         */
        public Builder connect(Duration value) {
            this.connect = positive("connect", value);
            return this;
        }

        /**
         * Sets the limit until the first piece of an answer.
         *
         * @param value more than zero
         * @return this builder
         */
        public Builder firstEvent(Duration value) {
            this.firstEvent = positive("firstEvent", value);
            return this;
        }

        /**
         * Sets the limit of silence in mid-answer.
         *
         * @param value more than zero
         * @return this builder
         */
        public Builder silence(Duration value) {
            this.silence = positive("silence", value);
            return this;
        }

        /**
         * Sets the limit of one attempt.
         *
         * @param value more than zero
         * @return this builder
         */
        public Builder attempt(Duration value) {
            this.attempt = positive("attempt", value);
            return this;
        }

        /**
         * Sets what the call is called in audits and events; a word or two, no content.
         *
         * @param value the label
         * @return this builder
         */
        public Builder label(String value) {
            this.label = Objects.requireNonNull(value, "label");
            return this;
        }

        /**
         * Sets how the model is chosen. What the content of a request needs is added to it, and a model that a request
         * names takes the place of the one that is named here.
         *
         * @param value what is wanted
         * @return this builder
         */
        public Builder models(ModelRequest value) {
            this.models = Objects.requireNonNull(value, "models");
            return this;
        }

        /**
         * Sets whether an attempt that fails may be followed by another even if pieces of its answer have reached a
         * reader, a subscriber or a listener; off by default. Whoever reads is then given a {@link Chunk.StartedOver}:
         * what came before it is void, and the answer begins anew. The reply holds the last attempt's pieces alone.
         * Pieces that are void count towards the limit of the buffer.
         *
         * @param value true to allow it
         * @return this builder
         */
        public Builder restartAfterOutput(boolean value) {
            this.restartAfterOutput = value;
            return this;
        }

        /** {@return the options} */
        public CallOptions build() {
            return new CallOptions(this);
        }

        private static Duration positive(String name, Duration value) {
            if (Objects.requireNonNull(value, name).isZero() || value.isNegative()) {
                throw new IllegalArgumentException(name + " must be more than zero: " + value);
            }
            return value;
        }
    }
}
