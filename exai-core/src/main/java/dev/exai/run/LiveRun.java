package dev.exai.run;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.call.CallOptions;
import dev.exai.call.CallOutcome;
import dev.exai.call.ChatCall;
import dev.exai.call.ToolCall;
import dev.exai.context.RunId;
import dev.exai.context.Scheduler;
import dev.exai.context.SessionId;
import dev.exai.error.SessionClosedException;
import dev.exai.message.ChatReply;
import dev.exai.message.Usage;
import dev.exai.run.RunProgress.Waiting;
import dev.exai.run.store.RunRecord;
import dev.exai.run.store.RunTask;
import dev.exai.run.store.StoredRun;
import dev.exai.session.Session;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run that is under way.
 *
 * <p>It is a loop without a stack: {@link #look} asks the state what comes next, begins it and returns. Whatever ends (a call, a
 * write, a wait) posts to the mailbox, and whoever empties that looks again.
 */
final class LiveRun implements Run, Journal.Host {
    /*
     * Owner      Everything below "turn" belongs to whoever empties the mailbox: one at a time, each after the one before.
     *            lock guards what any thread may touch: the decision and the calls to cancel.
     * Hand-off   A call is put among those to cancel only while nothing is decided; else it is cancelled by who made it.
     * Order      decide -> cancel the calls -> record the end -> it is kept -> publish. Nothing is recorded after the end.
     * Taking up  The store is read, and asked for the run only if it is one to go on with: until owner is set nothing is written,
     *            so what is not taken up stays as it is. Who cancels meanwhile means the run, not this try to take it up: such an
     *            end waits for the store's answer, no longer than its patience, and is recorded if the run was taken over.
     */

    private static final Logger log = LoggerFactory.getLogger(LiveRun.class);
    private static final String GO_ON =
            "Your answer was cut at the limit of output tokens. Go on exactly where it stopped.";
    private static final String EMPTY =
            "Your answer was empty. Give the answer as text, or ask for a function if you still need one.";

    final Runs.Place place;
    final Session session;
    final Workflow workflow;
    final RunId id;
    private final long writer;
    private final Mailbox mailbox;
    private final CompletableFuture<RunOutcome> done = new CompletableFuture<>();
    private final long beganNanos;
    private final Audience audience;
    private final Runnable whenSessionCloses = this::sessionClosed; // one object, to be taken away again
    private final Object lock = new Object();

    @GuardedBy("lock")
    private @Nullable RunOutcome decided;

    @GuardedBy("lock")
    private final Set<ToolCall<?>> active = new LinkedHashSet<>();

    /** Set once, after the end is kept. */
    private volatile @Nullable RunOutcome published;

    private volatile RunProgress latest;

    // The run's turn from here on.
    private @Nullable RunId parent;
    private RunState state;
    private Journal journal;
    private Waiting waiting = Waiting.NOTHING;
    private Duration before = Duration.ZERO;

    /** Whether the store's records of it are this run's to add to: it has begun here, or was taken over. */
    private boolean owner;

    /** Whether the store has not answered yet whether the run can be taken up. */
    private boolean claiming;

    private boolean concluded;
    private boolean ended;
    private final ModelTurns model = new ModelTurns(this);
    private final FunctionCalls calls = new FunctionCalls(this);
    private Scheduler.@Nullable Scheduled outOfTime;
    private Scheduler.@Nullable Scheduled claimLimit;

