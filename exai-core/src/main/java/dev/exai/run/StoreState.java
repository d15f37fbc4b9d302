package dev.exai.run;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How the store of a run does. Immutable; shows no content. */
public final class StoreState {
    /** How well it does. */
    public enum Health {
        /** It keeps up. */
        GOOD,
        /** It takes long; records wait to be written. */
        BEHIND,
        /** It fails; records wait to be written, and it is tried again. */
        DOWN,
        /** The run was configured to go on without it, and does: what happens now is not kept. */
        LOST
    }

    private static final StoreState GOOD = new StoreState(Health.GOOD, 0, null);

    private final Health health;
    private final int waiting;
    private final @Nullable String why;

    StoreState(Health health, int waiting, @Nullable String why) {
        this.health = Objects.requireNonNull(health, "health");
        this.waiting = waiting;
        this.why = why;
    }

    static StoreState good() {
        return GOOD;
    }

    /** {@return how well it does} */
    public Health health() {
        return health;
    }

    /** {@return whether it keeps up} */
    public boolean isGood() {
        return health == Health.GOOD;
    }

    /** {@return how many records of the run wait to be written} */
    public int waiting() {
        return waiting;
    }

    /** {@return what the store failed with, if it did} */
    public Optional<String> why() {
        return Optional.ofNullable(why);
    }

    @Override
    public String toString() {
        return health + (waiting == 0 ? "" : ", " + waiting + " records wait") + (why == null ? "" : ": " + why);
    }
}
