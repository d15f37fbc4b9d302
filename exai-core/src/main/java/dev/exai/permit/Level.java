package dev.exai.permit;

import org.jspecify.annotations.Nullable;

/**
 * One level of the pool: how many units there are and how many are out. Guarded by the pool's lock.
 *
 * <p>Invariant: {@code used} is the number of HELD entries whose path crosses this level. It passes {@code limit} only
 * after the limit was lowered. {@code limit} is what was configured, or the ceiling if that is lower.
 */
final class Level {
    final String name;
    int configured;
    int limit;
    int used;

    /** What the provider was found to allow, if that is less than what was configured. */
    @Nullable
    Ceiling ceiling;

    Level(String name, int configured) {
        this.name = name;
        this.configured = configured;
        this.limit = configured;
    }

    int free() {
        return limit - used;
    }

    void configure(int value) {
        configured = value;
        applyCeiling();
    }

    /** Takes over what the ceiling says. */
    void applyCeiling() {
        limit = ceiling == null ? configured : Math.min(configured, ceiling.value);
    }
}
