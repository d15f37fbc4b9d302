package dev.exai.permit;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Numbers the lanes of a group, from 0 on: a number that was given back is given again. Guarded by the pool's lock. */
final class LaneNumbers {
    private @Nullable Lane[] lanes = new Lane[4];
    private int taken;

    /** Those below {@code taken} that were given back. */
    private int[] free = new int[4];

    private int freeCount;

    int take(Lane lane) {
        int number = freeCount > 0 ? free[--freeCount] : taken++;
        if (number == lanes.length) {
            lanes = Arrays.copyOf(lanes, 2 * number);
        }
        lanes[number] = lane;
        return number;
    }

    void giveBack(Lane lane) {
        lanes[lane.number] = null;
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, 2 * freeCount);
        }
        free[freeCount++] = lane.number;
    }

    /** {@return how many lanes have a number} */
    int size() {
        return taken - freeCount;
    }

    Lane lane(int number) {
        return Objects.requireNonNull(lanes[number], "no such lane");
    }
}
