package dev.exai.permit;

import dev.exai.error.PermitRevokedException;

/**
 * The right to have one thing in flight: one unit at each level of its path, held until it is closed.
 *
 * <p>Safe for use by many threads. The first close gives all units back at once; later ones change nothing. A permit
 * that is still held some seconds after its call's deadline is overdue: its owner is told, and if it does not close it,
 * the permit is revoked, so that no holder can keep a unit for ever.
 */
public final class Permit implements AutoCloseable {
    final PermitRequest request;

    Permit(PermitRequest request) {
        this.request = request;
    }

    /** {@return the path that it covers} */
    public PermitPath path() {
        return request.path();
    }

    /** {@return whether it is still held} */
    public boolean isHeld() {
        return request.state() == PermitRequest.State.HELD;
    }

    /**
     * {@return a number that grows from grant to grant of one pool} What it protects can refuse a holder whose number is
     * lower than one it has seen: that holder's permit was revoked and given to another.
     */
    public long fence() {
        return request.entry.sequence;
    }

    /**
     * Checks that it is still held: to be called before what it stands for goes on, and before a result of it is used.
     *
     * @throws PermitRevokedException if it was given back or revoked
     */
    public void ensureHeld() {
        switch (request.state()) {
            case HELD -> {}
            case REVOKED -> throw new PermitRevokedException("it was held for too long");
            case RECLAIMED -> throw new PermitRevokedException("nobody had it any more");
            default -> throw new PermitRevokedException("it was given back");
        }
    }

    /** Says that what it stands for goes on: an idle lease begins anew. The call's deadline stays as it is. */
    public void touch() {
        request.touch();
    }

    /**
     * Has something done when it is overdue, on the pool's executor: to abort the work and close the permit before it is
     * revoked. At once if it is overdue already; never if it is closed first. A second action replaces the first.
     *
     * @param action what to do; it does not block. The pool keeps it, so it must not keep this permit: one that does
     *     can be revoked if it is dropped, but not reclaimed
     */
    public void onOverdue(Runnable action) {
        request.onOverdue(action);
    }

    /**
     * Says that the provider refused what it stands for because too much is in flight there. The provider's limit, or
     * its model's if that has one, is lowered to seven tenths of what is in flight, and raised again by one after each
     * quiet while ({@link PermitLimits#ceilingProbe}). To be called before it is closed. Refusals of permits that were
     * out at the same time count once.
     */
    public void reportCongestion() {
        request.reportCongestion();
    }

    /**
     * Says how many tokens were used in the end. Where the provider charges for those, the rest of what was asked for
     * is free again at once. Only the first call counts.
     *
     * @param tokens how many, 0 or more
     */
    public void settle(long tokens) {
        request.settle(tokens);
    }

    /** Gives it back. When this returns its units are free, or already with whoever is next. */
    @Override
    public void close() {
        request.cancel();
    }

    @Override
    public String toString() {
        return "Permit[" + request.path() + ", " + request.state() + "]";
    }
}
