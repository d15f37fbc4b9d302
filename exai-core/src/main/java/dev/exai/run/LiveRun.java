package dev.exai.run;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.call.CallOptions;
import dev.exai.call.CallOutcome;
import dev.exai.call.ChatCall;
import dev.exai.call.ToolCall;
import dev.exai.context.RunId;
import dev.exai.context.Scheduler;
import dev.exai.context.SessionId;
import dev.exai.error.ExaiException;
import dev.exai.error.SessionClosedException;
import dev.exai.error.ToolFailedException;
import dev.exai.message.ChatMessage;
import dev.exai.message.ChatReply;
import dev.exai.message.ChatRequest;
import dev.exai.message.FunctionCall;
import dev.exai.message.FunctionSpec;
import dev.exai.message.Usage;
import dev.exai.model.Resolution;
import dev.exai.model.Route;
import dev.exai.run.RunProgress.Waiting;
import dev.exai.run.store.RunRecord;
import dev.exai.run.store.RunTask;
import dev.exai.run.store.StoredRun;
import dev.exai.session.Session;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A run that is under way.
 *
 * <p>It is a loop without a stack: {@link #look} asks the state what comes next, begins it and returns. Whatever ends (a call, a
 * write, a wait) posts to the mailbox, and whoever empties that looks again.
 */
final class LiveRun implements Run, Journal.Host {
    /*
     * Owner      Everything below "turn" belongs to whoever empties the mailbox: one at a time, each after the one before.
     *            lock guards what any thread may touch: the decision, the calls to cancel, the listeners.
     * Hand-off   A call is put among those to cancel only while nothing is decided; else it is cancelled by who made it.
     * Order      decide -> cancel the calls -> record the end -> it is kept -> publish.
     */

    private static final String CUT_TURN =
            "error: your turn was cut at the limit of output tokens, so this function was not run. Ask again, with less at once";
    private static final String GO_ON =
            "Your answer was cut at the limit of output tokens. Go on exactly where it stopped.";
    private static final String EMPTY =
            "Your answer was empty. Give the answer as text, or ask for a function if you still need one.";

    /** What of a model's context a conversation may fill before it is made shorter, and what it is made shorter to. */
    private static final double FULL = 0.8;

    private static final double SHORTER = 0.5;

    private final Runs.Place place;
    private final Session session;
    private final Workflow workflow;
    private final RunId id;
    private final @Nullable RunId parent;
    private final long writer;
    private final Mailbox mailbox;
    private final CompletableFuture<RunOutcome> done = new CompletableFuture<>();
    private final long beganNanos;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private @Nullable RunOutcome decided;

    @GuardedBy("lock")
    private final Set<ToolCall<?>> active = new LinkedHashSet<>();

    @GuardedBy("lock")
    private final List<ListenerLane> listeners = new ArrayList<>(2);

    /** Set once, after the end is kept. */
    private volatile @Nullable RunOutcome published;

    private volatile RunProgress latest;

    // The run's turn from here on.
    private RunState state;
    private Journal journal;
    private Waiting waiting = Waiting.NOTHING;
    private Duration before = Duration.ZERO;
    private boolean concluded;
    private double calibration = 1;
    private final Map<String, Invocation> running = new LinkedHashMap<>();
    private Scheduler.@Nullable Scheduled outOfTime;
    private Scheduler.@Nullable Scheduled wakeUp;

    LiveRun(Runs.Place place, Session session, Workflow workflow, RunId id, @Nullable RunId parent) {
        this.place = place;
        this.session = session;
        this.workflow = workflow;
        this.id = id;
        this.parent = parent;
        this.writer = place.newWriter();
        this.mailbox = new Mailbox(place.executor(), this::look);
        this.beganNanos = place.scheduler().nanoTime();
        this.state = newState(workflow);
        this.journal = new Journal(place.store(), writer, place.settings(), place.scheduler(), this, 0);
        this.latest = new RunProgress(
                id,
                workflow.name(),
                0,
                Waiting.NOTHING,
                List.of(),
                Spent.nothing(),
                Budget.unlimited(),
                StoreState.good());
    }

    private static RunState newState(Workflow workflow) {
        return new RunState(workflow.progress(), name -> {
            RunFunction function = workflow.functions().get(name);
            return function != null && function.isPolling();
        });
    }

