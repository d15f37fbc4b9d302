package dev.exai.testkit.internal;

/** A task around another one, after which it is called in a trace. */
public interface Wrapping extends Runnable {
    /** {@return the task that it runs} */
    Runnable inner();
}
