package dev.exai.context;

import java.util.Objects;

/**
 * Names a provider, for example {@code glm}.
 *
 * @param value the id as text, not blank
 */
public record ProviderId(String value) {
    /**
     * Creates the id.
     *
     * @param value the id as text, not blank
     * @throws IllegalArgumentException if the text is blank
     */
    public ProviderId {
        if (Objects.requireNonNull(value, "value").isBlank()) {
            throw new IllegalArgumentException("a provider id must not be blank");
        }
    }

    /**
     * {@return the id}
     *
     * @param value the id as text, not blank
     */
    public static ProviderId of(String value) {
        return new ProviderId(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
