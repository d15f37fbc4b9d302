package dev.exai.message;

import java.util.Objects;

/**
 * A function that the model asks to have run.
 *
 * <p>The id is opaque: it is echoed in {@link ChatMessage#functionResult} and never parsed. Immutable.
 */
public final class FunctionCall {
    private final String id;
    private final String name;
    private final String arguments;

    private FunctionCall(String id, String name, String arguments) {
        this.id = Objects.requireNonNull(id, "id");
        this.name = Objects.requireNonNull(name, "name");
        this.arguments = Objects.requireNonNull(arguments, "arguments");
    }

    /**
     * {@return a function call}
     *
     * @param id the provider's id of it
     * @param name the function's name
     * @param arguments the arguments as JSON text, as the model wrote them
     */
    public static FunctionCall of(String id, String name, String arguments) {
        return new FunctionCall(id, name, arguments);
    }

    /** {@return the provider's id of it} */
    public String id() {
        return id;
    }

    /** {@return the function's name} */
    public String name() {
        return name;
    }

    /** {@return the arguments as JSON text, as the model wrote them} */
    public String arguments() {
        return arguments;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FunctionCall that
                && id.equals(that.id)
                && name.equals(that.name)
                && arguments.equals(that.arguments);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, name, arguments);
    }

    @Override
    public String toString() {
        return "FunctionCall[" + name + ", " + arguments.length() + " chars of arguments]";
    }
}
