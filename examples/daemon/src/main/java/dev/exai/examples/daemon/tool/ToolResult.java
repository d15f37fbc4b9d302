package dev.exai.examples.daemon.tool;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a job ended. Its content is not shown by {@code toString}. */
public final class ToolResult {
    private final String text;
    private final ObjectNode structured;
    private final @Nullable ToolError error;

    private ToolResult(String text, ObjectNode structured, @Nullable ToolError error) {
        this.text = Objects.requireNonNull(text, "text");
        this.structured = Objects.requireNonNull(structured, "structured");
        this.error = error;
    }

    /**
     * {@return a result that is good}
     *
     * @param text for people and models
     * @param structured for programs
     */
    public static ToolResult of(String text, ObjectNode structured) {
        return new ToolResult(text, structured, null);
    }

    /**
     * {@return a result that is an error}
     *
     * @param error why
     */
    public static ToolResult failed(ToolError error) {
        ObjectNode structured = JsonNodeFactory.instance.objectNode();
        structured.set("error", error.toJson());
        return new ToolResult(error.code() + ": " + error.message(), structured, error);
    }

    /** {@return what people and models read} */
    public String text() {
        return text;
    }

    /** {@return what programs read} */
    public ObjectNode structured() {
        return structured;
    }

    /** {@return why it failed, if it did} */
    public Optional<ToolError> error() {
        return Optional.ofNullable(error);
    }

    @Override
    public String toString() {
        return "ToolResult[" + (error == null ? "ok" : error.code()) + "]";
    }
}