    // Beginning, and being taken up again.

    void start(String input, Budget budget) {
        post(() -> {
            record(
                    RunRecord.Kind.STARTED,
                    builder -> builder.ref(mode())
                            .name(workflow.name())
                            .text(Texts.clean(input, Integer.MAX_VALUE))
                            .detail(budget.encode()));
            startClock();
        });
    }

    private String mode() {
        return workflow.step() == null ? RunState.MODEL : RunState.STEPS;
    }

    /** Takes up what the store has. */
    void resume(@Nullable Budget budget, List<Decision> decisions) {
        waiting = Waiting.STORE;
        post(() -> place.store()
                .claim(id, writer, session.id())
                .whenComplete((found, failure) -> post(() -> {
                    if (failure != null) {
                        decide(new RunOutcome.Suspended("the store could not be read: "
                                + unwrap(failure).getMessage()));
                    } else if (found.isEmpty() || found.get().records().isEmpty()) {
                        decide(new RunOutcome.Failed("the store has no run " + id, Optional.empty()));
                    } else {
                        takeUp(found.get(), budget, decisions);
                    }
                })));
    }

    private void takeUp(StoredRun stored, @Nullable Budget budget, List<Decision> decisions) {
        stored.records().forEach(state::apply);
        before = state.spent().elapsed();
        journal = new Journal(place.store(), writer, place.settings(), place.scheduler(), this, state.number());
        RunRecord end = state.ended();
        if (!state.mode().equals(mode()) || !state.workflow().equals(workflow.name())) {
            decide(new RunOutcome.Failed(
                    "run " + id + " is one of " + state.workflow() + ", not of " + workflow.name(), Optional.empty()));
        } else if (end != null && Ends.isFinal(end)) {
            concluded = true;
            RunOutcome outcome = Ends.decode(end, state);
            decideQuietly(outcome);
            publish(outcome);
        } else {
            waiting = Waiting.NOTHING;
            record(
                    RunRecord.Kind.RESUMED,
                    builder -> builder.name(session.id().value()).detail(budget == null ? null : budget.encode()));
            decisions.forEach(this::apply);
            startClock();
        }
    }

    private void apply(Decision decision) {
        for (RunState.Asked function : state.open()) {
            if (!function.ref.equals(decision.key())) {
                continue;
            }
            if (decision.kind() == Decision.Kind.RUN) {
                record(RunRecord.Kind.DECIDED, builder -> builder.ref(function.ref));
            } else if (workflow.step() == null) {
                boolean failed = decision.kind() == Decision.Kind.FAILURE;
                result(function, (failed ? "error: " : "") + decision.text(), failed);
            } else if (decision.kind() == Decision.Kind.RESULT) {
                record(
                        RunRecord.Kind.RESULT,
                        builder -> builder.ref(function.ref)
                                .name(Next.Kind.STEP.name())
                                .text(decision.text()));
            } else {
                record(
                        RunRecord.Kind.RESULT,
                        builder -> builder.ref(function.ref).name(RunState.STEP_FAILED));
                decide(new RunOutcome.Failed(
                        "a user decided that a step has failed: " + decision.text(), Optional.empty()));
            }
        }
    }

    private void startClock() {
        state.budget().time().ifPresent(limit -> {
            Duration left = limit.minus(before);
            outOfTime = place.scheduler()
                    .schedule(
                            left.isNegative() ? Duration.ZERO : left,
                            () -> post(() -> decide(new RunOutcome.OutOfBudget(Budget.Limit.TIME, state.budget()))));
        });
    }

    // What comes next.

    /** Begins what comes next, in a loop until there is something to wait for. */
    private void look() {
        while (waiting == Waiting.NOTHING && !isDecided() && state.number() > 0) {
            next();
        }
        changed();
    }

    private void next() {
        ProgressDetector.Finding finding = state.finding();
        String answer = state.answer();
        if (finding != null) {
            circles(finding);
        } else if (answer != null) {
            answered(answer);
        } else if (state.budget().reachedBy(spent()).isPresent()) {
            decide(new RunOutcome.OutOfBudget(state.budget().reachedBy(spent()).get(), state.budget()));
        } else if (!state.open().isEmpty()) {
            functions(state.open());
        } else if (workflow.step() != null) {
            step();
        } else if (state.answerWasCut()) {
            notice(RunState.Notice.CUT, GO_ON);
        } else {
            turn();
        }
    }

