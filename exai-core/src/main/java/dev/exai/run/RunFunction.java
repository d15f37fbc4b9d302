package dev.exai.run;

import dev.exai.call.Tool;
import dev.exai.context.Codec;
import dev.exai.message.FunctionSpec;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A function that a run offers to its model, with the code behind it. Immutable.
 *
 * <pre>{@code
 * RunFunction version = RunFunction.blocking(
 *     FunctionSpec.of("version", "Tells the Java version", "{\"type\":\"object\",\"properties\":{}}"),
 *     (arguments, context) -> Runtime.version().toString()).idempotent();
 * }</pre>
 *
 * <p>What the code throws is told to the model as the function's result; the run goes on.
 */
public final class RunFunction {
    /** Code that works on the thread it is called on. */
    @FunctionalInterface
    public interface Blocking {
        /**
         * Runs. Interrupted when the run ends.
         *
         * @param arguments the arguments as JSON text, as the model wrote them
         * @param context the run, and what the function may do as a part of it
         * @return the result as text, usually JSON
         * @throws Exception anything; its message is told to the model
         */
        String run(String arguments, RunContext context) throws Exception;
    }

    /** Code that returns at once and ends later. */
    @FunctionalInterface
    public interface Async {
        /**
         * Begins. The stage is cancelled when the run ends.
         *
         * @param arguments the arguments as JSON text, as the model wrote them
         * @param context the run, and what the function may do as a part of it
         * @return the result as text, usually JSON
         * @throws Exception anything; its message is told to the model
         */
        CompletionStage<String> run(String arguments, RunContext context) throws Exception;
    }

    /**
     * Code that takes and returns values, on the thread it is called on.
     *
     * @param <I> what it takes
     * @param <O> what it returns
     */
    @FunctionalInterface
    public interface Typed<I, O> {
        /**
         * Runs. Interrupted when the run ends.
         *
         * @param input the arguments
         * @param context the run, and what the function may do as a part of it
         * @return the result
         * @throws Exception anything; its message is told to the model
         */
        O run(I input, RunContext context) throws Exception;
    }

    private final FunctionSpec spec;
    private final Tool<Invocation, String> tool;
    private final boolean idempotent;
    private final boolean polling;
    private final @Nullable Duration timeout;

    private RunFunction(
            FunctionSpec spec,
            Tool<Invocation, String> tool,
            boolean idempotent,
            boolean polling,
            @Nullable Duration timeout) {
        this.spec = spec;
        this.tool = tool;
        this.idempotent = idempotent;
        this.polling = polling;
        this.timeout = timeout;
    }

    /**
     * {@return a function whose code works on the thread it is called on}
     *
     * @param spec what the model is told of it
     * @param code the code
     */
    public static RunFunction blocking(FunctionSpec spec, Blocking code) {
        Objects.requireNonNull(code, "code");
        return new RunFunction(
                spec,
                Tool.blocking(
                        spec.name(),
                        (invocation, context) -> code.run(invocation.input(), invocation.context(context))),
                false,
                false,
                null);
    }

    /**
     * {@return a function whose code returns at once and ends later}
     *
     * @param spec what the model is told of it
     * @param code the code
     */
    public static RunFunction async(FunctionSpec spec, Async code) {
        Objects.requireNonNull(code, "code");
        return new RunFunction(
                spec,
                Tool.async(
                        spec.name(),
                        (invocation, context) -> code.run(invocation.input(), invocation.context(context))),
                false,
                false,
                null);
    }

    /**
     * {@return a function that takes and returns values, on the thread it is called on}
     *
     * @param name its name
     * @param description what it does, for the model to read
     * @param input turns the arguments into a value, and has their schema
     * @param output turns the result into text
     * @param code the code
     * @param <I> what it takes
     * @param <O> what it returns
     */
    public static <I, O> RunFunction typed(
            String name, String description, Codec<I> input, Codec<O> output, Typed<I, O> code) {
        Objects.requireNonNull(code, "code");
        return blocking(
                FunctionSpec.of(name, description, input.schema()),
                (arguments, context) -> output.encode(code.run(input.decode(arguments), context)));
    }

    /**
     * {@return this function, which may run again if nobody knows whether it has run} After a crash an idempotent function runs
     * again; any other one ends the run as {@link RunOutcome.NeedsDecision}.
     */
    public RunFunction idempotent() {
        return new RunFunction(spec, tool, true, polling, timeout);
    }

    /** {@return this function, which waits for something: that it gives the same result is not going in circles} */
    public RunFunction polling() {
        return new RunFunction(spec, tool, idempotent, true, timeout);
    }

    /**
     * {@return this function with a limit of its own}
     *
     * @param limit the most time that it may take, its turn included; by default that of the session's calls
     */
    public RunFunction timeout(Duration limit) {
        if (limit.isZero() || limit.isNegative()) {
            throw new IllegalArgumentException("timeout must be more than zero: " + limit);
        }
        return new RunFunction(spec, tool, idempotent, polling, limit);
    }

    /** {@return what the model is told of it} */
    public FunctionSpec spec() {
        return spec;
    }

    /** {@return whether it may run again if nobody knows whether it has run} */
    public boolean isIdempotent() {
        return idempotent;
    }

    /** {@return whether it waits for something} */
    public boolean isPolling() {
        return polling;
    }

    Tool<Invocation, String> tool() {
        return tool;
    }

    @Nullable
    Duration timeout() {
        return timeout;
    }

    @Override
    public String toString() {
        return "RunFunction[" + spec.name() + (idempotent ? ", idempotent" : "") + (polling ? ", polling" : "") + "]";
    }
}
