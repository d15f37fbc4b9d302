package dev.exai.run.store;

import dev.exai.message.Usage;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened in a run. The records of a run, in order, are all that there is to know of it.
 *
 * <p>A store keeps every field as it is and gives it back; texts may have any characters. Immutable. {@code toString}
 * shows no content.
 */
public final class RunRecord {
    /** What happened. The names are kept by stores: they never change. */
    public enum Kind {
        /** The run began: its workflow, what it was given, its budget. */
        STARTED,
        /** The model asks for a function; belongs to the turn that follows it. */
        ASKED,
        /** The model has answered. */
        TURN,
        /** A function, or a step of a user, is about to run. */
        INTENT,
        /** It has run. */
        RESULT,
        /** Something was said to the model, or to the next step, by the library. */
        NOTICE,
        /** A part of the conversation gave way to something shorter. */
        REPLACED,
        /** Calls that a function, a step or the library made cost something. */
        SPENT,
        /** The run was taken up again, perhaps by another process. */
        RESUMED,
        /** A user decided about a function that was in doubt. */
        DECIDED,
        /** The run ended. */
        ENDED
    }

    private final long number;
    private final Kind kind;
    private final String ref;
    private final String name;
    private final String text;
    private final @Nullable String detail;
    private final Usage usage;
    private final BigDecimal cost;
    private final Duration elapsed;

    private RunRecord(Builder builder) {
        this.number = builder.number;
        this.kind = builder.kind;
        this.ref = builder.ref;
        this.name = builder.name;
        this.text = builder.text;
        this.detail = builder.detail;
        this.usage = builder.usage;
        this.cost = builder.cost;
        this.elapsed = builder.elapsed;
    }

    /**
     * {@return a builder}
     *
     * @param number its place in the run, from 1, without gaps
     * @param kind what happened
     */
    public static Builder builder(long number, Kind kind) {
        return new Builder(number, kind);
    }

    /** {@return its place in the run, from 1} */
    public long number() {
        return number;
    }

    /** {@return what happened} */
    public Kind kind() {
        return kind;
    }

    /** {@return what of the run it is about, may be empty} */
    public String ref() {
        return ref;
    }

    /** {@return a name, such as the function's, may be empty} */
    public String name() {
        return name;
    }

    /** {@return its content, may be empty} */
    public String text() {
        return text;
    }

    /** {@return more content, if there is} */
    public Optional<String> detail() {
        return Optional.ofNullable(detail);
    }

    /** {@return the tokens that it cost} */
    public Usage usage() {
        return usage;
    }

    /** {@return what it cost in US dollars} */
    public BigDecimal cost() {
        return cost;
    }

    /** {@return how long the run had been under way, in whole milliseconds; time between processes does not count} */
    public Duration elapsed() {
        return elapsed;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RunRecord that
                && number == that.number
                && kind == that.kind
                && ref.equals(that.ref)
                && name.equals(that.name)
                && text.equals(that.text)
                && Objects.equals(detail, that.detail)
                && usage.promptTokens() == that.usage.promptTokens()
                && usage.cachedTokens() == that.usage.cachedTokens()
                && usage.completionTokens() == that.usage.completionTokens()
                && usage.reasoningTokens() == that.usage.reasoningTokens()
                && cost.compareTo(that.cost) == 0
                && elapsed.equals(that.elapsed);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(number);
    }

    @Override
    public String toString() {
        return "RunRecord[" + number + " " + kind + " " + ref + ", " + text.length() + " chars]";
    }

    /** Builds a {@link RunRecord}. Not safe for use by several threads. */
    public static final class Builder {
        private final long number;
        private final Kind kind;
        private String ref = "";
        private String name = "";
        private String text = "";
        private @Nullable String detail;
        private Usage usage = Usage.none();
        private BigDecimal cost = BigDecimal.ZERO;
        private Duration elapsed = Duration.ZERO;

        private Builder(long number, Kind kind) {
            if (number < 1) {
                throw new IllegalArgumentException("number < 1: " + number);
            }
            this.number = number;
            this.kind = Objects.requireNonNull(kind, "kind");
        }

        /**
         * Sets what of the run it is about.
         *
         * @param value what
         * @return this builder
         */
        public Builder ref(String value) {
            this.ref = Objects.requireNonNull(value, "ref");
            return this;
        }

        /**
         * Sets the name.
         *
         * @param value the name
         * @return this builder
         */
        public Builder name(String value) {
            this.name = Objects.requireNonNull(value, "name");
            return this;
        }

        /**
         * Sets the content.
         *
         * @param value the content
         * @return this builder
         */
        public Builder text(String value) {
            this.text = Objects.requireNonNull(value, "text");
            return this;
        }

        /**
         * Sets more content.
         *
         * @param value the content, or null for none
         * @return this builder
         */
        public Builder detail(@Nullable String value) {
            this.detail = value;
            return this;
        }

        /**
         * Sets what it cost; nothing by default.
         *
         * @param tokens the tokens
         * @param dollars US dollars
         * @return this builder
         */
        public Builder spent(Usage tokens, BigDecimal dollars) {
            this.usage = Objects.requireNonNull(tokens, "tokens");
            this.cost = Objects.requireNonNull(dollars, "dollars");
            return this;
        }

        /**
         * Sets how long the run had been under way.
         *
         * @param value the time; parts of a millisecond are left out
         * @return this builder
         */
        public Builder elapsed(Duration value) {
            this.elapsed = Duration.ofMillis(value.toMillis());
            return this;
        }

        /** {@return the record} */
        public RunRecord build() {
            return new RunRecord(this);
        }
    }
}
