package dev.exai.error;

import java.util.Objects;

/** Thrown when a tool's own code threw; what it threw is the {@linkplain #getCause() cause}. */
public final class ToolFailedException extends ExaiException {
    private static final long serialVersionUID = 1L;

    private final String tool;

    /**
     * Creates the exception.
     *
     * @param tool the tool's name
     * @param cause what it threw
     */
    public ToolFailedException(String tool, Throwable cause) {
        super(
                "Tool " + Objects.requireNonNull(tool, "tool") + " failed: "
                        + Objects.requireNonNull(cause, "cause").getClass().getSimpleName(),
                "The cause is what the tool threw",
                false,
                ErrorContext.unknown(),
                cause);
        this.tool = tool;
    }

    private ToolFailedException(ToolFailedException that, ErrorContext context) {
        super(that, context);
        this.tool = that.tool;
    }

    @Override
    ToolFailedException copy(ErrorContext newContext) {
        return new ToolFailedException(this, newContext);
    }

    /** {@return the tool's name} */
    public String tool() {
        return tool;
    }
}
