package dev.exai.run;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * What a run may spend. There is no default: who starts a run says it, or says that there is no limit. Immutable.
 *
 * <pre>{@code
 * Budget budget = Budget.builder().time(Duration.ofMinutes(30)).cost("0.50").build();
 * }</pre>
 *
 * <p>Time is kept to the moment: what is under way then is cancelled. Tokens, cost and calls are counted as calls end, so the
 * last call may go beyond them; where tokens are limited, the answer that is asked for is no longer than what is left.
 */
public final class Budget {
    /** What can be limited. */
    public enum Limit {
        /** The time that the run is under way. */
        TIME,
        /** Tokens of prompts and answers. */
        TOKENS,
        /** US dollars, by the prices of the catalogue. */
        COST,
        /** Turns of the model, functions, steps, and calls that those make. */
        CALLS
    }

    private static final Budget UNLIMITED = new Budget(new Builder());

    private final @Nullable Duration time;
    private final @Nullable Long tokens;
    private final @Nullable BigDecimal cost;
    private final @Nullable Long calls;

    private Budget(Builder builder) {
        this.time = builder.time;
        this.tokens = builder.tokens;
        this.cost = builder.cost;
        this.calls = builder.calls;
    }

    /** {@return a budget without limits: the run ends when it is done, goes in circles, fails or is cancelled} */
    public static Budget unlimited() {
        return UNLIMITED;
    }

    /** {@return a builder; at least one limit must be set} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return the most time that the run may be under way} */
    public Optional<Duration> time() {
        return Optional.ofNullable(time);
    }

    /** {@return the most tokens of prompts and answers} */
    public OptionalLong tokens() {
        return tokens == null ? OptionalLong.empty() : OptionalLong.of(tokens);
    }

    /** {@return the most US dollars} */
    public Optional<BigDecimal> cost() {
        return Optional.ofNullable(cost);
    }

    /** {@return the most calls} */
    public OptionalLong calls() {
        return calls == null ? OptionalLong.empty() : OptionalLong.of(calls);
    }

    /** {@return whether nothing is limited} */
    public boolean isUnlimited() {
        return time == null && tokens == null && cost == null && calls == null;
    }

    /** {@return the limit that is reached; empty if none is} */
    Optional<Limit> reachedBy(Spent spent) {
        if (time != null && spent.elapsed().compareTo(time) >= 0) {
            return Optional.of(Limit.TIME);
        } else if (tokens != null && spent.tokens() >= tokens) {
            return Optional.of(Limit.TOKENS);
        } else if (cost != null && spent.cost().compareTo(cost) >= 0) {
            return Optional.of(Limit.COST);
        } else if (calls != null && spent.calls() >= calls) {
            return Optional.of(Limit.CALLS);
        }
        return Optional.empty();
    }

    /** {@return how much is used up of the limit that is nearest, from 0 to 1; 0 if there is none} */
    double usedBy(Spent spent) {
        double used = 0;
        if (time != null) {
            used = Math.max(used, (double) spent.elapsed().toNanos() / time.toNanos());
        }
        if (tokens != null) {
            used = Math.max(used, (double) spent.tokens() / tokens);
        }
        if (cost != null) {
            used = Math.max(used, spent.cost().doubleValue() / cost.doubleValue());
        }
        if (calls != null) {
            used = Math.max(used, (double) spent.calls() / calls);
        }
        return Math.min(1, used);
    }

    /** {@return this budget as a store keeps it} */
    String encode() {
        StringJoiner text = new StringJoiner(" ");
        if (time != null) {
            text.add("time=" + time);
        }
        if (tokens != null) {
            text.add("tokens=" + tokens);
        }
        if (cost != null) {
            text.add("cost=" + cost.toPlainString());
        }
        if (calls != null) {
            text.add("calls=" + calls);
        }
        return text.toString();
    }

    /** {@return the budget that a store has kept} */
    static Budget decode(String text) {
        Builder builder = builder();
        for (String part : text.split(" ", -1)) {
            String value = part.substring(part.indexOf('=') + 1);
            if (part.startsWith("time=")) {
                builder.time(Duration.parse(value));
            } else if (part.startsWith("tokens=")) {
                builder.tokens(Long.parseLong(value));
            } else if (part.startsWith("cost=")) {
                builder.cost(value);
            } else if (part.startsWith("calls=")) {
                builder.calls(Long.parseLong(value));
            }
        }
        return new Budget(builder);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Budget that && encode().equals(that.encode());
    }

    @Override
    public int hashCode() {
        return encode().hashCode();
    }

    @Override
    public String toString() {
        return isUnlimited() ? "Budget[unlimited]" : "Budget[" + encode() + "]";
    }

    /** Builds a {@link Budget}; each setter checks at once. Not safe for use by several threads. */
    public static final class Builder {
        private @Nullable Duration time;
        private @Nullable Long tokens;
        private @Nullable BigDecimal cost;
        private @Nullable Long calls;

        private Builder() {}

        /**
         * Limits the time that the run is under way. What it waits for counts too; time between two processes does not.
         *
         * @param value more than zero
         * @return this builder
         */
        public Builder time(Duration value) {
            if (Objects.requireNonNull(value, "time").isZero() || value.isNegative()) {
                throw new IllegalArgumentException("time must be more than zero: " + value);
            }
            this.time = value;
            return this;
        }

        /**
         * Limits the tokens of prompts and answers, as providers count them.
         *
         * @param value 1 or more
         * @return this builder
         */
        public Builder tokens(long value) {
            this.tokens = atLeastOne("tokens", value);
            return this;
        }

        /**
         * Limits the cost, by the prices of the catalogue. A run that is served by a model whose price nobody knows fails, since
         * its cost cannot be told.
         *
         * @param dollars US dollars as a decimal number, more than zero
         * @return this builder
         */
        public Builder cost(String dollars) {
            BigDecimal value = new BigDecimal(dollars);
            if (value.signum() <= 0) {
                throw new IllegalArgumentException("cost must be more than zero: " + dollars);
            }
            this.cost = value;
            return this;
        }

        /**
         * Limits the calls: turns of the model, functions, steps, and calls that those make.
         *
         * @param value 1 or more
         * @return this builder
         */
        public Builder calls(long value) {
            this.calls = atLeastOne("calls", value);
            return this;
        }

        /**
         * {@return the budget}
         *
         * @throws IllegalStateException if no limit was set
         */
        public Budget build() {
            Budget budget = new Budget(this);
            if (budget.isUnlimited()) {
                throw new IllegalStateException("no limit was set: use Budget.unlimited() if that is meant");
            }
            return budget;
        }

        private static long atLeastOne(String name, long value) {
            if (value < 1) {
                throw new IllegalArgumentException(name + " < 1: " + value);
            }
            return value;
        }
    }
}
