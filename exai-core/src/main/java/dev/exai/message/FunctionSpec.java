package dev.exai.message;

import java.util.Objects;

/** A function that is offered to the model. Immutable. */
public final class FunctionSpec {
    private final String name;
    private final String description;
    private final String parametersSchema;

    private FunctionSpec(String name, String description, String parametersSchema) {
        this.name = Objects.requireNonNull(name, "name");
        this.description = Objects.requireNonNull(description, "description");
        this.parametersSchema = Objects.requireNonNull(parametersSchema, "parametersSchema");
        if (!name.matches("[a-zA-Z_][a-zA-Z0-9_-]{0,63}")) {
            throw new IllegalArgumentException("function name '" + name
                    + "': allowed are 1 to 64 letters, digits, '_' and '-', not starting with a digit or '-'");
        }
    }

    /**
     * {@return a function to offer}
     *
     * @param name its name: letters, digits, {@code _} and {@code -}, at most 64
     * @param description what it does, for the model to read
     * @param parametersSchema its parameters as a JSON schema of type object
     */
    public static FunctionSpec of(String name, String description, String parametersSchema) {
        return new FunctionSpec(name, description, parametersSchema);
    }

    /** {@return its name} */
    public String name() {
        return name;
    }

    /** {@return what it does, for the model to read} */
    public String description() {
        return description;
    }

    /** {@return its parameters as a JSON schema} */
    public String parametersSchema() {
        return parametersSchema;
    }

    @Override
    public String toString() {
        return "FunctionSpec[" + name + "]";
    }
}
