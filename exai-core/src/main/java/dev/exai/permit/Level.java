package dev.exai.permit;

/**
 * One level of the pool: how many units there are and how many are out. Guarded by the pool's lock.
 *
 * <p>Invariant: {@code used} is the number of HELD requests whose path crosses this level. It passes {@code limit}
 * only after the limit was lowered.
 */
final class Level {
    final String name;
    int limit;
    int used;

    Level(String name, int limit) {
        this.name = name;
        this.limit = limit;
    }

    int free() {
        return limit - used;
    }
}
