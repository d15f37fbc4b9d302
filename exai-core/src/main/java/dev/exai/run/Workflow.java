package dev.exai.run;

import dev.exai.call.CallOptions;
import dev.exai.call.Tool;
import dev.exai.message.ChatRequest;
import dev.exai.message.FunctionSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a run does: a loop over a model that may ask for functions, or over steps of a user. Immutable, and made once for many
 * runs.
 *
 * <pre>{@code
 * Workflow analyze = Workflow.model("analyze")
 *     .instructions("Find out why the build is slow. Use the functions to look at files.")
 *     .function(readFile)
 *     .build();
 * }</pre>
 *
 * <p>A run over a model is done when the model answers with text and asks for nothing. There is no limit of steps, and none can
 * be set: what bounds a run is the {@link Budget} of who starts it, and the {@link ProgressRules}.
 */
public final class Workflow {
    private final String name;
    private final String instructions;
    private final String model;
    private final Map<String, RunFunction> functions;
    private final Function<String, Optional<String>> acceptance;
    private final Consumer<ChatRequest.Builder> request;
    private final Compaction compaction;
    private final ProgressRules progress;
    private final @Nullable CallOptions options;
    private final int longestResult;
    private final @Nullable Tool<Invocation, Next> step;
    private final boolean idempotentSteps;

    private Workflow(Builder builder) {
        this.name = builder.name;
        this.instructions = builder.instructions;
        this.model = builder.model;
        this.functions = Map.copyOf(builder.functions);
        this.acceptance = builder.acceptance;
        this.request = builder.request;
        this.compaction = builder.compaction;
        this.progress = builder.progress;
        this.options = builder.options;
        this.longestResult = builder.longestResult;
        this.step = builder.step;
        this.idempotentSteps = builder.idempotentSteps;
    }

    /**
     * {@return a builder of a loop over a model}
     *
     * @param name what it is called in lists of tasks, events and errors
     */
    public static Builder model(String name) {
        return new Builder(name, null);
    }

    /**
     * {@return a builder of a loop over steps that return at once and end later}
     *
     * @param name what it is called in lists of tasks, events and errors
     * @param step the step
     */
    public static Builder steps(String name, Step step) {
        Objects.requireNonNull(step, "step");
        return new Builder(
                name, Tool.async(name, (invocation, context) -> run(step, invocation, invocation.context(context))));
    }

    private static CompletionStage<Next> run(Step step, Invocation invocation, RunContext context) throws Exception {
        return step.run(invocation.input(), context);
    }

    /**
     * {@return a builder of a loop over steps that work on the thread they are called on}
     *
     * @param name what it is called in lists of tasks, events and errors
     * @param step the step
     */
    public static Builder blockingSteps(String name, Step.Blocking step) {
        Objects.requireNonNull(step, "step");
        return new Builder(
                name,
                Tool.blocking(
                        name, (invocation, context) -> step.run(invocation.input(), invocation.context(context))));
    }

    /** {@return what it is called} */
    public String name() {
        return name;
    }

    /** {@return the functions that the model is offered, by name} */
    public Map<String, RunFunction> functions() {
        return functions;
    }

    /** {@return when a run of it is taken to go in circles} */
    public ProgressRules progress() {
        return progress;
    }

    String instructions() {
        return instructions;
    }

    String model() {
        return model;
    }

    /** The functions in an order that does not change, which keeps a provider's cache warm. */
    List<FunctionSpec> specs() {
        return functions.values().stream()
                .map(RunFunction::spec)
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .toList();
    }

    Optional<String> objection(String answer) {
        return acceptance.apply(answer);
    }

    Consumer<ChatRequest.Builder> request() {
        return request;
    }

    Compaction compaction() {
        return compaction;
    }

    @Nullable
    CallOptions options() {
        return options;
    }

    int longestResult() {
        return longestResult;
    }

    @Nullable
    Tool<Invocation, Next> step() {
        return step;
    }

    boolean idempotentSteps() {
        return idempotentSteps;
    }

    @Override
    public String toString() {
        return "Workflow[" + name + "]";
    }

