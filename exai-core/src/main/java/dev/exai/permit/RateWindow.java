package dev.exai.permit;

import java.util.Arrays;

/**
 * What was taken in the last while. Guarded by the pool's lock.
 *
 * <p>A log of what was taken and when, in whole numbers: what is older than the window's length comes free. What was
 * taken within a 256th of the length is one line of the log, which comes free as late as the last of it would, so the
 * log stays short and no span of that length ever has more than the limit.
 */
final class RateWindow {
    private static final int SLICES = 256;

    final RateBudget.Kind kind;
    final long lengthNanos;
    private long limit;

    /** The least that the limit has ever been: what a request that asks for more than that took is not known later. */
    private long leastLimit;

    private long used;

    /** The log, oldest first, in a ring: when the first and the last of a line were taken, and how much in all. */
    private long[] firstNanos = new long[4];

    private long[] lastNanos = new long[4];
    private long[] amounts = new long[4];
    private int oldest;
    private int lines;

    RateWindow(RateBudget.Window window) {
        this.kind = window.kind();
        this.lengthNanos = window.length().toNanos();
        this.limit = window.limit();
        this.leastLimit = limit;
    }

    long limit() {
        return limit;
    }

    void limit(long value) {
        limit = value;
        leastLimit = Math.min(leastLimit, value);
    }

    /** {@return how much it can be sure to have taken for a request that asked for so much} */
    long surelyTaken(long asked) {
        return Math.min(asked, leastLimit);
    }

    boolean isFor(RateBudget.Window window) {
        return kind == window.kind() && lengthNanos == window.length().toNanos();
    }

    /** {@return how much may be taken now; less than zero if more was used than was taken} */
    long room(long now) {
        while (lines > 0 && lastNanos[oldest] + lengthNanos - now <= 0) {
            used -= amounts[oldest];
            oldest = (oldest + 1) % amounts.length;
            lines--;
        }
        return limit - used;
    }

    /** {@return when so much may be taken, if nothing more is taken before; the amount is no more than the limit} */
    long readyAtNanos(long amount, long now) {
        long room = room(now);
        long at = now;
        for (int i = 0; i < lines && room < amount; i++) {
            int line = (oldest + i) % amounts.length;
            room += amounts[line];
            at = lastNanos[line] + lengthNanos;
        }
        return at;
    }

    void take(long amount, long now) {
        used += amount;
        int newest = lines == 0 ? -1 : (oldest + lines - 1) % amounts.length;
        if (newest >= 0 && now - firstNanos[newest] < lengthNanos / SLICES) {
            amounts[newest] += amount;
            lastNanos[newest] = now;
            return;
        }
        if (lines == amounts.length) {
            grow();
        }
        int line = (oldest + lines++) % amounts.length;
        firstNanos[line] = now;
        lastNanos[line] = now;
        amounts[line] = amount;
    }

    /** Gives back of what was taken at a time; what has come free since is not given back twice. */
    void giveBack(long amount, long takenAtNanos) {
        for (int i = lines - 1; i >= 0; i--) {
            int line = (oldest + i) % amounts.length;
            if (firstNanos[line] - takenAtNanos <= 0) {
                long back = lastNanos[line] - takenAtNanos >= 0 ? Math.min(amount, amounts[line]) : 0;
                amounts[line] -= back;
                used -= back;
                return;
            }
        }
    }

    /** {@return what a recount of the log says} */
    long recount() {
        long sum = 0;
        for (int i = 0; i < lines; i++) {
            sum += amounts[(oldest + i) % amounts.length];
        }
        return sum;
    }

    long used() {
        return used;
    }

    private void grow() {
        firstNanos = unrolled(firstNanos);
        lastNanos = unrolled(lastNanos);
        amounts = unrolled(amounts);
        oldest = 0;
    }

    private long[] unrolled(long[] ring) {
        long[] line = Arrays.copyOf(ring, 2 * ring.length);
        int end = ring.length - oldest;
        System.arraycopy(ring, oldest, line, 0, end);
        System.arraycopy(ring, 0, line, end, oldest);
        return line;
    }
}
