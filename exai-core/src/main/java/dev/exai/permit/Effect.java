package dev.exai.permit;

import org.jspecify.annotations.Nullable;

/** One thing that is to be done after the pool's lock is released, and a link of the list of those. */
abstract class Effect {
    @Nullable
    Effect next;

    /** Whose it is to do it; of the first of a list only. */
    @Nullable
    Thread owner;

    /** Does it, without the lock. */
    abstract void perform();

    /** {@return an effect that does this} */
    static Effect of(Runnable action) {
        return new Effect() {
            @Override
            void perform() {
                action.run();
            }
        };
    }
}
