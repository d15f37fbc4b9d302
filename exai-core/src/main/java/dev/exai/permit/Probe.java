package dev.exai.permit;

/** Is told of the steps of a pool, so that a test can let another thread in at any of them. */
interface Probe {
    /** A step between two of which another thread can come in. */
    enum Step {
        /** The lock is about to be taken. */
        BEFORE_LOCK,
        /** It has been taken; nothing has been changed yet. */
        LOCKED,
        /** It is about to be released; all has been changed. */
        BEFORE_UNLOCK,
        /** It has been released; nobody has been told yet. */
        UNLOCKED,
        /** A thread that waits for a permit is about to park. */
        BEFORE_PARK,
        /** A thread that waited has been woken. */
        WOKEN,
        /** A grant is about to be handed to its owner, or the reason why there is none. */
        BEFORE_DELIVERY,
        /** Its owner still wants it, and is told next: from here on nothing holds that up. */
        TELLING,
        /** The work of a bracket begins, or has begun and can be cancelled from now on. */
        BRACKET,
        /** One of the things that follow has been done; others may be left. */
        EFFECT_DONE,
        /** All events that stood in line were told; others may have come since. */
        EVENTS_TOLD,
        /** What follows has been done. */
        DONE
    }

    /** Called by the thread that takes the step. */
    void at(Step step);
}
