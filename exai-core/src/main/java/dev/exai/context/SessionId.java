package dev.exai.context;

import java.util.Objects;

/**
 * Names a session: one caller's scope, the unit of fairness.
 *
 * @param value the id as text, not blank
 */
public record SessionId(String value) {
    /**
     * Creates the id.
     *
     * @param value the id as text, not blank
     * @throws IllegalArgumentException if the text is blank
     */
    public SessionId {
        if (Objects.requireNonNull(value, "value").isBlank()) {
            throw new IllegalArgumentException("a session id must not be blank");
        }
    }

    /**
     * {@return the id}
     *
     * @param value the id as text, not blank
     */
    public static SessionId of(String value) {
        return new SessionId(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
