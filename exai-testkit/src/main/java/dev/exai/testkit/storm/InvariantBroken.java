package dev.exai.testkit.storm;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An invariant of the library does not hold. Names the invariant and, where there is one, the call that broke it. */
public final class InvariantBroken extends AssertionError {
    private static final long serialVersionUID = 1L;

    private final String invariant;
    private final @Nullable String call;

    InvariantBroken(String invariant, @Nullable String call, String what) {
        super(invariant + (call == null ? "" : " is broken by call " + call) + ": " + what);
        this.invariant = invariant;
        this.call = call;
    }

    /** {@return which one, such as {@code I7}} */
    public String invariant() {
        return invariant;
    }

    /** {@return the id of the call, if one broke it} */
    public Optional<String> call() {
        return Optional.ofNullable(call);
    }
}
