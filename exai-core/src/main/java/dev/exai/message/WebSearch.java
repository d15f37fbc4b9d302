package dev.exai.message;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Lets the provider search the web for an answer. Immutable.
 *
 * <p>Providers know different parts of it; what one does not know is left out and told among
 * {@link ChatReply#adjustments}.
 */
public final class WebSearch {
    private static final WebSearch ON = new WebSearch(new Builder());

    /** How old what is found may be. */
    public enum Recency {
        /** Of the last day. */
        DAY,
        /** Of the last week. */
        WEEK,
        /** Of the last month. */
        MONTH,
        /** Of the last year. */
        YEAR,
        /** Of any age. */
        ANY
    }

    private final @Nullable Integer count;
    private final @Nullable String domain;
    private final @Nullable Recency recency;
    private final @Nullable String query;

    private WebSearch(Builder builder) {
        this.count = builder.count;
        this.domain = builder.domain;
        this.recency = builder.recency;
        this.query = builder.query;
    }

    /** {@return a search as the provider sees fit} */
    public static WebSearch on() {
        return ON;
    }

    /** {@return a builder} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return how many pages shall be found} */
    public OptionalInt count() {
        return count == null ? OptionalInt.empty() : OptionalInt.of(count);
    }

    /** {@return the only domain to search} */
    public Optional<String> domain() {
        return Optional.ofNullable(domain);
    }

    /** {@return how old what is found may be} */
    public Optional<Recency> recency() {
        return Optional.ofNullable(recency);
    }

    /** {@return what to search for, instead of what the model thinks of} */
    public Optional<String> query() {
        return Optional.ofNullable(query);
    }

    @Override
    public String toString() {
        return "WebSearch[" + (count == null ? "" : count + " pages") + "]";
    }

    /** Builds a {@link WebSearch}. Not safe for use by several threads. */
    public static final class Builder {
        private @Nullable Integer count;
        private @Nullable String domain;
        private @Nullable Recency recency;
        private @Nullable String query;

        private Builder() {}

        /**
         * Sets how many pages shall be found.
         *
         * @param pages 1 to 50
         * @return this builder
         */
        public Builder count(int pages) {
            if (pages < 1 || pages > 50) {
                throw new IllegalArgumentException("count not in 1..50: " + pages);
            }
            this.count = pages;
            return this;
        }

        /**
         * Sets the only domain to search.
         *
         * @param name the domain
         * @return this builder
         */
        public Builder domain(String name) {
            this.domain = Objects.requireNonNull(name, "domain");
            return this;
        }

        /**
         * Sets how old what is found may be.
         *
         * @param age the age
         * @return this builder
         */
        public Builder recency(Recency age) {
            this.recency = Objects.requireNonNull(age, "recency");
            return this;
        }

        /**
         * Sets what to search for, instead of what the model thinks of.
         *
         * @param words the words
         * @return this builder
         */
        public Builder query(String words) {
            this.query = Objects.requireNonNull(words, "query");
            return this;
        }

        /** {@return the search} */
        public WebSearch build() {
            return new WebSearch(this);
        }
    }
}
