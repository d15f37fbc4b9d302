package dev.exai.context;

import java.util.Objects;
import java.util.UUID;

/**
 * Names a run of a workflow, or a task that is not one, for as long as its store keeps it.
 *
 * @param value the id as text: 1 to 200 characters, not blank
 */
public record RunId(String value) {
    private static final int LONGEST = 200;

    /**
     * Creates the id.
     *
     * @param value the id as text
     * @throws IllegalArgumentException if the text is blank or too long
     */
    public RunId {
        if (Objects.requireNonNull(value, "value").isBlank() || value.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "a run id has 1 to " + LONGEST + " characters, and is not blank: " + value.length());
        }
    }

    /**
     * {@return the id}
     *
     * @param value the id as text
     */
    public static RunId of(String value) {
        return new RunId(value);
    }

    /** {@return an id that nobody has} */
    public static RunId random() {
        return new RunId(UUID.randomUUID().toString());
    }

    @Override
    public String toString() {
        return value;
    }
}
