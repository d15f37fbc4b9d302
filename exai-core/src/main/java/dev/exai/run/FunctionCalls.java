package dev.exai.run;

import dev.exai.call.CallOptions;
import dev.exai.call.CallOutcome;
import dev.exai.call.ChatCall;
import dev.exai.context.Scheduler;
import dev.exai.error.ExaiException;
import dev.exai.error.ToolFailedException;
import dev.exai.message.ChatReply;
import dev.exai.message.FunctionSpec;
import dev.exai.run.RunProgress.Waiting;
import dev.exai.run.store.RunRecord;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The functions of a turn, and the steps of a user: record that they are about to run, run them all at once, record what they say.
 * Used in the run's turn.
 */
final class FunctionCalls {
    private static final String CUT_TURN =
            "error: your turn was cut at the limit of output tokens, so this function was not run. Ask again, with"
                    + " less at once";

    private final LiveRun run;
    private final Map<String, Invocation> running = new LinkedHashMap<>();
    private Scheduler.@Nullable Scheduled wakeUp;

    FunctionCalls(LiveRun run) {
        this.run = run;
    }

    /** What runs, by what it is about. */
    Map<String, Invocation> running() {
        return running;
    }

    /** Lets go of everything, at the run's end, and counts what was spent. */
    void stop() {
        if (wakeUp != null) {
            wakeUp.cancel();
        }
        running.values().forEach(run::spent);
        running.clear();
    }

    /** Runs those that are not in doubt; asks about the others. */
    void begin(List<RunState.Asked> open) {
        if (run.state().turnWasCut()) {
            open.forEach(function -> run.result(function, CUT_TURN, true));
            return;
        }
        List<Doubt> doubts = new ArrayList<>();
        List<RunState.Asked> todo = new ArrayList<>();
        for (RunState.Asked function : open) {
            boolean again = run.workflow.step() != null
                    ? run.workflow.idempotentSteps()
                    : Optional.ofNullable(run.workflow.functions().get(function.name))
                            .map(RunFunction::isIdempotent)
                            .orElse(false);
            if (function.intents > 0 && !function.here && !again) {
                doubts.add(new Doubt(function.ref, function.name, function.arguments));
            } else if (run.workflow.step() == null && !run.workflow.functions().containsKey(function.name)) {
                run.result(
                        function,
                        "error: there is no function " + function.name + "; there are "
                                + String.join(
                                        ", ",
                                        run.workflow.specs().stream()
                                                .map(FunctionSpec::name)
                                                .toList()),
                        true);
            } else {
                todo.add(function);
            }
        }
        if (!doubts.isEmpty()) {
            run.decide(new RunOutcome.NeedsDecision(doubts));
        } else if (!todo.isEmpty()) {
            if (run.state().budget().calls().orElse(Long.MAX_VALUE)
                            - run.state().spent().calls()
                    < todo.size()) {
                run.decide(new RunOutcome.OutOfBudget(
                        Budget.Limit.CALLS, run.state().budget()));
                return;
            }
            todo.forEach(function -> run.record(
                    RunRecord.Kind.INTENT, builder -> builder.ref(function.ref).name(function.name)));
            run.waitFor(Waiting.STORE);
            run.journal().whenKept(() -> run(todo));
        }
    }

    /** Begins the next step of a user, or waits for the time that it has asked for. */
    void step() {
        Duration later = run.state().later();
        if (later != null) {
            run.waitFor(Waiting.TIME);
            run.state().waited();
            wakeUp = run.place
                    .scheduler()
                    .schedule(
                            later,
                            () -> run.post(() -> {
                                wakeUp = null;
                                run.waitFor(Waiting.NOTHING);
                            }));
            return;
        }
        String ref = Long.toString(run.state().step() + 1);
        run.record(RunRecord.Kind.INTENT, builder -> builder.ref(ref).name(run.workflow.name()));
        run.waitFor(Waiting.STORE);
        run.journal().whenKept(() -> run(run.state().open()));
    }

    /** Their intents are kept: all of them run, at once. */
    private void run(List<RunState.Asked> todo) {
        if (run.isDecided()) {
            return;
        }
        run.waitFor(Waiting.FUNCTIONS);
        for (RunState.Asked function : todo) {
            running.put(
                    function.ref,
                    new Invocation(
                            run.id,
                            function.ref,
                            function.arguments,
                            run.state().stepNotice(),
                            () -> run.post(this::checkBudget)));
        }
        for (RunState.Asked function : todo) {
            Invocation invocation = running.get(function.ref);
            if (invocation != null && !run.isDecided()) {
                run(function, invocation);
            }
        }
    }