    private void circles(ProgressDetector.Finding finding) {
        Evidence evidence = finding.evidence();
        if (finding.isLast()) {
            decide(new RunOutcome.NoProgress(evidence));
            return;
        }
        tell(listener -> listener.repeating(latest, evidence));
        notice(
                RunState.Notice.REPEATING,
                evidence.rule() == Evidence.Rule.EMPTY_ANSWER
                        ? EMPTY
                        : "You are going in circles: " + evidence.explain() + ". The last time:\n" + evidence.content()
                                + "\nDoing the same again gives the same. Try another way; if there is none, say so and give"
                                + " the best answer you can.");
    }

    private void notice(RunState.Notice about, String text) {
        record(RunRecord.Kind.NOTICE, builder -> builder.name(about.name()).text(Texts.clean(text, Integer.MAX_VALUE)));
    }

    private void answered(String answer) {
        Optional<String> objection;
        try {
            objection = workflow.objection(answer);
        } catch (RuntimeException | Error thrown) {
            decide(new RunOutcome.Failed("the check of the answer threw " + thrown, Optional.of(thrown)));
            return;
        }
        if (objection.isEmpty()) {
            decide(new RunOutcome.Done(answer));
        } else {
            notice(RunState.Notice.OBJECTION, objection.get());
        }
    }

    // A turn of the model.

    private CallOptions options() {
        CallOptions own = workflow.options();
        return own == null ? place.options() : own;
    }

