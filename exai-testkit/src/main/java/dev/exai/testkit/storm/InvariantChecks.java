package dev.exai.testkit.storm;

import dev.exai.Exai;
import dev.exai.RunningCode;
import dev.exai.call.CallOutcome;
import dev.exai.call.CallState;
import dev.exai.call.ToolCall;
import dev.exai.context.CallId;
import dev.exai.context.SessionId;
import dev.exai.error.DeadlineExceededException.Stage;
import dev.exai.error.ExaiException;
import dev.exai.error.NestedPermitException;
import dev.exai.error.PermitRevokedException;
import dev.exai.permit.PermitLimits;
import dev.exai.permit.PoolAudit;
import dev.exai.permit.PoolSnapshot;
import dev.exai.session.Session;
import dev.exai.spi.Provider;
import dev.exai.testkit.time.Simulation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks the invariants I1 to I12 while a system runs in a simulation.
 *
 * <p>After each event of the library what the event changes is checked against counts that are kept from events alone, and
 * against what the providers see; before time moves on, the calls that the moment touched; and after every 1,000 events
 * everything is counted again and compared with the pool's own audit. The run fails with an {@link InvariantBroken} that
 * names the invariant, the call and the simulation's seed.
 *
 * <pre>{@code
 * Simulation simulation = Simulation.withSeed(42);
 * InvariantChecks checks = InvariantChecks.on(simulation);
 * ScriptedProvider glm = ScriptedProvider.named("glm", simulation.scheduler());
 * Exai exai = checks.build(Exai.builder(checks.provider(glm)));
 * ChatCall call = checks.watch(exai.openSession("editor").chat(ChatRequest.of("hello")));
 * simulation.run();
 * exai.close();
 * checks.finish();
 * }</pre>
 *
 * <p>For use by the simulation's own thread. Calls that are not watched are checked too, but for their deadlines, their
 * children and their outcomes.
 */
public final class InvariantChecks {
    private static final int AUDIT_EVERY = 1_000;

    /** The whole text of a call is built for one in so many, since that costs more than the call. */
    private static final int TEXT_OF_ONE_IN = 64;

    private final Simulation simulation;
    private final Findings findings = new Findings();
    private final Roles roles = new Roles();
    private final Exchanges exchanges;
    private final PriorityQueue<Fate> byDeadline =
            new PriorityQueue<>((a, b) -> Long.compare(deadlineOf(a) - deadlineOf(b), 0));
    private final Map<CallId, EndWatch> listening = new HashMap<>();
    private final List<ToolCall<?>> justEnded = new ArrayList<>();
    private int auditEvery = AUDIT_EVERY;
    private long nextAudit = AUDIT_EVERY;
    private long audits;
    private long ended;

    /** Whether code that must tell users nothing inside it is on the stack. */
    private boolean ending;

    private @Nullable Exai exai;
    private @Nullable Bounds bounds;
    private @Nullable EventModel model;

    private InvariantChecks(Simulation simulation) {
        this.simulation = Objects.requireNonNull(simulation, "simulation");
        this.exchanges = new Exchanges(findings, this::bounds, this::hasEnded, simulation.scheduler());
        simulation.checkAfterEachStep(this::afterStep).checkAtRest(this::atRest);
    }

    private static long deadlineOf(Fate fate) {
        return Objects.requireNonNull(fate.call).deadline().atNanos();
    }

    /**
     * {@return checks for one library instance in a simulation}
     *
     * @param simulation runs the system
     */
    public static InvariantChecks on(Simulation simulation) {
        return new InvariantChecks(simulation);
    }

    /**
     * Sets after how many events everything is counted again; 1,000 by default.
     *
     * @param events 1 or more
     * @return these checks
     */
    public InvariantChecks auditEvery(int events) {
        if (events < 1) {
            throw new IllegalArgumentException("auditEvery < 1: " + events);
        }
        auditEvery = events;
        nextAudit = events;
        return this;
    }

    /**
     * Names a text that must appear in nothing the library says of itself (I11): a key, or content of a request.
     *
     * @param text the text
     * @return these checks
     */
    public InvariantChecks secret(String text) {
        findings.addSecret(Objects.requireNonNull(text, "text"));
        return this;
    }

    /**
     * {@return a provider that does what the given one does, and lets these checks see what is opened there} Whether a
     * permit and an exchange go together is checked at such providers only; a permit that a tool took for a client of its
     * own must be of another one.
     *
     * @param provider the provider
     */
    public Provider provider(Provider provider) {
        exchanges.watch(provider.id());
        return new WatchedProvider(provider, exchanges);
    }

