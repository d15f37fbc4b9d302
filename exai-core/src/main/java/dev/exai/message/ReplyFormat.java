package dev.exai.message;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The form that the answer's text shall have. Immutable.
 *
 * <p>Few models keep to a form strictly, so the text is to be checked when it is read: {@link ChatReply#decode} does.
 */
public final class ReplyFormat {
    private static final ReplyFormat TEXT = new ReplyFormat(null, null);
    private static final ReplyFormat JSON = new ReplyFormat("json", null);

    private final @Nullable String name;
    private final @Nullable String schema;

    private ReplyFormat(@Nullable String name, @Nullable String schema) {
        this.name = name;
        this.schema = schema;
    }

    /** {@return plain text; this is the default} */
    public static ReplyFormat text() {
        return TEXT;
    }

    /** {@return a JSON object of any kind; say in the prompt what it shall hold} */
    public static ReplyFormat json() {
        return JSON;
    }

    /**
     * {@return a JSON object of a schema; a model that takes no schema is told it in words}
     *
     * @param name what the object is called: letters, digits, {@code _} and {@code -}, at most 64
     * @param schema a JSON schema of type object, for example a codec's
     */
    public static ReplyFormat schema(String name, String schema) {
        if (!name.matches("[a-zA-Z0-9_-]{1,64}")) {
            throw new IllegalArgumentException(
                    "reply format '" + name + "': allowed are 1 to 64 letters, digits, '_' and '-'");
        }
        return new ReplyFormat(name, Objects.requireNonNull(schema, "schema"));
    }

    /** {@return whether it is a JSON object} */
    public boolean isJson() {
        return name != null;
    }

    /** {@return what the object is called} */
    public String name() {
        return name == null ? "text" : name;
    }

    /** {@return the object's schema, if one is given} */
    public Optional<String> schema() {
        return Optional.ofNullable(schema);
    }

    @Override
    public String toString() {
        return "ReplyFormat[" + name() + (schema == null ? "]" : ", with a schema]");
    }
}
