package dev.exai.run;

import java.util.Objects;

/**
 * A function of which nobody knows whether it has run: the process ended between its beginning and its record. Immutable;
 * {@code toString} shows no content.
 */
public final class Doubt {
    private final String key;
    private final String function;
    private final String arguments;

    Doubt(String key, String function, String arguments) {
        this.key = Objects.requireNonNull(key, "key");
        this.function = Objects.requireNonNull(function, "function");
        this.arguments = Objects.requireNonNull(arguments, "arguments");
    }

    /** {@return what names this doubt in a {@link Decision}} */
    public String key() {
        return key;
    }

    /** {@return the function's name; for a step, that of its workflow} */
    public String function() {
        return function;
    }

    /** {@return the arguments that the model gave; for a step, its state} Content: not for logs. */
    public String arguments() {
        return arguments;
    }

    @Override
    public String toString() {
        return "Doubt[" + key + " " + function + "]";
    }
}
