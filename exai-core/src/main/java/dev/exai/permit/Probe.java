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
        /** A grant is about to be handed to its owner. */
        BEFORE_DELIVERY,
        /** What follows has been done. */
        DONE
    }

    /** Called by the thread that takes the step. */
    void at(Step step);
}