    LiveRun(Runs.Place place, Session session, Workflow workflow, RunId id, @Nullable RunId parent) {
        this.place = place;
        this.session = session;
        this.workflow = workflow;
        this.id = id;
        this.parent = parent;
        this.writer = place.newWriter();
        this.mailbox = new Mailbox(place.executor(), this::look, this::broken);
        this.beganNanos = place.scheduler().nanoTime();
        this.audience = new Audience(place.executor());
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
            if (concluded) {
                return; // suspended in the same moment, before it began
            }
            owner = true;
            record(
                    RunRecord.Kind.STARTED,
                    builder -> builder.ref(mode())
                            .name(workflow.name())
                            .text(Texts.clean(input, Integer.MAX_VALUE))
                            .detail(budget.encode()));
            startClock();
        });
        watchSession();
    }

    /** A run that waits has no call that would be cancelled with its session, and hears of the end all the same. */
    private void watchSession() {
        session.addCloseListener(whenSessionCloses);
        if (published != null) {
            session.removeCloseListener(whenSessionCloses); // ended since
        }
    }

    private void sessionClosed() {
        suspend("its session was closed");
    }

    private String mode() {
        return workflow.step() == null ? RunState.MODEL : RunState.STEPS;
    }

    /** Takes up what the store has. */
    void resume(@Nullable Budget budget, List<Decision> decisions) {
        post(() -> {
            if (concluded || decided() instanceof RunOutcome.Suspended) {
                return; // suspended in the same moment: whoever has the run keeps it
            }
            claiming = true;
            waiting = Waiting.STORE;
            Duration patience = place.settings().patience();
            claimLimit = place.scheduler()
                    .schedule(
                            patience,
                            () -> post(() -> notTakenUp(new RunOutcome.Suspended(
                                    "the store has not answered for " + patience.toMillis() + " ms"))));
            fromStore(
                    () -> place.store().read(id),
                    () -> fromStore(
                            () -> place.store().claim(id, writer, session.id()), () -> takeUp(budget, decisions)));
        });
        watchSession();
    }

    /** Asks the store for the run, and goes on if it is one to go on with. */
    @SuppressWarnings("FutureReturnValueIgnored") // the callback sees every end
    private void fromStore(Supplier<CompletionStage<Optional<StoredRun>>> question, Runnable then) {
        CompletionStage<Optional<StoredRun>> asked;
        try {
            asked = question.get();
        } catch (RuntimeException | Error thrown) {
            asked = CompletableFuture.failedFuture(thrown);
        }
        asked.whenComplete((answer, failure) -> post(() -> {
            if (!claiming) {
                return; // given up since
            }
            if (failure != null) {
                notTakenUp(new RunOutcome.Suspended(
                        "the store could not be read: " + unwrap(failure).getMessage()));
            } else if (answer.isEmpty() || answer.get().records().isEmpty()) {
                notTakenUp(new RunOutcome.Failed("the store has no run " + id, Optional.empty()));
            } else {
                found(answer.get(), then);
            }
        }));
    }

    private void found(StoredRun stored, Runnable then) {
        parent = stored.task().parent().orElse(null);
        state = newState(workflow);
        stored.records().forEach(state::apply);
        RunRecord end = state.ended();
        if (!state.mode().equals(mode()) || !state.workflow().equals(workflow.name())) {
            notTakenUp(new RunOutcome.Failed(
                    "run " + id + " is one of " + state.workflow() + ", not of " + workflow.name(), Optional.empty()));
        } else if (end != null && Ends.isFinal(end)) {
            notTakenUp(Ends.decode(end, state));
        } else {
            then.run();
        }
    }

    /** Ends what is not taken up, and leaves the store as it is. */
    private void notTakenUp(RunOutcome outcome) {
        stopClaiming();
        decide(outcome);
        conclude(); // cancelled meanwhile: that has waited for this
    }

    private void stopClaiming() {
        claiming = false;
        if (claimLimit != null) {
            claimLimit.cancel();
            claimLimit = null;
        }
    }

    private void takeUp(@Nullable Budget budget, List<Decision> decisions) {
        stopClaiming();
        before = state.spent().elapsed();
        journal = new Journal(place.store(), writer, place.settings(), place.scheduler(), this, state.number());
        owner = true;
        if (isDecided()) {
            conclude(); // cancelled meanwhile: that is kept
            return;
        }
        waiting = Waiting.NOTHING;
        record(
                RunRecord.Kind.RESUMED,
                builder -> builder.name(session.id().value()).detail(budget == null ? null : budget.encode()));
        decisions.forEach(this::apply);
        startClock();
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
        while (waiting == Waiting.NOTHING && owner && !isDecided()) {
            next();
        }
        changed();
    }

    private void next() {
        ProgressDetector.Finding finding = state.finding();
        String answer = state.answer();
        Optional<Budget.Limit> reached = state.budget().reachedBy(spent());
        if (finding != null) {
            circles(finding);
        } else if (answer != null) {
            answered(answer);
        } else if (reached.isPresent()) {
            decide(new RunOutcome.OutOfBudget(reached.get(), state.budget()));
        } else if (!state.open().isEmpty()) {
            calls.begin(state.open());
        } else if (workflow.step() != null) {
            calls.step();
        } else if (state.answerWasCut()) {
            notice(RunState.Notice.CUT, GO_ON);
        } else {
            model.begin();
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
                                + "\n"
                                + "Doing the same again gives the same. Try another way; if there is none, say so and"
                                + " give the best answer you can.");
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

    // What turns and functions need.

    RunState state() {
        return state;
    }

    Journal journal() {
        return journal;
    }

    RunProgress latest() {
        return latest;
    }

    void waitFor(Waiting what) {
        waiting = what;
    }

    CallOptions options() {
        CallOptions own = workflow.options();
        return own == null ? place.options() : own;
    }

    void needPrice(@Nullable BigDecimal cost, ChatReply reply) {
        if (cost == null && state.budget().cost().isPresent() && state.answer() == null) {
            decide(new RunOutcome.Failed(
                    "the budget limits the cost, and nobody knows the price of " + reply.provider() + "/"
                            + reply.model() + ": add it to the catalogue, or limit tokens",
                    Optional.empty()));
        }
    }

    void result(RunState.Asked function, String text, boolean failed) {
        record(
                RunRecord.Kind.RESULT,
                builder -> builder.ref(function.ref)
                        .name(function.name)
                        .text(Texts.clean(text, workflow.longestResult()))
                        .detail(failed ? "failed" : null));
    }

    /** Counts what a function, a step or a compaction has asked of models. All its calls have ended. */
    void spent(Invocation invocation) {
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

    // Failures.

    static Throwable unwrap(Throwable thrown) {
        return (thrown instanceof CompletionException || thrown instanceof ExecutionException)
                        && thrown.getCause() != null
                ? thrown.getCause()
                : thrown;
    }

    void failed(String what, Throwable failure) {
        if (failure instanceof SessionClosedException || !session.isOpen()) {
            suspend("its session was closed");
        } else {
            decide(new RunOutcome.Failed(what + ": " + failure.getMessage(), Optional.of(failure)));
        }
    }

    /** A mistake of the library, or the machine at its end: the run must not stand still for ever. */
    private void broken(Throwable thrown) {
        waiting = Waiting.STORE;
        RunOutcome failed = new RunOutcome.Failed("a step of the library threw " + thrown, Optional.of(thrown));
        if (claiming) {
            notTakenUp(failed);
        } else {
            decide(failed);
        }
    }

    // The end.

    void suspend(String why) {
        decide(new RunOutcome.Suspended(why));
    }

    /** Ends without what is still to be kept. */
    void abandon(String why) {
        post(() -> {
            if (claiming) {
                notTakenUp(new RunOutcome.Suspended(why));
            } else {
                journal.giveUp(why, true);
            }
        });
    }

    @Override
    public boolean cancel(String reason) {
        decide(new RunOutcome.Cancelled(Objects.requireNonNull(reason, "reason")));
        return decided() instanceof RunOutcome.Cancelled;
    }

    void decide(RunOutcome outcome) {
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
        post(this::conclude);
    }

    private @Nullable RunOutcome decided() {
        synchronized (lock) {
            return decided;
        }
    }

    boolean isDecided() {
        return decided() != null;
    }

    private void conclude() {
        RunOutcome outcome = decided();
        if (outcome == null || concluded || (claiming && Ends.isKept(outcome))) {
            return;
        }
        concluded = true;
        stopClaiming();
        waiting = Waiting.STORE;
        try {
            if (outOfTime != null) {
                outOfTime.cancel();
            }
            calls.stop();
            model.stop();
            if (owner && Ends.isKept(outcome)) {
                record(RunRecord.Kind.ENDED, builder -> Ends.encode(outcome, builder));
            }
        } catch (RuntimeException | Error thrown) { // whoever waits for the end must hear of it all the same
            log.error("The end of run {} could not be recorded", id, thrown);
            journal.giveUp("its end could not be recorded: " + thrown, true);
        }
        ended = true;
        journal.whenKept(() -> publish(outcome));
    }

    private void publish(RunOutcome outcome) {
        waiting = Waiting.NOTHING;
        changed();
        RunProgress last = latest;
        published = outcome;
        session.removeCloseListener(whenSessionCloses);
        audience.end(listener -> listener.ended(last, outcome));
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

    void record(RunRecord.Kind kind, Consumer<RunRecord.Builder> fields) {
        if (ended) {
            return; // the end is the last record: one after it would show the task as under way again
        }
        RunRecord.Builder builder = RunRecord.builder(state.number() + 1, kind).elapsed(elapsed());
        fields.accept(builder);
        RunRecord record = builder.build();
        state.apply(record);
        journal.add(record);
    }

    private Duration elapsed() {
        return before.plusNanos(place.scheduler().nanoTime() - beganNanos);
    }

    Spent spent() {
        return state.spent().at(elapsed());
    }

    <T> void begun(ToolCall<T> call, Consumer<CallOutcome<? extends T>> whenEnded) {
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
                calls.running().keySet().stream().map(ref -> nameOf(ref)).toList(),
                concluded ? state.spent() : spent(),
                state.budget(),
                journal.state());
        latest = now;
        audience.progress(now);
    }

    private String nameOf(String ref) {
        return state.open().stream()
                .filter(function -> function.ref.equals(ref))
                .map(function -> function.name)
                .findFirst()
                .orElse(workflow.name());
    }

    void tell(Consumer<RunListener> what) {
        audience.tell(what);
    }

    // What anybody may ask.

    @Override
    public void addListener(RunListener listener) {
        audience.add(listener);
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
                + (now.step() == 1 ? " step, " : " steps, ") + now.spent() + "; budget: "
                + (now.budget().isUnlimited() ? "unlimited" : now.budget().encode())
                + (now.store().isGood() ? "" : "; store: " + now.store()) + ".";
    }

    @Override
    public String toString() {
        return "Run[" + id + ", " + latest + "]";
    }
}