    /**
     * Builds the library instance that is checked, in the simulation: with its scheduler, its executor, its seed, and a
     * listener of these checks.
     *
     * @param builder of providers, best of those that {@link #provider} has given
     * @return the instance
     * @throws IllegalStateException if these checks have an instance already
     */
    public Exai build(Exai.Builder builder) {
        if (exai != null) {
            throw new IllegalStateException("these checks are of another instance: make new ones");
        }
        EventModel made = new EventModel(findings, this::bounds, this::callEnded);
        Exai built = builder.scheduler(roles.timer(simulation.scheduler()))
                .executor(simulation.executor())
                .effectsExecutor(roles.effects(simulation.executor()))
                .seed(simulation.seed())
                .listener(made)
                .build();
        exai = built;
        bounds = new Bounds(built);
        model = made;
        return built;
    }

    /**
     * Watches a call: it ends once, by its deadline, with everything given back.
     *
     * @param call the call, just made
     * @param <C> its kind
     * @return the call
     */
    public <C extends ToolCall<?>> C watch(C call) {
        Fate fate = model().fate(call.id());
        if (fate == null && call.isDone()) {
            return call; // it has ended, and its events may have been told
        }
        Fate known = model().expect(call.id());
        if (known.call == null) {
            known.call = call;
            byDeadline.add(known);
        }
        return call;
    }

    /**
     * Watches a call that another one waits for: its deadline is no later, and it ends with that one.
     *
     * @param child the call
     * @param parent the id of the call that made it, as its context has it
     * @param <C> its kind
     * @return the call
     */
    public <C extends ToolCall<?>> C watchChild(C child, CallId parent) {
        Fate fate = model().fate(parent);
        if (fate != null) {
            fate.addChild(child);
            if (fate.call != null && child.deadline().atNanos() - deadlineOf(fate) > 0) {
                findings.broken("I8", child.id(), "its deadline is later than that of its parent " + parent);
            }
        }
        return watch(child);
    }

    /**
     * Adds a listener to a call: it is told one end, last, nothing else after a cancel, and never inside another thread's
     * work. A listener takes pieces of the answer, so a failed attempt is not repeated after the first of them.
     *
     * @param call the call, not ended yet
     */
    public void listenTo(ToolCall<?> call) {
        EndWatch watch = new EndWatch(
                call,
                findings,
                what -> userCode(what, call.sessionId()),
                told -> listening.remove(told.call().id()));
        listening.put(call.id(), watch);
        call.addListener(watch);
    }

    /**
     * Cancels a call and checks what is promised for when that returns (I9).
     *
     * @param call the call
     * @param reason why
     * @return whether it is cancelled
     */
    public boolean cancel(ToolCall<?> call, String reason) {
        boolean cancelled = ending(() -> call.cancel(reason));
        checkCancelled(call);
        return cancelled;
    }

    /**
     * Cancels a call by a future of it, and checks what is promised for when that returns (I9).
     *
     * @param call the call
     */
    public void cancelByFuture(ToolCall<?> call) {
        call.toCompletableFuture().cancel(true);
        checkCancelled(call);
    }

    private void checkCancelled(ToolCall<?> call) {
        checkGone(call, "cancel");
        EndWatch watch = listening.get(call.id());
        if (watch != null && call.state() == CallState.CANCELLED) { // one that had ended otherwise is told to its end
            watch.cancelReturned();
        }
    }

    /**
     * Closes a session and checks what is promised for when that returns (I9).
     *
     * @param session the session
     */
    public void close(Session session) {
        List<ToolCall<?>> left = session.calls();
        ending(() -> {
            session.close();
            return true;
        });
        left.forEach(call -> checkGone(call, "close of its session"));
        if (!session.calls().isEmpty()) {
            findings.broken("I9", session.calls().get(0).id(), "it is left in a session that was closed");
        }
        if (exai().snapshot().session(session.id()).isPresent()) {
            findings.broken("I12", null, "the pool still knows session " + session.id() + ", which was closed");
        }
    }

    private void checkGone(ToolCall<?> call, String after) {
        if (!call.isDone()) {
            findings.broken("I9", call.id(), "it goes on after " + after + " returned");
        }
        if (exchanges.of(call.id()) != null) {
            findings.broken("I9", call.id(), "its exchange is not being aborted after " + after + " returned");
        }
    }

    private boolean ending(BooleanSupplier act) {
        boolean outer = ending;
        ending = true;
        try {
            return act.getAsBoolean();
        } finally {
            ending = outer;
        }
    }

