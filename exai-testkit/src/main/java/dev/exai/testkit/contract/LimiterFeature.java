package dev.exai.testkit.contract;

/** What a limiter may offer beyond {@link LimiterUnderTest#tryAcquire}. What it does not offer is not judged. */
public enum LimiterFeature {
    /** A thread can wait for a permit, with a limit to the wait, and be interrupted meanwhile. */
    BLOCKING,
    /** A permit can be asked for without a thread that waits, and the request be cancelled. */
    ASYNC,
    /** Work can be run under a permit that is given back however the work ends. */
    BRACKET,
    /** A permit can cover two levels at once: the whole limiter, and a part of it. */
    LEVELS,
    /** Whoever asks is known, and served by turns with others. */
    TENANTS,
    /** The limit can be changed while permits are out. */
    RESIZE,
    /** The limiter can name those who hold. */
    AUDIT
}
