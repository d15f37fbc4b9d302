package dev.exai.run;

import java.util.concurrent.CompletionStage;

/**
 * A step of a user: given a state, does something and says what follows. It is code without fields for one run's state: what a
 * later step needs goes into the state, because that is what survives the process.
 */
@FunctionalInterface
public interface Step {
    /**
     * Begins the step.
     *
     * @param state what the step before has left; for the first one the run's input
     * @param context the run, and what the step may do as a part of it
     * @return what follows
     * @throws Exception anything; the run fails with it
     */
    CompletionStage<Next> run(String state, RunContext context) throws Exception;

    /** A step whose code works on the thread that it is called on. */
    @FunctionalInterface
    interface Blocking {
        /**
         * Does the step. Interrupted when the run ends.
         *
         * @param state what the step before has left; for the first one the run's input
         * @param context the run, and what the step may do as a part of it
         * @return what follows
         * @throws Exception anything; the run fails with it
         */
        Next run(String state, RunContext context) throws Exception;
    }
}