    /**
     * Says that code of a user runs (I10): it must be a task of the executor for such code, not a part of what another
     * session, a provider, the library's timer or its effects do. For tools, selectors and listeners of the test.
     *
     * @param what what runs, for the message
     */
    public void userCode(String what) {
        if (exchanges.isInCallback()) {
            findings.broken("I10", null, what + " runs inside a provider's callback");
        } else if (ending) {
            findings.broken("I10", null, what + " runs inside cancel or close");
        } else if (roles.current() != null) {
            findings.broken("I10", null, what + " runs where the library does " + roles.current());
        }
    }

    /**
     * Says that code of a session runs (I10): as {@link #userCode(String)}, and it must not run inside code of another
     * session.
     *
     * @param what what runs, for the message
     * @param session whose code it is
     */
    public void userCode(String what, SessionId session) {
        userCode(what);
        String own = "session " + session;
        for (RunningCode code : exai().running()) {
            if (!code.owner().equals(own)) {
                findings.broken("I10", null, what + " of " + own + " runs inside code of " + code.owner());
            }
        }
    }

    /**
     * Reports something that the test itself found wrong, as these checks do: the run fails after the present step.
     *
     * @param invariant which one is broken, such as {@code I13}
     * @param call by which call, or null
     * @param what what is wrong
     */
    public void broken(String invariant, @Nullable CallId call, String what) {
        findings.broken(invariant, call, what);
    }

    /** {@return how many events of the library were checked} */
    public long events() {
        return model().events();
    }

    /** {@return how often everything was counted again} */
    public long audits() {
        return audits;
    }

    /** {@return how many calls have ended} */
    public long endedCalls() {
        return ended;
    }

    /**
     * {@return how many calls have ended so}
     *
     * @param state a terminal state
     */
    public long endedCalls(CallState state) {
        return model().ended(state);
    }

    private boolean hasEnded(CallId id) {
        Fate fate = model().fate(id);
        return fate != null && fate.call != null && fate.call.isDone();
    }

    // ---- what is checked when

    private void afterStep() {
        if (bounds != null) {
            bounds.look();
        }
        findings.rethrow();
    }

    private void atRest() {
        EventModel events = model;
        if (events == null) {
            return;
        }
        bounds().settle();
        for (Fate fate : events.takeTouched()) {
            checkTouched(fate);
        }
        checkDeadlines();
        events.checkNobodyWaitsWhoCouldGo();
        if (events.events() >= nextAudit) {
            audit();
        }
        findings.rethrow();
    }

    /** I2, I6: at rest a permit is out exactly while an exchange is in flight. */
    private void checkTouched(Fate fate) {
        boolean inFlight = exchanges.of(fate.id) != null;
        if (fate.ended && inFlight) {
            findings.broken("I9", fate.id, "it has ended, and its exchange is neither over nor being aborted");
        } else if (fate.holdsIn != null && !inFlight && exchanges.watches(fate.holdsIn.provider.id)) {
            findings.broken("I2", fate.id, "it holds a permit and has no exchange in flight");
        } else if (fate.holdsIn == null && inFlight) {
            findings.broken("I1", fate.id, "it has an exchange in flight without a permit");
        }
    }

    /** I8: whose time is up has ended. */
    private void checkDeadlines() {
        long now = simulation.scheduler().nanoTime();
        for (Fate first = byDeadline.peek();
                first != null && (first.ended || deadlineOf(first) - now <= 0);
                first = byDeadline.peek()) {
            byDeadline.remove();
            if (!first.ended) {
                findings.broken("I8", first.id, "its deadline has passed and it has not ended");
            }
        }
    }

    private void callEnded(Fate fate) {
        ended++;
        ToolCall<?> call = fate.call;
        if (call == null) {
            return;
        }
        for (ToolCall<?> child : fate.children()) {
            if (!child.isDone()) {
                findings.broken("I9", child.id(), "it goes on though its parent " + fate.id + " has ended");
            }
        }
        justEnded.add(call);
        call.outcome().ifPresent(outcome -> checkOutcome(call, outcome));
    }

    private void checkOutcome(ToolCall<?> call, CallOutcome<?> outcome) {
        ExaiException failure = null;
        if (outcome instanceof CallOutcome.Failed<?> failed) {
            failure = failed.failure();
        } else if (outcome instanceof CallOutcome.DeadlineExceeded<?> late) {
            failure = late.failure();
            if (late.failure().stage() == Stage.BACKING_OFF) {
                findings.broken("I8", call.id(), "it backed off for longer than it had time");
            }
        }
        if (failure instanceof NestedPermitException) {
            findings.broken("I2", call.id(), "it was refused a permit as if it had one: " + failure.getMessage());
        } else if (failure instanceof PermitRevokedException) {
            findings.broken("I6", call.id(), "its permit was revoked: " + failure.getMessage());
        }
        if (findings.hasSecrets()) {
            if (failure != null) {
                findings.checkText(call.id(), "its error", failure.getMessage());
            }
            if (ended % TEXT_OF_ONE_IN == 0) {
                findings.checkText(call.id(), "its text", call.toString());
            }
        }
    }

