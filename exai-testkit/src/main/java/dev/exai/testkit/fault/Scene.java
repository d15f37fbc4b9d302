package dev.exai.testkit.fault;

import dev.exai.Exai;
import dev.exai.call.CallOptions;
import dev.exai.call.CallState;
import dev.exai.call.ToolCall;
import dev.exai.context.ProviderId;
import dev.exai.model.ModelSelector;
import dev.exai.permit.PermitLimits;
import dev.exai.session.Session;
import dev.exai.testkit.internal.RuleBroken;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One cell as it is played: a library of its own, one call, the fault, and the judgement. */
abstract class Scene implements AutoCloseable {
    /** The time that the call has in all: more than two attempts take, less than a selector is given. */
    static final Duration BUDGET = Duration.ofSeconds(25);

    /** The limit of an attempt without an answer, where that is what ends it. */
    static final Duration FIRST_EVENT = Duration.ofSeconds(10);

    /** How many permits the provider has. */
    static final int PERMITS = 2;

    private static final Duration NEVER = Duration.ofHours(1);

    /** Later than this after its deadline no call ends: another thread comes to help one that is stuck in an abort. */
    private static final Duration BACKSTOP = Duration.ofSeconds(1);

    final FaultCell cell;
    final Ground ground;
    final Peer peer;
    final FaultyProvider provider;
    final BackOffWatch scheduler;
    final Gate userCode;
    final Gate effects;
    final Exai exai;
    final Session session;
    private final Room room;
    private final EndCount endCount = new EndCount();
    private final Told told;
    private final Told plain = new Told(false);
    private final long startNanos;
    private @Nullable Thread waiter;
    private @Nullable ToolCall<?> call;
    private @Nullable CompletableFuture<?> future;
    private long endNanos;

    Scene(FaultCell cell, Ground ground, Peer peer, ModelSelector selector) {
        this.cell = cell;
        this.ground = ground;
        this.peer = peer;
        this.provider = new FaultyProvider(peer.provider(), cell.fault());
        this.scheduler = new BackOffWatch(ground.scheduler());
        this.userCode = new Gate(ground.executor());
        this.effects = new Gate(ground.executor());
        this.told = new Told(cell.fault() == Fault.LISTENER_THROWS);
        this.startNanos = scheduler.nanoTime();
        Exai.Builder builder = Exai.builder(provider)
                .limits(limits(provider.id()))
                .scheduler(scheduler)
                .executor(userCode)
                .effectsExecutor(effects)
                .modelSelector(selector)
                .defaultOptions(options(2))
                .listener(endCount)
                .seed(1);
        if (cell.fault() == Fault.LISTENER_THROWS) {
            builder.listener(new ThrowingListener());
        }
        this.exai = builder.build();
        this.session = exai.openSession("cell");
        this.room = new Room(exai, provider, ground);
    }

    private PermitLimits limits(ProviderId id) {
        return PermitLimits.builder()
                .global(8)
                .session(8)
                .provider(id.value(), PERMITS)
                .newcomerUnit(false)
                .maxQueuedPerSession(queueRoom())
                .build();
    }

    /** How many calls of the session may wait. */
    int queueRoom() {
        return 256;
    }

    /** Whether an attempt ends by its limit, so that its exchange is aborted while the call goes on. */
    boolean hasLimit() {
        return false;
    }

    final CallOptions options(int attempts) {
        return CallOptions.builder()
                .deadline(BUDGET)
                .maxAttempts(attempts)
                .firstEvent(hasLimit() ? FIRST_EVENT : NEVER)
                .silence(NEVER)
                .attempt(NEVER)
                .build();
    }

    /** Makes the call and brings it to where the step begins, with {@link #began} when it is there to be watched. */
    abstract void arrange();

    /** What takes the step. */
    abstract Push step();

    /** Brings a call to its end that nothing keeps from it. */
    abstract void goOn();

    /** How many pieces of work must still be counted after the end, because they do not stop. */
    abstract int zombiesAtEnd();

    /** Ends what hangs on. */
    void letGo() {
        provider.letGo();
        peer.letGo();
    }