    private ChatRequest.Builder request() {
        List<ChatMessage> messages = new ArrayList<>();
        if (!workflow.instructions().isEmpty()) {
            messages.add(ChatMessage.system(workflow.instructions()));
        }
        messages.addAll(state.conversation().messages());
        ChatRequest.Builder builder = ChatRequest.builder(messages);
        workflow.request().accept(builder);
        return builder.model(workflow.model()).functions(workflow.specs());
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback sees every end
    private void turn() {
        waiting = Waiting.MODEL;
        ChatRequest request;
        try {
            request = request().build();
        } catch (RuntimeException | Error thrown) {
            decide(new RunOutcome.Failed("the request could not be made: " + thrown, Optional.of(thrown)));
            return;
        }
        place.models()
                .resolve(request, place.deadline(options()))
                .whenComplete((found, failure) -> post(() -> {
                    if (found != null) {
                        resolved(found, request);
                    } else if (failure != null) {
                        failed("no model could be chosen", unwrap(failure));
                    }
                }));
    }

    private long fixedTokens() {
        long tokens = Tokens.of(workflow.instructions());
        for (FunctionSpec spec : workflow.specs()) {
            tokens += Tokens.of(spec);
        }
        return tokens;
    }

    private long promptTokens() {
        return (long) ((state.conversation().tokens() + fixedTokens()) * calibration);
    }

    /** How many tokens a prompt may have: the context without room for the answer. */
    private static long room(Route route, ChatRequest request) {
        long context = route.model().contextWindow();
        long answer = request.maxOutputTokens().orElse(route.model().defaultOutputTokens());
        return context - Math.min(answer, context / 2);
    }

    private void resolved(Resolution found, ChatRequest request) {
        if (isDecided()) {
            return;
        }
        Route route = found.first();
        long room = room(route, request);
        long tokens = promptTokens();
        if (tokens <= FULL * room || state.conversation().entries().size() < 2) {
            ask(route, request);
            return;
        }
        long target = Math.max(0, (long) ((SHORTER * room) / calibration) - fixedTokens());
        Compaction.Request compact = new Compaction.Request(
                state.conversation().entries().stream()
                        .map(entry -> new Compaction.Entry(entry.from(), entry.to(), entry.message(), entry.tokens()))
                        .toList(),
                state.conversation().tokens(),
                target,
                this::chatForCompaction);
        try {
            workflow.compaction()
                    .compact(compact)
                    .whenComplete((shorter, failure) -> post(() -> {
                        if (failure == null) {
                            compacted(route, room, tokens, shorter);
                        } else {
                            failed("the conversation could not be made shorter", unwrap(failure));
                        }
                    }));
        } catch (RuntimeException | Error thrown) {
            failed("the conversation could not be made shorter", thrown);
        }
    }

    private ChatCall chatForCompaction(ChatRequest request) {
        ChatRequest asked = request.model().equals(ChatRequest.AUTO)
                ? request.toBuilder().model(workflow.model()).build()
                : request;
        ChatCall call = session.chat(asked, options());
        Invocation paid = new Invocation(id, "", "", "", () -> {});
        begun(call, outcome -> post(() -> spent(paid)));
        paid.made(call);
        return call;
    }

    private void compacted(Route route, long room, long tokensBefore, List<Compaction.Replacement> shorter) {
        if (isDecided()) {
            return;
        }
        for (Compaction.Replacement each : shorter) {
            String objection = state.conversation().objection(each.from(), each.to(), each.message());
            if (!objection.isEmpty()) {
                failed("the conversation could not be made shorter", new IllegalArgumentException(objection));
                return;
            }
            record(
                    RunRecord.Kind.REPLACED,
                    builder -> builder.ref(each.from() + "-" + each.to())
                            .text(Texts.clean(each.message().text(), Integer.MAX_VALUE))
                            .detail(each.message().functionCallId().orElse(null)));
        }
        long tokens = promptTokens();
        if (tokens > room) {
            decide(new RunOutcome.Failed(
                    "the conversation has about " + tokens + " tokens and " + route + " has room for " + room
                            + ", also after it was made shorter: use a model with a larger context, or shorter results",
                    Optional.empty()));
            return;
        }
        if (!shorter.isEmpty()) {
            tell(listener -> listener.compacted(latest, tokensBefore, tokens));
        }
        ask(route, request().build());
    }

    private void ask(Route route, ChatRequest request) {
        ChatRequest bounded = request;
        if (state.budget().tokens().isPresent()) {
            long left = state.budget().tokens().getAsLong() - state.spent().tokens() - promptTokens();
            if (left < 1) {
                decide(new RunOutcome.OutOfBudget(Budget.Limit.TOKENS, state.budget()));
                return;
            }
            int most = request.maxOutputTokens().orElse(route.model().defaultOutputTokens());
            bounded = request.toBuilder()
                    .maxOutputTokens((int) Math.min(left, most))
                    .build();
        }
        long estimate = state.conversation().tokens() + fixedTokens();
        try {
            begun(session.chat(bounded, options()), outcome -> post(() -> turnEnded(estimate, outcome)));
        } catch (RuntimeException refused) {
            failed("the model could not be asked", refused);
        }
    }

    private void turnEnded(long estimate, CallOutcome<? extends ChatReply> outcome) {
        if (isDecided()) {
            return;
        }
        if (!(outcome instanceof CallOutcome.Succeeded<? extends ChatReply> succeeded)) {
            failed("the model could not be asked", failureOf(outcome));
            return;
        }
        ChatReply reply = succeeded.value();
        if (reply.usage().promptTokens() > 0 && estimate > 0) {
            calibration = Math.max(0.25, Math.min(4, (double) reply.usage().promptTokens() / estimate));
        }
        BigDecimal cost = place.models().cost(reply);
        long step = state.step() + 1;
        int index = 0;
        for (FunctionCall call : reply.functionCalls()) {
            String ref = step + "." + index++;
            record(
                    RunRecord.Kind.ASKED,
                    builder -> builder.ref(ref)
                            .name(call.name())
                            .text(Texts.clean(call.arguments(), Integer.MAX_VALUE))
                            .detail(call.id()));
        }
        record(
                RunRecord.Kind.TURN,
                builder -> builder.ref(reply.finishReason().name())
                        .name(reply.provider() + "/" + reply.model())
                        .text(Texts.clean(reply.text(), Integer.MAX_VALUE))
                        .detail(reply.reasoning()
                                .map(text -> Texts.clean(text, Integer.MAX_VALUE))
                                .orElse(null))
                        .spent(reply.usage(), cost == null ? BigDecimal.ZERO : cost));
        needPrice(cost, reply);
        waiting = Waiting.NOTHING;
    }

    private void needPrice(@Nullable BigDecimal cost, ChatReply reply) {
        if (cost == null && state.budget().cost().isPresent() && state.answer() == null) {
            decide(new RunOutcome.Failed(
                    "the budget limits the cost, and nobody knows the price of " + reply.provider() + "/"
                            + reply.model() + ": add it to the catalogue, or limit tokens",
                    Optional.empty()));
        }
    }

    // Functions.

    private void functions(List<RunState.Asked> open) {
        if (state.turnWasCut()) {
            open.forEach(function -> result(function, CUT_TURN, true));
            return;
        }
        List<Doubt> doubts = new ArrayList<>();
        List<RunState.Asked> todo = new ArrayList<>();
        for (RunState.Asked function : open) {
            boolean again = workflow.step() != null
                    ? workflow.idempotentSteps()
                    : Optional.ofNullable(workflow.functions().get(function.name))
                            .map(RunFunction::isIdempotent)
                            .orElse(false);
            if (function.intents > 0 && !function.here && !again) {
                doubts.add(new Doubt(function.ref, function.name, function.arguments));
            } else if (workflow.step() == null && !workflow.functions().containsKey(function.name)) {
                result(
                        function,
                        "error: there is no function " + function.name + "; there are "
                                + String.join(
                                        ", ",
                                        workflow.specs().stream()
                                                .map(FunctionSpec::name)
                                                .toList()),
                        true);
            } else {
                todo.add(function);
            }
        }
        if (!doubts.isEmpty()) {
            decide(new RunOutcome.NeedsDecision(doubts));
        } else if (!todo.isEmpty()) {
            if (state.budget().calls().orElse(Long.MAX_VALUE) - state.spent().calls() < todo.size()) {
                decide(new RunOutcome.OutOfBudget(Budget.Limit.CALLS, state.budget()));
                return;
            }
            todo.forEach(function -> record(
                    RunRecord.Kind.INTENT, builder -> builder.ref(function.ref).name(function.name)));
            waiting = Waiting.STORE;
            journal.whenKept(() -> run(todo));
        }
    }

    private void step() {
        Duration later = state.later();
        if (later != null) {
            waiting = Waiting.TIME;
            state.waited();
            wakeUp = place.scheduler()
                    .schedule(
                            later,
                            () -> post(() -> {
                                wakeUp = null;
                                waiting = Waiting.NOTHING;
                            }));
            return;
        }
        String ref = Long.toString(state.step() + 1);
        record(RunRecord.Kind.INTENT, builder -> builder.ref(ref).name(workflow.name()));
        waiting = Waiting.STORE;
        journal.whenKept(() -> run(state.open()));
    }

    /** Their intents are kept: all of them run, at once. */
    private void run(List<RunState.Asked> todo) {
        if (isDecided()) {
            return;
        }
        waiting = Waiting.FUNCTIONS;
        for (RunState.Asked function : todo) {
            running.put(
                    function.ref,
                    new Invocation(
                            id, function.ref, function.arguments, state.stepNotice(), () -> post(this::checkBudget)));
        }
        for (RunState.Asked function : todo) {
            Invocation invocation = running.get(function.ref);
            if (invocation != null && !isDecided()) {
                run(function, invocation);
            }
        }
    }

    private void run(RunState.Asked function, Invocation invocation) {
        RunFunction code = workflow.functions().get(function.name);
        CallOptions.Builder options = options().toBuilder().label(function.name);
        if (code != null && code.timeout() != null) {
            options.deadline(code.timeout());
        }
        tell(listener -> listener.functionStarted(latest, function.name));
        try {
            if (workflow.step() != null) {
                begun(
                        session.submit(workflow.step(), invocation, options.build()),
                        outcome -> post(() -> stepEnded(function, outcome)));
            } else if (code != null) {
                begun(
                        session.submit(code.tool(), invocation, options.build()),
                        outcome -> post(() -> functionEnded(function, outcome)));
            }
        } catch (RuntimeException refused) {
            failed(function.name + " could not be run", refused);
        }
    }

    private void functionEnded(RunState.Asked function, CallOutcome<? extends String> outcome) {
        if (isDecided()) {
            return; // what it has spent is counted with the end
        }
        Invocation invocation = running.remove(function.ref);
        if (invocation == null) {
            return;
        }
        if (outcome instanceof CallOutcome.Cancelled && !session.isOpen()) {
            suspend("its session was closed");
            return;
        }
        spent(invocation);
        boolean failed = !(outcome instanceof CallOutcome.Succeeded);
        String text = outcome instanceof CallOutcome.Succeeded<? extends String> succeeded
                ? String.valueOf(succeeded.value())
                : "error: " + told(failureOf(outcome));
        result(function, text, failed);
        tell(listener -> listener.functionEnded(latest, function.name, failed));
        if (running.isEmpty()) {
            waiting = Waiting.STORE;
            journal.whenKept(() -> waiting = Waiting.NOTHING);
        }
    }

    private void result(RunState.Asked function, String text, boolean failed) {
        record(
                RunRecord.Kind.RESULT,
                builder -> builder.ref(function.ref)
                        .name(function.name)
                        .text(Texts.clean(text, workflow.longestResult()))
                        .detail(failed ? "failed" : null));
    }

    /** What the model is told of a function that failed. */
    private static String told(Throwable failure) {
        if (failure instanceof ToolFailedException && failure.getCause() != null) {
            Throwable cause = failure.getCause();
            return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        }
        return failure instanceof ExaiException known
                ? known.summary() + ". Whether it took effect is not known"
                : String.valueOf(failure.getMessage());
    }

    private void stepEnded(RunState.Asked function, CallOutcome<? extends Next> outcome) {
        if (isDecided()) {
            return; // what it has spent is counted with the end
        }
        Invocation invocation = running.remove(function.ref);
        if (invocation == null) {
            return;
        }
        if (outcome instanceof CallOutcome.Cancelled && !session.isOpen()) {
            suspend("its session was closed");
            return;
        }
        spent(invocation);
        boolean failed = !(outcome instanceof CallOutcome.Succeeded<? extends Next> ended && ended.value() != null);
        if (outcome instanceof CallOutcome.Succeeded<? extends Next> succeeded && succeeded.value() != null) {
            Next next = succeeded.value();
            record(
                    RunRecord.Kind.RESULT,
                    builder -> builder.ref(function.ref)
                            .name(next.kind().name())
                            .text(Texts.clean(next.text(), Integer.MAX_VALUE))
                            .detail(
                                    next.kind() == Next.Kind.LATER
                                            ? next.delay().toString()
                                            : null));
        } else {
            record(RunRecord.Kind.RESULT, builder -> builder.ref(function.ref).name(RunState.STEP_FAILED));
        }
        tell(listener -> listener.functionEnded(latest, function.name, failed));
        if (failed) {
            boolean nothing = outcome instanceof CallOutcome.Succeeded;
            Throwable why = nothing ? new NullPointerException("the step returned null") : failureOf(outcome);
            Throwable cause = why instanceof ToolFailedException && why.getCause() != null ? why.getCause() : why;
            decide(new RunOutcome.Failed("step " + state.step() + " failed with " + cause, Optional.of(cause)));
            return;
        }
        waiting = Waiting.STORE;
        journal.whenKept(() -> waiting = Waiting.NOTHING);
    }

    /** Counts what a function, a step or a compaction has asked of models. All its calls have ended. */
    private void spent(Invocation invocation) {
        for (ChatCall call : invocation.calls()) {
            Usage usage = Usage.none();
            BigDecimal cost = BigDecimal.ZERO;
            if (call.outcome().orElse(null) instanceof CallOutcome.Succeeded<ChatReply> succeeded) {
                BigDecimal known = place.models().cost(succeeded.value());
                usage = succeeded.value().usage();
                cost = known == null ? BigDecimal.ZERO : known;
                needPrice(known, succeeded.value());
            }
            Usage tokens = usage;
            BigDecimal dollars = cost;
            record(
                    RunRecord.Kind.SPENT,
                    builder -> builder.ref(invocation.ref()).spent(tokens, dollars));
        }
    }

    /** What the calls of functions that still run have spent counts at once. */
    private void checkBudget() {
        if (isDecided()) {
            return;
        }
        Spent now = spent();
        for (Invocation invocation : running.values()) {
            for (ChatCall call : invocation.calls()) {
                if (call.outcome().orElse(null) instanceof CallOutcome.Succeeded<ChatReply> succeeded) {
                    BigDecimal cost = place.models().cost(succeeded.value());
                    now = now.plus(succeeded.value().usage(), cost == null ? BigDecimal.ZERO : cost)
                            .plusCalls(1);
                }
            }
        }
        state.budget()
                .reachedBy(now)
                .filter(limit -> limit == Budget.Limit.TOKENS || limit == Budget.Limit.COST)
                .ifPresent(limit -> decide(new RunOutcome.OutOfBudget(limit, state.budget())));
    }

    // Failures.

    private static Throwable unwrap(Throwable thrown) {
        return (thrown instanceof CompletionException || thrown instanceof ExecutionException)
                        && thrown.getCause() != null
                ? thrown.getCause()
                : thrown;
    }

    private static Throwable failureOf(CallOutcome<?> outcome) {
        if (outcome instanceof CallOutcome.Failed<?> failed) {
            return failed.failure();
        } else if (outcome instanceof CallOutcome.Cancelled<?> cancelled) {
            return cancelled.failure();
        } else if (outcome instanceof CallOutcome.DeadlineExceeded<?> late) {
            return late.failure();
        }
        throw new IllegalArgumentException("no failure: " + outcome);
    }

    private void failed(String what, Throwable failure) {
        if (failure instanceof SessionClosedException || !session.isOpen()) {
            suspend("its session was closed");
        } else {
            decide(new RunOutcome.Failed(what + ": " + failure.getMessage(), Optional.of(failure)));
        }
    }

    // The end.

    void suspend(String why) {
        decide(new RunOutcome.Suspended(why));
    }

    /** Ends without what is still to be kept. */
    void abandon(String why) {
        post(() -> journal.giveUp(why, true));
    }

    @Override
    public boolean cancel(String reason) {
        RunOutcome wanted = new RunOutcome.Cancelled(reason);
        decide(wanted);
        synchronized (lock) {
            return decided instanceof RunOutcome.Cancelled;
        }
    }

    private void decide(RunOutcome outcome) {
        List<ToolCall<?>> calls;
        synchronized (lock) {
            if (decided != null) {
                return;
            }
            decided = outcome;
            calls = List.copyOf(active);
            active.clear();
        }
        calls.forEach(call -> call.cancel("its run ended: " + outcome.explain()));
        post(() -> conclude(outcome));
    }

    private void decideQuietly(RunOutcome outcome) {
        synchronized (lock) {
            if (decided == null) {
                decided = outcome;
            }
        }
    }

    private boolean isDecided() {
        synchronized (lock) {
            return decided != null;
        }
    }

    private void conclude(RunOutcome outcome) {
        if (concluded) {
            return;
        }
        concluded = true;
        stopClocks();
        running.values().forEach(this::spent);
        running.clear();
        waiting = Waiting.STORE;
        if (Ends.isKept(outcome) && state.number() > 0) {
            record(RunRecord.Kind.ENDED, builder -> Ends.encode(outcome, builder));
        }
        journal.whenKept(() -> publish(outcome));
    }

    private void stopClocks() {
        if (outOfTime != null) {
            outOfTime.cancel();
        }
        if (wakeUp != null) {
            wakeUp.cancel();
        }
    }

    private void publish(RunOutcome outcome) {
        waiting = Waiting.NOTHING;
        changed();
        RunProgress last = latest;
        List<ListenerLane> toTell;
        synchronized (lock) {
            published = outcome;
            toTell = List.copyOf(listeners);
            listeners.clear();
        }
        toTell.forEach(lane -> lane.tell(listener -> listener.ended(last, outcome)));
        place.forget(this);
        place.run(() -> done.complete(outcome));
    }

    // What the run has in common with its journal and its listeners.

    @Override
    public void post(Runnable event) {
        mailbox.post(event);
    }

    @Override
    public RunTask taskAt(RunRecord last) {
        return RunTask.of(id, workflow.name())
                .withParent(parent)
                .withOwner(session.id())
                .withState(Ends.stateAt(last));
    }

    @Override
    public void storeChanged(StoreState now) {
        changed();
        tell(listener -> listener.storeChanged(latest, now));
    }

    @Override
    public void storeLost(String why, boolean mustStop) {
        if (mustStop || place.settings().whenStoreFails() == RunSettings.WhenStoreFails.SUSPEND) {
            suspend("its store failed: " + why);
        }
    }

    private void record(RunRecord.Kind kind, Consumer<RunRecord.Builder> fields) {
        RunRecord.Builder builder = RunRecord.builder(state.number() + 1, kind).elapsed(elapsed());
        fields.accept(builder);
        RunRecord record = builder.build();
        state.apply(record);
        journal.add(record);
    }

    private Duration elapsed() {
        return before.plusNanos(place.scheduler().nanoTime() - beganNanos);
    }

    private Spent spent() {
        return state.spent().at(elapsed());
    }

    private <T> void begun(ToolCall<T> call, Consumer<CallOutcome<? extends T>> whenEnded) {
        boolean late;
        synchronized (lock) {
            late = decided != null;
            if (!late) {
                active.add(call);
            }
        }
        if (late) {
            call.cancel("its run has ended");
            return;
        }
        call.addListener(new EndListener<T>(outcome -> {
            synchronized (lock) {
                active.remove(call);
            }
            whenEnded.accept(outcome);
        }));
    }

    private void changed() {
        RunProgress now = new RunProgress(
                id,
                workflow.name(),
                state.step(),
                waiting,
                running.keySet().stream().map(ref -> nameOf(ref)).toList(),
                concluded ? state.spent() : spent(),
                state.budget(),
                journal.state());
        latest = now;
        List<ListenerLane> lanes;
        synchronized (lock) {
            if (listeners.isEmpty()) {
                return;
            }
            lanes = List.copyOf(listeners);
        }
        lanes.forEach(lane -> lane.progress(now));
    }

    private String nameOf(String ref) {
        return state.open().stream()
                .filter(function -> function.ref.equals(ref))
                .map(function -> function.name)
                .findFirst()
                .orElse(workflow.name());
    }

    private void tell(Consumer<RunListener> what) {
        List<ListenerLane> lanes;
        synchronized (lock) {
            lanes = List.copyOf(listeners);
        }
        lanes.forEach(lane -> lane.tell(what));
    }

    // What anybody may ask.

    @Override
    public void addListener(RunListener listener) {
        ListenerLane lane = new ListenerLane(listener, place.executor());
        RunOutcome end;
        synchronized (lock) {
            end = published;
            if (end == null) {
                listeners.add(lane);
            }
        }
        if (end != null) {
            RunProgress last = latest;
            RunOutcome outcome = end;
            lane.tell(told -> told.ended(last, outcome));
        }
    }

    @Override
    public RunId id() {
        return id;
    }

    @Override
    public SessionId sessionId() {
        return session.id();
    }

    @Override
    public Workflow workflow() {
        return workflow;
    }

    @Override
    public RunProgress progress() {
        return latest;
    }

    @Override
    public Optional<RunOutcome> outcome() {
        return Optional.ofNullable(published);
    }

    @Override
    public RunOutcome await() throws InterruptedException {
        RunOutcome end = published;
        if (end != null) {
            return end;
        }
        if (!place.scheduler().mayBlock()) {
            throw new IllegalStateException(
                    "await would block the simulation's own thread for ever: run the simulation until the run is done");
        }
        try {
            return done.get();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public CompletableFuture<RunOutcome> toCompletableFuture() {
        return done.copy();
    }

    @Override
    public String explain() {
        RunOutcome end = published;
        RunProgress now = latest;
        String what = end == null
                ? "is under way, waiting for " + now.waiting().name().toLowerCase(Locale.ROOT)
                : end.explain();
        return "Run " + id + " (" + workflow.name() + ") " + (end == null ? what : "ended: " + what) + ". " + now.step()
                + (now.step() == 1 ? " step, " : " steps, ") + now.calls() + " calls, " + now.tokens() + " tokens"
                + (now.cost().signum() == 0
                        ? ""
                        : ", $" + now.cost().stripTrailingZeros().toPlainString()) + ", "
                + now.elapsed().toMillis() / 1000.0 + " s; budget: "
                + (now.budget().isUnlimited() ? "unlimited" : now.budget().encode())
                + (now.store().isGood() ? "" : "; store: " + now.store()) + ".";
    }

    @Override
    public String toString() {
        return "Run[" + id + ", " + latest + "]";
    }
}