    /** Counts everything again, and compares it with what the pool, the sessions and the providers say. */
    private void audit() {
        nextAudit = model().events() + auditEvery;
        audits++;
        PoolAudit audit = exai().audit();
        for (String problem : audit.problems()) {
            findings.broken(problem.contains("could be granted") ? "I3" : "I1", null, problem);
        }
        Tally tally = model().tally;
        int held = 0;
        for (PoolAudit.Holder holder : audit.holders()) {
            held++;
            if (holder.status() != PoolAudit.Status.HELD) {
                findings.broken("I6", holder.call(), "its permit is " + holder);
            }
            Fate fate = model().fate(holder.call());
            if (fate == null || fate.holdsIn == null) {
                findings.broken("I1", holder.call(), "it holds a permit that no event has told of: " + holder);
            }
        }
        PoolSnapshot snapshot = exai().snapshot();
        same("I1", "permits that are out", tally.held, held);
        same("I1", "permits in use", tally.held, snapshot.global().inUse());
        same("I1", "exchanges in flight", heldWhereSeen(tally), exchanges.open());
        same("I1", "grants", tally.granted, snapshot.granted());
        same("I5", "returns", tally.returned, snapshot.returned());
        same("I1", "requests that wait", tally.waiting, snapshot.global().waiting());
        same("I9", "zombies by the events", model().zombies(), exai().zombies());
        if (tally.providers.keySet().stream().allMatch(exchanges::watches)) {
            same("I9", "zombies by the providers", exchanges.zombies(), exai().zombies());
        }
        same("I7", "dropped events", 0, exai().droppedEvents());
        checkSessions(snapshot);
        checkEndedOnes();
        if (findings.hasSecrets()) {
            findings.checkText(null, "an audit", audit.toString());
        }
        tally.forgetIdle();
    }

    /** How many permits are out at providers whose exchanges are seen. */
    private int heldWhereSeen(Tally tally) {
        return tally.providers.values().stream()
                .filter(provider -> exchanges.watches(provider.id))
                .mapToInt(provider -> provider.held)
                .sum();
    }

    private void checkSessions(PoolSnapshot snapshot) {
        PermitLimits limits = exai().limits();
        for (Session session : exai().sessions()) {
            for (ToolCall<?> call : session.calls()) {
                if (call.isDone()) {
                    findings.broken("I7", call.id(), "it has ended and is still among its session's calls");
                }
            }
            int waiting = snapshot.session(session.id())
                    .map(PoolSnapshot.Usage::waiting)
                    .orElse(0);
            if (waiting > limits.maxQueuedPerSession()) {
                findings.broken("I12", null, waiting + " requests of " + session.id() + " wait");
            }
        }
        if (snapshot.global().waiting() > limits.maxQueued()) {
            findings.broken("I12", null, snapshot.global().waiting() + " requests wait");
        }
    }

    /** I7: an end is for ever. */
    private void checkEndedOnes() {
        for (ToolCall<?> call : justEnded) {
            if (call.outcome().map(outcome -> outcome.state() != call.state()).orElse(true)) {
                findings.broken("I7", call.id(), "it ended as " + call.state() + ", and says now " + call.outcome());
            }
        }
        justEnded.clear();
    }

    private void same(String invariant, String what, long expected, long found) {
        if (expected != found) {
            findings.broken(invariant, null, what + ": the events add up to " + expected + ", found " + found);
        }
    }

    /**
     * Checks that everything has come to its end: no call is under way, no permit is out, nobody waits, no exchange is in
     * flight, and each listener was told its end. To be called when the simulation has run to its end.
     *
     * @throws InvariantBroken if something is left, or broken
     */
    public void finish() {
        findings.rethrow();
        atRest();
        audit();
        same("I7", "calls under way", 0, model().callsUnderWay());
        same("I1", "permits that are out", 0, model().tally.held);
        same("I9", "requests that wait", 0, model().tally.waiting);
        same("I9", "zombies", 0, exai().zombies());
        for (EndWatch watch : listening.values()) {
            findings.broken("I7", watch.call().id(), "its listener was never told its end");
        }
        if (!exai().snapshot().isIdle()) {
            findings.broken("I1", null, "the pool is not idle: " + exai().snapshot());
        }
        findings.rethrow();
    }

    private Exai exai() {
        return built(exai);
    }

    private Bounds bounds() {
        return built(bounds);
    }

    private EventModel model() {
        return built(model);
    }

    private static <T> T built(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("build the library with build(...) first");
        }
        return part;
    }
}
