package dev.exai.testkit.fault;

import java.util.OptionalLong;

/** What makes something happen: an action, or time that goes on to a moment. */
record Push(Runnable action, OptionalLong at) {
    static Push by(Runnable action) {
        return new Push(action, OptionalLong.empty());
    }

    /** Lets time go on to a moment. */
    static Push timeTo(long nanoTime) {
        return new Push(() -> {}, OptionalLong.of(nanoTime));
    }
}
