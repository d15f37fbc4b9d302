package dev.exai.call;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a user's code that runs as a call: with a deadline, cancellation, and a context to ask models from.
 *
 * <p>A tool is a value with no fields for one call's state, so calls cannot mix. It holds no permit: what it asks
 * through its {@link ToolContext} takes one of its own.
 *
 * <pre>{@code
 * Tool<String, String> summarize = Tool.blocking("summarize",
 *     (text, ctx) -> ctx.chat(ChatRequest.of("Summarize: " + text)).await().text());
 * }</pre>
 *
 * @param <I> what it takes
 * @param <O> what it returns
 */
public final class Tool<I, O> {
    /**
     * Code that works on the thread it is called on.
     *
     * @param <I> what it takes
     * @param <O> what it returns
     */
    @FunctionalInterface
    public interface Blocking<I, O> {
        /**
         * Runs. Interrupted when the call is cancelled or its deadline passes.
         *
         * @param input what it takes
         * @param context the call
         * @return what it returns
         * @throws Exception anything; the call fails with it as the cause
         */
        O run(I input, ToolContext context) throws Exception;
    }

    /**
     * Code that returns at once and ends later.
     *
     * @param <I> what it takes
     * @param <O> what it returns
     */
    @FunctionalInterface
    public interface Async<I, O> {
        /**
         * Begins. The stage is cancelled when the call is, or its deadline passes.
         *
         * @param input what it takes
         * @param context the call
         * @return what it will return
         * @throws Exception anything; the call fails with it as the cause
         */
        CompletionStage<O> run(I input, ToolContext context) throws Exception;
    }

    private final String name;
    private final @Nullable ToolSpec<I, O> spec;
    private final @Nullable Blocking<I, O> blocking;
    private final @Nullable Async<I, O> async;

    private Tool(
            String name,
            @Nullable ToolSpec<I, O> spec,
            @Nullable Blocking<I, O> blocking,
            @Nullable Async<I, O> async) {
        this.name = checkedName(name);
        this.spec = spec;
        this.blocking = blocking;
        this.async = async;
    }

    static String checkedName(String name) {
        if (Objects.requireNonNull(name, "name").isBlank()) {
            throw new IllegalArgumentException("a tool's name must not be blank");
        }
        return name;
    }

    /**
     * {@return a tool whose code works on the thread it is called on}
     *
     * @param name what it is called in audits, events and errors
     * @param code the code
     * @param <I> what it takes
     * @param <O> what it returns
     */
    public static <I, O> Tool<I, O> blocking(String name, Blocking<I, O> code) {
        return new Tool<>(name, null, Objects.requireNonNull(code, "code"), null);
    }

    /**
     * {@return a tool with JSON forms, whose code works on the thread it is called on}
     *
     * @param spec what it is
     * @param code the code
     * @param <I> what it takes
     * @param <O> what it returns
     */
    public static <I, O> Tool<I, O> blocking(ToolSpec<I, O> spec, Blocking<I, O> code) {
        return new Tool<>(spec.name(), spec, Objects.requireNonNull(code, "code"), null);
    }

    /**
     * {@return a tool whose code returns at once and ends later}
     *
     * @param name what it is called in audits, events and errors
     * @param code the code
     * @param <I> what it takes
     * @param <O> what it returns
     */
    public static <I, O> Tool<I, O> async(String name, Async<I, O> code) {
        return new Tool<>(name, null, null, Objects.requireNonNull(code, "code"));
    }

    /**
     * {@return a tool with JSON forms, whose code returns at once and ends later}
     *
     * @param spec what it is
     * @param code the code
     * @param <I> what it takes
     * @param <O> what it returns
     */
    public static <I, O> Tool<I, O> async(ToolSpec<I, O> spec, Async<I, O> code) {
        return new Tool<>(spec.name(), spec, null, Objects.requireNonNull(code, "code"));
    }

    /**
     * {@return the same tool, taking and returning JSON text: for what a model or another process asks for} Text that does
     * not fit fails the call with {@link dev.exai.error.ToolFailedException}, whose cause says why.
     *
     * @throws IllegalStateException if this tool has no JSON forms
     */
    public Tool<String, String> asJson() {
        ToolSpec<I, O> forms = spec;
        if (forms == null) {
            throw new IllegalStateException("tool " + name + " was made without a ToolSpec, so it has no JSON forms");
        }
        Blocking<I, O> onThisThread = blocking;
        if (onThisThread != null) {
            return blocking(
                    name,
                    (json, context) ->
                            forms.output().encode(onThisThread.run(forms.input().decode(json), context)));
        }
        Async<I, O> later = Objects.requireNonNull(async);
        return async(
                name,
                (json, context) ->
                        later.run(forms.input().decode(json), context).thenApply(forms.output()::encode));
    }

    /** {@return what it is, if it was made with that} */
    public Optional<ToolSpec<I, O>> spec() {
        return Optional.ofNullable(spec);
    }

    /** {@return what it is called in audits, events and errors} */
    public String name() {
        return name;
    }

    /** The code, if it works on the thread it is called on. */
    @Nullable
    Blocking<I, O> blockingCode() {
        return blocking;
    }

    /** The code, if it returns at once and ends later. */
    @Nullable
    Async<I, O> asyncCode() {
        return async;
    }

    @Override
    public String toString() {
        return "Tool[" + name + "]";
    }
}
