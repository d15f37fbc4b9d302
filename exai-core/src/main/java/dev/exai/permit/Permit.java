package dev.exai.permit;

import dev.exai.error.PermitRevokedException;

/**
 * The right to have one thing in flight: one unit at each level of its path, held until it is closed.
 *
 * <p>Safe for use by many threads. The first close gives all units back at once; later ones change nothing.
 */
public final class Permit implements AutoCloseable {
    private final PermitRequest request;

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
     * Checks that it is still held.
     *
     * @throws PermitRevokedException if it was given or taken back
     */
    public void ensureHeld() {
        if (!isHeld()) {
            throw new PermitRevokedException("it was given back");
        }
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
