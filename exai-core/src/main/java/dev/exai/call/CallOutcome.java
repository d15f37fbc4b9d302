package dev.exai.call;

import dev.exai.error.CallCancelledException;
import dev.exai.error.DeadlineExceededException;
import dev.exai.error.ExaiException;
import java.util.Optional;

/**
 * How a call ended.
 *
 * @param <T> what it returns when it ends well
 */
public sealed interface CallOutcome<T> {
    /** {@return the state that this outcome puts the call in} */
    CallState state();

    /** {@return what it ended with, if it did not end well} */
    Optional<ExaiException> error();

    /**
     * It ended well.
     *
     * @param value what it returned
     * @param <T> the value's type
     */
    record Succeeded<T>(T value) implements CallOutcome<T> {
        @Override
        public CallState state() {
            return CallState.SUCCEEDED;
        }

        @Override
        public Optional<ExaiException> error() {
            return Optional.empty();
        }

        @Override
        public String toString() {
            return "Succeeded";
        }
    }

    /**
     * It failed.
     *
     * @param failure why
     * @param <T> what it would have returned
     */
    record Failed<T>(ExaiException failure) implements CallOutcome<T> {
        @Override
        public CallState state() {
            return CallState.FAILED;
        }

        @Override
        public Optional<ExaiException> error() {
            return Optional.of(failure);
        }
    }

    /**
     * It was cancelled.
     *
     * @param failure by whom, and why
     * @param <T> what it would have returned
     */
    record Cancelled<T>(CallCancelledException failure) implements CallOutcome<T> {
        @Override
        public CallState state() {
            return CallState.CANCELLED;
        }

        @Override
        public Optional<ExaiException> error() {
            return Optional.of(failure);
        }
    }

    /**
     * Its deadline passed.
     *
     * @param failure what it was doing
     * @param <T> what it would have returned
     */
    record DeadlineExceeded<T>(DeadlineExceededException failure) implements CallOutcome<T> {
        @Override
        public CallState state() {
            return CallState.DEADLINE_EXCEEDED;
        }

        @Override
        public Optional<ExaiException> error() {
            return Optional.of(failure);
        }
    }
}
