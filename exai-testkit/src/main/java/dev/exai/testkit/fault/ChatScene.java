package dev.exai.testkit.fault;

import dev.exai.call.CallState;
import dev.exai.call.ChatCall;
import dev.exai.message.ChatRequest;
import dev.exai.model.ModelCatalog;
import dev.exai.model.ModelRequest;
import dev.exai.model.ModelSelector;
import dev.exai.model.Route;
import dev.exai.testkit.fault.FaultCell.Moment;
import dev.exai.testkit.fault.Peer.Answer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A chat call in a cell. */
final class ChatScene extends Scene {
    private final Choice choice;

    static ChatScene of(FaultCell cell, Ground ground, Peer peer) {
        return new ChatScene(cell, ground, peer, new Choice(cell));
    }

    private ChatScene(FaultCell cell, Ground ground, Peer peer, Choice choice) {
        super(cell, ground, peer, choice);
        this.choice = choice;
    }

    /** Who chooses the model, when it is told to. */
    private static final class Choice implements ModelSelector {
        private final CompletableFuture<List<Route>> made = new CompletableFuture<>();
        private final @Nullable Fault thrown;
        private volatile @Nullable List<Route> routes;

        Choice(FaultCell cell) {
            boolean insteadOfIt = cell.from() == CallState.RESOLVING
                    && (cell.to() == CallState.QUEUED || cell.to() == CallState.FAILED);
            this.thrown = cell.fault().isThrown() && insteadOfIt ? cell.fault() : null;
        }

        @Override
        public CompletionStage<List<Route>> select(ModelRequest query, ModelCatalog catalog) {
            routes = catalog.providers().stream()
                    .map(id -> Route.of(id, catalog.models(id).get(0)))
                    .toList();
            if (thrown != null) {
                throw Thrown.by(thrown);
            }
            return made;
        }

        boolean isAsked() {
            return routes != null;
        }

        void make() {
            List<Route> all = routes;
            if (all != null) {
                made.complete(all);
            }
        }

        void fail() {
            made.completeExceptionally(new IllegalStateException("the selector of the cell fails"));
        }
    }

    private boolean goesFrom(CallState state) {
        return cell.from() == state;
    }

    private boolean goesTo(CallState state) {
        return cell.to() == state;
    }

    /** Whether the first attempt is given up, and its exchange aborted, before the call comes to the step. */
    private boolean isSecondAttempt() {
        boolean waits = goesFrom(CallState.QUEUED) || goesFrom(CallState.BACKING_OFF);
        return waits && (cell.fault().isOfAbort() || (hangsOn() && !Expected.isNeverTaken(cell)));
    }

    /** Whether an aborted exchange does not end. */
    private boolean hangsOn() {
        return cell.fault() == Fault.HANG && cell.subject().isVirtual();
    }

    @Override
    boolean hasLimit() {
        boolean endsAttempt =
                goesFrom(CallState.RUNNING) && (goesTo(CallState.FAILED) || goesTo(CallState.BACKING_OFF));
        return isSecondAttempt() || (endsAttempt && cell.fault().isOfAbort());
    }

    @Override
    int queueRoom() {
        return cell.move().is(CallState.QUEUED, CallState.FAILED) ? 1 : super.queueRoom();
    }

    /** Whether a provider that throws takes the step from inside its open. */
    private boolean isInsideOpen() {
        return cell.fault().isThrown()
                && (goesFrom(CallState.RUNNING) || cell.move().is(CallState.QUEUED, CallState.RUNNING));
    }

    private Answer answerOfStep() {
        return switch (cell.to()) {
            case SUCCEEDED -> Answer.WHOLE;
            case FAILED -> Answer.REFUSED;
            case BACKING_OFF -> Answer.REFUSED_FOR_NOW;
            default -> Answer.SILENCE;
        };
    }

    /** What a provider is set to answer that cannot be told later. */
    private Answer answerSetBefore() {
        if (hasLimit() || Expected.isNeverTaken(cell)) {
            return Answer.SILENCE;
        }
        if (goesFrom(CallState.BACKING_OFF)) {
            return Answer.REFUSED_FOR_NOW;
        }
        if (goesFrom(CallState.RUNNING)) {
            boolean tooLate = cell.moment() == Moment.BEFORE && isEndedFromOutsideOnly();
            return tooLate ? Answer.SILENCE : answerOfStep();
        }
        return Expected.ends(cell).contains(CallState.SUCCEEDED) ? Answer.WHOLE : Answer.SILENCE;
    }

    @Override
    void arrange() {
        peer.expect(answerSetBefore());
        if (hangsOn()) {
            peer.hangOn();
        }
        boolean queueIsFullFirst = !isSecondAttempt()
                && (goesFrom(CallState.QUEUED) || cell.move().is(CallState.RESOLVING, CallState.QUEUED));
        if (queueIsFullFirst) {
            room().takeAll();
        }
        if (queueRoom() == 1 && !isSecondAttempt()) {
            room().ask(session);
        }
        int attempts = hasLimit() && goesFrom(CallState.RUNNING) && goesTo(CallState.FAILED) ? 1 : 2;
        ChatCall chat = session.chat(ChatRequest.of(Peer.STEP), options(attempts));
        began(chat);
        ground.until("the selector is asked, or the call is over", () -> choice.isAsked() || call().isDone());
        if (isChoiceTheStep()) {
            return;
        }
        ground.run(choice::make);
        bringTo();
    }

    /** Whether the step is taken by what follows at once from the choice of a model. */
    private boolean isChoiceTheStep() {
        boolean refusedAtOnce = cell.move().is(CallState.QUEUED, CallState.FAILED) && !isSecondAttempt();
        boolean opensAtOnce = isInsideOpen() && goesFrom(CallState.RUNNING);
        return goesFrom(CallState.RESOLVING) || refusedAtOnce || opensAtOnce;
    }

