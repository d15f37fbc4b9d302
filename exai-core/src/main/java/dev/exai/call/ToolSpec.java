package dev.exai.call;

import dev.exai.context.Codec;
import dev.exai.message.FunctionSpec;
import java.util.Objects;

/**
 * What a tool is: its name, what it does, and the JSON forms of what it takes and returns. Immutable.
 *
 * <pre>{@code
 * ToolSpec<Place, Weather> spec = ToolSpec.of("weather", "The weather at a place, now",
 *     JsonCodecs.forRecord(Place.class), JsonCodecs.forRecord(Weather.class));
 * }</pre>
 *
 * @param <I> what the tool takes
 * @param <O> what it returns
 */
public final class ToolSpec<I, O> {
    private final String name;
    private final String description;
    private final Codec<I> input;
    private final Codec<O> output;

    private ToolSpec(String name, String description, Codec<I> input, Codec<O> output) {
        this.name = Tool.checkedName(name);
        this.description = Objects.requireNonNull(description, "description");
        this.input = Objects.requireNonNull(input, "input");
        this.output = Objects.requireNonNull(output, "output");
    }

    /**
     * {@return what a tool is}
     *
     * @param name what it is called in audits, events and errors, and by models
     * @param description what it does, for people and models to read
     * @param input the JSON form of what it takes
     * @param output the JSON form of what it returns
     * @param <I> what it takes
     * @param <O> what it returns
     */
    public static <I, O> ToolSpec<I, O> of(String name, String description, Codec<I> input, Codec<O> output) {
        return new ToolSpec<>(name, description, input, output);
    }

    /** {@return what it is called} */
    public String name() {
        return name;
    }

    /** {@return what it does} */
    public String description() {
        return description;
    }

    /** {@return the JSON form of what it takes} */
    public Codec<I> input() {
        return input;
    }

    /** {@return the JSON form of what it returns} */
    public Codec<O> output() {
        return output;
    }

    /**
     * {@return the tool as a function to offer to a model, its parameters by the schema of what it takes}
     *
     * @throws IllegalArgumentException if its name is none that a function may have
     */
    public FunctionSpec toFunction() {
        return FunctionSpec.of(name, description, input.schema());
    }

    @Override
    public String toString() {
        return "ToolSpec[" + name + "]";
    }
}
