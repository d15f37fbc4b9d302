package dev.exai.permit;

/**
 * How much a provider was found to allow: cut when it refuses because too much is in flight, raised by one after each
 * quiet while. Guarded by the pool's lock.
 *
 * <p>A cut is to seven tenths of what was in flight, so one refusal finds the limit of an account that allows far less
 * than was configured. Refusals of permits that were granted before a cut belong to that cut, and change nothing more.
 * A raise that is refused within its while doubles the while, up to eight times.
 */
final class Ceiling {
    private static final int MOST_DOUBLINGS = 8;

    int value;

    /** When it will be raised. */
    long raiseAtNanos;

    /** Grants up to this number were out when it was cut. */
    private long cutAtGrant;

    private long whileNanos;
    private boolean raised;

    private Ceiling(int value) {
        this.value = value;
    }

    /**
     * Lowers a level, because a holder of it was refused.
     *
     * @param level the level
     * @param fence the number of the holder's grant
     * @param granted the number of the latest grant
     * @param limits the floor and the probe
     * @param now the time
     * @return whether its limit is lower now
     */
    static boolean cut(Level level, long fence, long granted, PermitLimits limits, long now) {
        Ceiling ceiling = level.ceiling;
        if (ceiling != null && fence <= ceiling.cutAtGrant) {
            return false;
        }
        int before = level.limit;
        int inFlight = Math.max(1, Math.min(before, level.used));
        int target = Math.max(Math.min(limits.ceilingFloor(), before), inFlight * 7 / 10);
        if (ceiling == null) {
            ceiling = new Ceiling(before);
            ceiling.whileNanos = limits.ceilingProbe().toNanos();
            level.ceiling = ceiling;
        } else if (ceiling.raised) {
            long most = MOST_DOUBLINGS * limits.ceilingProbe().toNanos();
            ceiling.whileNanos = Math.min(most, 2 * ceiling.whileNanos);
        }
        ceiling.value = Math.max(1, Math.min(before, target));
        ceiling.cutAtGrant = granted;
        ceiling.raised = false;
        ceiling.raiseAtNanos = now + ceiling.whileNanos;
        level.applyCeiling();
        return level.limit < before;
    }

    /** Raises a level by one if it is time; one that has stood the while at what was configured needs no ceiling. */
    static boolean raise(Level level, PermitLimits limits, long now) {
        Ceiling ceiling = level.ceiling;
        if (ceiling == null || ceiling.raiseAtNanos - now > 0) {
            return false;
        }
        if (ceiling.value >= level.configured) {
            level.ceiling = null;
            level.applyCeiling();
            return false;
        }
        if (ceiling.raised) {
            ceiling.whileNanos = limits.ceilingProbe().toNanos(); // the last raise was not refused
        }
        ceiling.raised = true;
        ceiling.value++;
        ceiling.raiseAtNanos = now + ceiling.whileNanos;
        level.applyCeiling();
        return true;
    }
}
