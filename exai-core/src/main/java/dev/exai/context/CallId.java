package dev.exai.context;

import java.util.Objects;

/**
 * Names a call.
 *
 * @param value the id as text, not blank
 */
public record CallId(String value) {
    /**
     * Creates the id.
     *
     * @param value the id as text, not blank
     * @throws IllegalArgumentException if the text is blank
     */
    public CallId {
        if (Objects.requireNonNull(value, "value").isBlank()) {
            throw new IllegalArgumentException("a call id must not be blank");
        }
    }

    /**
     * {@return the id}
     *
     * @param value the id as text, not blank
     */
    public static CallId of(String value) {
        return new CallId(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
