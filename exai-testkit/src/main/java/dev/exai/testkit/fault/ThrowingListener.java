package dev.exai.testkit.fault;

import dev.exai.event.ExaiEvent;
import dev.exai.event.ExaiListener;

/** Throws at every event of a call. */
final class ThrowingListener implements ExaiListener {
    private static IllegalStateException thrown() {
        return new IllegalStateException("thrown by a listener of events");
    }

    @Override
    public void callStarted(ExaiEvent.CallStarted event) {
        throw thrown();
    }

    @Override
    public void callEnded(ExaiEvent.CallEnded event) {
        throw thrown();
    }

    @Override
    public void permitQueued(ExaiEvent.PermitQueued event) {
        throw thrown();
    }

    @Override
    public void permitLeft(ExaiEvent.PermitLeft event) {
        throw thrown();
    }

    @Override
    public void permitGranted(ExaiEvent.PermitGranted event) {
        throw thrown();
    }

    @Override
    public void permitReturned(ExaiEvent.PermitReturned event) {
        throw thrown();
    }

    @Override
    public void permitRefused(ExaiEvent.PermitRefused event) {
        throw thrown();
    }

    @Override
    public void attemptStarted(ExaiEvent.AttemptStarted event) {
        throw thrown();
    }

    @Override
    public void attemptEnded(ExaiEvent.AttemptEnded event) {
        throw thrown();
    }

    @Override
    public void exchangeAborted(ExaiEvent.ExchangeAborted event) {
        throw thrown();
    }

    @Override
    public void exchangeGone(ExaiEvent.ExchangeGone event) {
        throw thrown();
    }
}
