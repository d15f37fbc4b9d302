package dev.exai.message;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether the model may, must not, or must ask for a function. Immutable. */
public final class FunctionChoice {
    private static final FunctionChoice AUTO = new FunctionChoice(Kind.AUTO, null);
    private static final FunctionChoice NONE = new FunctionChoice(Kind.NONE, null);
    private static final FunctionChoice REQUIRED = new FunctionChoice(Kind.REQUIRED, null);

    /** What is allowed. */
    public enum Kind {
        /** The model decides. */
        AUTO,
        /** It must not ask for a function. */
        NONE,
        /** It must ask for at least one. */
        REQUIRED,
        /** It must ask for the named one. */
        NAMED
    }

    private final Kind kind;
    private final @Nullable String name;

    private FunctionChoice(Kind kind, @Nullable String name) {
        this.kind = kind;
        this.name = name;
    }

    /** {@return the model decides; this is the default} */
    public static FunctionChoice auto() {
        return AUTO;
    }

    /** {@return the model must not ask for a function} */
    public static FunctionChoice none() {
        return NONE;
    }

    /** {@return the model must ask for at least one function; few models know this} */
    public static FunctionChoice required() {
        return REQUIRED;
    }

    /**
     * {@return the model must ask for this function; few models know this}
     *
     * @param name the name of a function that is offered
     */
    public static FunctionChoice named(String name) {
        return new FunctionChoice(Kind.NAMED, Objects.requireNonNull(name, "name"));
    }

    /** {@return what is allowed} */
    public Kind kind() {
        return kind;
    }

    /** {@return the function, if one is named} */
    public Optional<String> name() {
        return Optional.ofNullable(name);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FunctionChoice that && kind == that.kind && Objects.equals(name, that.name);
    }

    @Override
    public int hashCode() {
        return Objects.hash(kind, name);
    }

    @Override
    public String toString() {
        return name == null ? kind.toString() : kind + " " + name;
    }
}