    final Room room() {
        return room;
    }

    final long deadlineNanos() {
        return startNanos + BUDGET.toNanos();
    }

    final ToolCall<?> call() {
        return Objects.requireNonNull(call, "no call yet");
    }

    /** Watches the call from now on. */
    @SuppressWarnings("FutureReturnValueIgnored") // the future is looked at in the end
    final void began(ToolCall<?> newCall) {
        call = newCall;
        newCall.addListener(told);
        newCall.addListener(plain);
        CompletableFuture<?> itsFuture = newCall.toCompletableFuture();
        itsFuture.whenComplete((value, failure) -> {
            if (cell.fault() == Fault.LISTENER_THROWS) {
                throw new IllegalStateException("thrown by a stage of the cell");
            }
        });
        future = itsFuture;
        if (cell.fault() == Fault.INTERRUPT && !cell.subject().isVirtual()) {
            waiter = startWaiter(newCall);
        }
    }

    private static Thread startWaiter(ToolCall<?> call) {
        Thread thread = new Thread(
                () -> {
                    try {
                        call.await();
                    } catch (InterruptedException | RuntimeException ended) {
                        // how the call ended is judged by others
                    }
                },
                "fault-cell-waiter");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    final void awaitState(CallState state) {
        ground.until(
                () -> "the call is " + state + ", it is " + call() + " with " + exai.snapshot(),
                () -> call().state() == state || call().isDone());
    }

    /** Plays the cell, and returns how the call ended. */
    final CallState play() {
        arrange();
        switch (cell.moment()) {
            case WITHIN -> {
                takeStep();
                if (!isEndedByDeadline()) {
                    awaitState(cell.to());
                }
            }
            case BEFORE -> {
                ground.take(fault());
                awaitEndIfFaultIsOne();
                ground.take(step());
            }
            case TOGETHER -> ground.take(fault(), step());
            case AFTER -> {
                takeStep();
                awaitState(cell.to());
                ground.take(fault());
            }
            default -> throw new AssertionError(cell.moment());
        }
        end();
        return judge();
    }

    private void takeStep() {
        if (Expected.isNeverTaken(cell)) {
            return;
        }
        Push step = step();
        if (cell.fault() == Fault.ABORT_BLOCKS && step.at().isEmpty()) {
            ground.launch(step.action());
        } else {
            ground.take(step);
        }
    }

    private Push fault() {
        return switch (cell.fault()) {
            case CANCEL -> Push.by(() -> call().cancel("the cell's fault"));
            case DEADLINE -> Push.timeTo(deadlineNanos());
            case SESSION_CLOSE -> Push.by(session::close);
            case EXECUTOR_REJECTION -> Push.by(() -> reject(true));
            case INTERRUPT -> Push.by(() -> ground.interrupt(waiter == null ? Thread.currentThread() : waiter));
            default -> throw new AssertionError(cell.fault());
        };
    }

    private void reject(boolean on) {
        userCode.reject(on);
        effects.reject(on);
    }

    /** What comes before the step ends the call before anything is done to take the step. */
    private void awaitEndIfFaultIsOne() {
        boolean waiterCancels =
                cell.fault() == Fault.INTERRUPT && !cell.subject().isVirtual();
        boolean isEnd = cell.fault() == Fault.CANCEL
                || cell.fault() == Fault.DEADLINE
                || cell.fault() == Fault.SESSION_CLOSE
                || waiterCancels;
        if (isEnd) {
            ground.until(() -> "the call has ended: " + call(), call()::isDone);
        }
    }

    /** Whether only a cancel or the deadline can end the call. */
    final boolean isEndedFromOutsideOnly() {
        return Set.of(CallState.CANCELLED, CallState.DEADLINE_EXCEEDED).containsAll(Expected.ends(cell));
    }

    private boolean isEndedByDeadline() {
        return cell.fault() == Fault.ABORT_BLOCKS || Expected.isNeverTaken(cell);
    }

    private void end() {
        if (isEndedByDeadline()) {
            endByDeadline();
        } else if (!cell.to().isTerminal() && !isEndedFromOutsideOnly()) {
            goOn();
        }
        ground.until(() -> "the call has ended: " + call() + " with " + exai.snapshot(), call()::isDone);
        endNanos = scheduler.nanoTime();
    }

    /** Lets the deadline pass, and the time after which another thread helps one that is stuck in an abort. */
    private void endByDeadline() {
        if (cell.fault() != Fault.ABORT_BLOCKS) {
            ground.passTo(deadlineNanos());
            return;
        }
        awaitBlocked();
        if (cell.to() != CallState.DEADLINE_EXCEEDED) {
            ground.pass(BACKSTOP);
            ground.passTo(deadlineNanos());
        }
        ground.pass(BACKSTOP);
    }

    private void awaitBlocked() {
        ground.until(
                "the abort has begun and blocks, or was not needed", () -> provider.isBlocking() || call().isDone());
    }

    /** Whether a thread may be stuck in an abort, so that the tool whose thread it is counts until it is let go. */
    private boolean isStuckInAbort() {
        return cell.fault() == Fault.ABORT_BLOCKS && cell.subject().isTool() && exai.zombies() <= 1;
    }

    private CallState judge() {
        CallState end = call().state();
        Set<CallState> right = Expected.ends(cell);
        if (!right.contains(end)) {
            throw new RuleBroken("ended as " + end + ", not " + right + ": " + call());
        }
        long late = endNanos - deadlineNanos();
        if (late > (cell.fault() == Fault.ABORT_BLOCKS ? BACKSTOP.toNanos() : 0)) {
            throw new RuleBroken("ended " + Duration.ofNanos(late) + " after its deadline: " + call());
        }
        judgeWhoIsTold(end);
        judgeWhatIsLeft();
        return end;
    }

    private void judgeWhoIsTold(CallState end) {
        CompletableFuture<?> itsFuture = Objects.requireNonNull(future);
        ground.until("its future is complete", itsFuture::isDone);
        if (itsFuture.isCompletedExceptionally() != (end != CallState.SUCCEEDED)) {
            throw new RuleBroken("its future ended as " + itsFuture + ", the call as " + end);
        }
        Told late = new Told(false);
        call().addListener(late);
        ground.until("all listeners were told the end", () -> told.hasEnd() && plain.hasEnd() && late.hasEnd());
        told.check("a listener", end);
        plain.check("a listener beside one that throws", end);
        late.check("a late listener", end);
    }

    private void judgeWhatIsLeft() {
        reject(false);
        int zombies = zombiesAtEnd();
        ground.until(
                () -> "just what hangs on is counted: " + zombies + " zombies, not " + exai.zombies(),
                () -> exai.zombies() == zombies || isStuckInAbort());
        letGo();
        room.clear();
        if (!session.calls().isEmpty()) {
            ground.until(
                    "the session has no call any more", () -> session.calls().isEmpty());
        }
        ground.until(() -> "no zombie is left of " + exai.zombies(), () -> exai.zombies() == 0);
        ground.until("no exchange is open at the provider", () -> peer.inFlight() == 0);
        if (endCount.of(call().id()) > 1) {
            throw new RuleBroken("events told " + endCount.of(call().id()) + " ends of one call");
        }
        if (!userCode.hasRejected()) {
            ground.until("events tell of one end", () -> endCount.of(call().id()) == 1);
        }
        room.check();
        ground.until(() -> "no timer of a call is left: " + ground.pending(), this::hasNoTimerOfCalls);
        exai.close();
        ground.until(
                () -> "no timer is left after the close: " + ground.pending(),
                () -> ground.pending().isEmpty());
    }

    /** What has timers of its own, which it leaves until they are due or the library is closed: not for any call. */
    private static final List<String> OWN_TIMERS = List.of("PermitPool", "CachingModelResolver", "HealthBoard");

    private boolean hasNoTimerOfCalls() {
        return ground.pending().stream().allMatch(line -> OWN_TIMERS.stream().anyMatch(line::contains));
    }

    @Override
    public void close() {
        letGo();
        reject(false);
        exai.close();
        peer.close();
        ground.close();
    }
}