    private void run(RunState.Asked function, Invocation invocation) {
        RunFunction code = run.workflow.functions().get(function.name);
        CallOptions.Builder options = run.options().toBuilder().label(function.name);
        if (code != null && code.timeout() != null) {
            options.deadline(code.timeout());
        }
        run.tell(listener -> listener.functionStarted(run.latest(), function.name));
        try {
            if (run.workflow.step() != null) {
                run.begun(
                        run.session.submit(run.workflow.step(), invocation, options.build()),
                        outcome -> run.post(() -> stepEnded(function, outcome)));
            } else if (code != null) {
                run.begun(
                        run.session.submit(code.tool(), invocation, options.build()),
                        outcome -> run.post(() -> functionEnded(function, outcome)));
            }
        } catch (RuntimeException refused) {
            run.failed(function.name + " could not be run", refused);
        }
    }

    /** Takes one that has ended off those that run, and counts what it has spent; false if its end changes nothing more. */
    private boolean counts(RunState.Asked function, CallOutcome<?> outcome) {
        if (run.isDecided()) {
            return false; // what it has spent is counted with the end
        }
        if (outcome instanceof CallOutcome.Cancelled && !run.session.isOpen()) {
            run.suspend("its session was closed"); // it stays with those that run, and is counted with the end
            return false;
        }
        Invocation invocation = running.remove(function.ref);
        if (invocation == null) {
            return false;
        }
        run.spent(invocation);
        return true;
    }

    private void functionEnded(RunState.Asked function, CallOutcome<? extends String> outcome) {
        if (!counts(function, outcome)) {
            return;
        }
        boolean failed = !(outcome instanceof CallOutcome.Succeeded);
        String text = outcome instanceof CallOutcome.Succeeded<? extends String> succeeded
                ? String.valueOf(succeeded.value())
                : "error: " + told(outcome.error().orElseThrow());
        run.result(function, text, failed);
        run.tell(listener -> listener.functionEnded(run.latest(), function.name, failed));
        if (running.isEmpty()) {
            run.waitFor(Waiting.STORE);
            run.journal().whenKept(() -> run.waitFor(Waiting.NOTHING));
        }
    }

    /** What the model is told of a function that failed. */
    private static String told(ExaiException failure) {
        Throwable thrown = thrown(failure);
        if (thrown == failure) {
            return failure.summary() + ". Whether it took effect is not known";
        }
        return thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage();
    }

    /** What the code itself has thrown, if that is how its call failed. */
    private static Throwable thrown(Throwable failure) {
        return failure instanceof ToolFailedException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private void stepEnded(RunState.Asked function, CallOutcome<? extends Next> outcome) {
        if (!counts(function, outcome)) {
            return;
        }
        boolean failed = !(outcome instanceof CallOutcome.Succeeded<? extends Next> ended && ended.value() != null);
        if (outcome instanceof CallOutcome.Succeeded<? extends Next> succeeded && succeeded.value() != null) {
            Next next = succeeded.value();
            run.record(
                    RunRecord.Kind.RESULT,
                    builder -> builder.ref(function.ref)
                            .name(next.kind().name())
                            .text(Texts.clean(next.text(), Integer.MAX_VALUE))
                            .detail(
                                    next.kind() == Next.Kind.LATER
                                            ? next.delay().toString()
                                            : null));
        } else {
            run.record(
                    RunRecord.Kind.RESULT, builder -> builder.ref(function.ref).name(RunState.STEP_FAILED));
        }
        run.tell(listener -> listener.functionEnded(run.latest(), function.name, failed));
        if (failed) {
            boolean nothing = outcome instanceof CallOutcome.Succeeded;
            Throwable why = nothing
                    ? new NullPointerException("the step returned null")
                    : outcome.error().orElseThrow();
            Throwable cause = thrown(why);
            run.decide(
                    new RunOutcome.Failed("step " + run.state().step() + " failed with " + cause, Optional.of(cause)));
            return;
        }
        run.waitFor(Waiting.STORE);
        run.journal().whenKept(() -> run.waitFor(Waiting.NOTHING));
    }

    /** What the calls of functions that still run have spent counts at once. */
    private void checkBudget() {
        if (run.isDecided()) {
            return;
        }
        Spent now = run.spent();
        for (Invocation invocation : running.values()) {
            for (ChatCall call : invocation.calls()) {
                if (call.outcome().orElse(null) instanceof CallOutcome.Succeeded<ChatReply> succeeded) {
                    BigDecimal cost = run.place.models().cost(succeeded.value());
                    now = now.plus(succeeded.value().usage(), cost == null ? BigDecimal.ZERO : cost)
                            .plusCalls(1);
                }
            }
        }
        run.state()
                .budget()
                .reachedBy(now)
                .filter(limit -> limit == Budget.Limit.TOKENS || limit == Budget.Limit.COST)
                .ifPresent(limit ->
                        run.decide(new RunOutcome.OutOfBudget(limit, run.state().budget())));
    }
}
