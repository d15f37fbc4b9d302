package dev.exai.testkit.contract;

import java.time.Duration;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.Executor;

/** What a limiter that is to be tried shall be like. Immutable. */
public final class LimiterSpec {
    private final int limit;
    private final OptionalInt partLimit;
    private final Duration patience;
    private final Executor executor;

    private LimiterSpec(int limit, OptionalInt partLimit, Duration patience, Executor executor) {
        this.limit = limit;
        this.partLimit = partLimit;
        this.patience = patience;
        this.executor = executor;
    }

    /**
     * {@return the spec of a limiter with one level, much patience, and deliveries on the thread that causes them}
     *
     * @param limit how many permits may be out
     */
    public static LimiterSpec of(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit < 1: " + limit);
        }
        return new LimiterSpec(limit, OptionalInt.empty(), Duration.ofSeconds(8), Runnable::run);
    }

    /**
     * {@return this spec with a second level}
     *
     * @param value how many of the permits may be out in each part
     */
    public LimiterSpec withPartLimit(int value) {
        if (value < 1) {
            throw new IllegalArgumentException("partLimit < 1: " + value);
        }
        return new LimiterSpec(limit, OptionalInt.of(value), patience, executor);
    }

    /**
     * {@return this spec with another patience}
     *
     * @param value how long {@link LimiterUnderTest#acquire} may wait
     */
    public LimiterSpec withPatience(Duration value) {
        return new LimiterSpec(limit, partLimit, Objects.requireNonNull(value, "value"), executor);
    }

    /**
     * {@return this spec with another executor}
     *
     * @param value where listeners are told; it may refuse tasks, or run them late
     */
    public LimiterSpec withExecutor(Executor value) {
        return new LimiterSpec(limit, partLimit, patience, Objects.requireNonNull(value, "value"));
    }

    /** {@return how many permits may be out} */
    public int limit() {
        return limit;
    }

    /** {@return how many may be out in each part; empty if there is one level only} */
    public OptionalInt partLimit() {
        return partLimit;
    }

    /** {@return how long {@link LimiterUnderTest#acquire} may wait} */
    public Duration patience() {
        return patience;
    }

    /** {@return where listeners are told} */
    public Executor executor() {
        return executor;
    }
}