    /** Builds a {@link Workflow}; each setter checks at once. Not safe for use by several threads. */
    public static final class Builder {
        private final String name;
        private final @Nullable Tool<Invocation, Next> step;
        private final Map<String, RunFunction> functions = new LinkedHashMap<>();
        private String instructions = "";
        private String model = ChatRequest.AUTO;
        private Function<String, Optional<String>> acceptance = answer -> Optional.empty();
        private Consumer<ChatRequest.Builder> request = builder -> {};
        private Compaction compaction = Compaction.standard();
        private ProgressRules progress = ProgressRules.defaults();
        private @Nullable CallOptions options;
        private int longestResult = 100_000;
        private boolean idempotentSteps;

        private Builder(String name, @Nullable Tool<Invocation, Next> step) {
            if (Objects.requireNonNull(name, "name").isBlank()) {
                throw new IllegalArgumentException("a workflow's name must not be blank");
            }
            this.name = name;
            this.step = step;
        }

        private void needsModel(String what) {
            if (step != null) {
                throw new IllegalStateException(what + " is for a loop over a model; a step asks models itself");
            }
        }

        /**
         * Sets what the model is told before everything else.
         *
         * @param text the instructions
         * @return this builder
         */
        public Builder instructions(String text) {
            needsModel("instructions");
            this.instructions = Objects.requireNonNull(text, "instructions");
            return this;
        }

        /**
         * Sets which model is asked; the library chooses by default.
         *
         * @param selector {@code auto}, an alias, or a model's id
         * @return this builder
         */
        public Builder model(String selector) {
            needsModel("model");
            this.model = Objects.requireNonNull(selector, "model");
            return this;
        }

        /**
         * Offers a function to the model.
         *
         * @param function the function
         * @return this builder
         */
        public Builder function(RunFunction function) {
            needsModel("function");
            if (functions.putIfAbsent(function.spec().name(), function) != null) {
                throw new IllegalArgumentException(
                        "two functions are called " + function.spec().name());
            }
            return this;
        }

        /**
         * Offers functions to the model.
         *
         * @param all the functions
         * @return this builder
         */
        public Builder functions(Iterable<RunFunction> all) {
            all.forEach(this::function);
            return this;
        }

        /**
         * Sets who looks at an answer before the run is done; by default every answer with text is taken. An objection is told to
         * the model, which then goes on; the same answer again and again is going in circles.
         *
         * @param check returns what is wrong with an answer, or empty; must not block
         * @return this builder
         */
        public Builder acceptWhen(Function<String, Optional<String>> check) {
            this.acceptance = Objects.requireNonNull(check, "acceptWhen");
            return this;
        }

        /**
         * Sets what is changed on each request to the model: temperature, thinking and the like. Messages, model and functions are
         * set by the run.
         *
         * @param change changes the request; must not block
         * @return this builder
         */
        public Builder request(Consumer<ChatRequest.Builder> change) {
            needsModel("request");
            this.request = Objects.requireNonNull(change, "request");
            return this;
        }

        /**
         * Sets how a conversation is made shorter; {@link Compaction#standard()} by default.
         *
         * @param value the way
         * @return this builder
         */
        public Builder compaction(Compaction value) {
            needsModel("compaction");
            this.compaction = Objects.requireNonNull(value, "compaction");
            return this;
        }

        /**
         * Sets when a run is taken to go in circles; {@link ProgressRules#defaults()} by default.
         *
         * @param value the rules
         * @return this builder
         */
        public Builder progress(ProgressRules value) {
            this.progress = Objects.requireNonNull(value, "progress");
            return this;
        }

        /**
         * Sets the options of each call; by default those of the session.
         *
         * @param value the options
         * @return this builder
         */
        public Builder options(CallOptions value) {
            this.options = Objects.requireNonNull(value, "options");
            return this;
        }

        /**
         * Sets how many characters of a function's result are kept; 100,000 by default. The model is told that it was cut.
         *
         * @param characters 1 or more
         * @return this builder
         */
        public Builder longestResult(int characters) {
            needsModel("longestResult");
            if (characters < 1) {
                throw new IllegalArgumentException("longestResult < 1: " + characters);
            }
            this.longestResult = characters;
            return this;
        }

        /**
         * Says that a step may run again if nobody knows whether it has run. After a crash it then does; otherwise the run ends as
         * {@link RunOutcome.NeedsDecision}.
         *
         * @return this builder
         */
        public Builder idempotentSteps() {
            if (step == null) {
                throw new IllegalStateException("idempotentSteps is for a loop over steps");
            }
            this.idempotentSteps = true;
            return this;
        }

        /** {@return the workflow} */
        public Workflow build() {
            return new Workflow(this);
        }
    }
}