    private void bringTo() {
        if (goesFrom(CallState.RUNNING)) {
            ground.until("the call runs", () -> call().state() == CallState.RUNNING || call().isDone() || isOnItsWay());
            ground.until("the provider is asked", () -> peer.isAsked() || call().isDone() || isOnItsWay());
            ground.until("the provider's open has returned", effects::isQuiet);
        } else if (goesFrom(CallState.BACKING_OFF) || isSecondAttempt()) {
            backOff();
        } else {
            awaitState(CallState.QUEUED);
        }
    }

    /** Whether the answer may have come before anyone could look. */
    private boolean isOnItsWay() {
        return call().state() == CallState.BACKING_OFF;
    }

    private void backOff() {
        ground.until("the call runs", () -> call().state() == CallState.RUNNING || isOnItsWay());
        ground.until("the provider is asked", () -> peer.isAsked() || isOnItsWay());
        ground.until("the provider's open has returned", effects::isQuiet);
        if (hasLimit()) {
            ground.pass(FIRST_EVENT);
        } else {
            ground.run(() -> peer.give(Answer.REFUSED_FOR_NOW));
        }
        awaitState(CallState.BACKING_OFF);
        ground.until("the back-off has a timer", () -> scheduler.due().isPresent());
        room().takeAll();
        if (queueRoom() == 1) {
            room().ask(session);
        }
        if (isLateForDeadline()) {
            effects.hold();
            ground.passTo(endOfBackOff());
            effects.keepLast(); // what ends the back-off finds no thread for now
        } else if (goesFrom(CallState.QUEUED) && !goesTo(CallState.FAILED)) {
            ground.take(Push.timeTo(endOfBackOff()));
            awaitState(CallState.QUEUED);
        }
    }

    /** Whether the deadline is to meet a call that backs off: one whose next attempt is late, as none is planned so. */
    private boolean isLateForDeadline() {
        boolean isMet =
                goesTo(CallState.DEADLINE_EXCEEDED) || (goesTo(CallState.CANCELLED) && cell.fault() == Fault.DEADLINE);
        return goesFrom(CallState.BACKING_OFF) && isMet;
    }

    private long endOfBackOff() {
        return scheduler.due().orElseThrow();
    }

    @Override
    Push step() {
        if (cell.fault().isThrown()) {
            return thrownStep();
        }
        return switch (cell.to()) {
            case CANCELLED -> Push.by(() -> call().cancel("the cell's step"));
            case DEADLINE_EXCEEDED -> Push.timeTo(deadlineNanos());
            case RUNNING -> Push.by(room()::giveOne);
            case QUEUED -> goesFrom(CallState.RESOLVING) ? Push.by(choice::make) : Push.timeTo(endOfBackOff());
            case FAILED -> failing();
            default -> answering();
        };
    }

    private Push failing() {
        if (goesFrom(CallState.RESOLVING)) {
            return Push.by(choice::fail);
        }
        if (goesFrom(CallState.QUEUED)) {
            return isSecondAttempt() ? Push.timeTo(endOfBackOff()) : Push.by(choice::make);
        }
        return answering();
    }

    private Push answering() {
        if (hasLimit()) {
            return Push.timeTo(scheduler.nanoTime() + FIRST_EVENT.toNanos());
        }
        return Push.by(() -> peer.give(answerOfStep()));
    }

    /** Code that throws: a selector, too late or instead of a choice, or a provider inside its open. */
    private Push thrownStep() {
        if (goesFrom(CallState.RESOLVING)) {
            return switch (cell.to()) {
                case CANCELLED ->
                    Push.by(() -> {
                        call().cancel("the cell's step");
                        choice.fail();
                    });
                case DEADLINE_EXCEEDED -> Push.timeTo(deadlineNanos());
                default -> Push.by(() -> {});
            };
        }
        provider.throwOnOpen(this::insideOpen);
        return Push.by(goesFrom(CallState.RUNNING) ? choice::make : room()::giveOne);
    }

    private void insideOpen() {
        switch (cell.to()) {
            case RUNNING -> {}
            case CANCELLED -> call().cancel("the cell's step, inside open");
            case DEADLINE_EXCEEDED -> {
                ground.passTo(deadlineNanos());
                ground.until("the deadline has ended the call", call()::isDone);
            }
            default -> peer.give(answerOfStep());
        }
    }

    @Override
    void goOn() {
        room().clear();
        ground.run(() -> peer.giveAll(Answer.WHOLE));
        ground.until(() -> "the call goes on: " + call(), () -> call().isDone() || needsTime());
        while (!call().isDone()) {
            CallState before = call().state();
            ground.passTo(before == CallState.BACKING_OFF ? endOfBackOff() : nextLimit());
            ground.until(() -> "time has moved it: " + call(), () -> call().state() != before);
            ground.until(() -> "the call goes on: " + call(), () -> call().isDone() || needsTime());
        }
    }

    /** Whether nothing goes on before time does: it backs off, or nobody will answer it before its limit. */
    private boolean needsTime() {
        boolean backsOff = call().state() == CallState.BACKING_OFF && ground.isAhead(scheduler.due());
        boolean awaitsLimit = call().state() == CallState.RUNNING && cell.subject() == Subject.PROVIDER && hasLimit();
        return backsOff || (awaitsLimit && peer.isAsked());
    }

    private long nextLimit() {
        return scheduler.nanoTime() + FIRST_EVENT.toNanos();
    }

    @Override
    int zombiesAtEnd() {
        return hangsOn() ? peer.hanging() : 0;
    }

    @Override
    void letGo() {
        super.letGo();
        effects.release();
        choice.make();
    }
}
